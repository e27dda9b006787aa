import { creatingTables } from '../create-tables.ts';
import { businessTypes, moduleRecommendations, modules, userModules } from './modules.ts';
import { activities, changes, settings } from './operation.ts';
import { letters, mailedSecrets, recoveryCodes, secondFactors } from './recovery.ts';
import {
  companies,
  invitations,
  membershipRestrictions,
  memberships,
  sessions,
  signInAttempts,
  tokens,
  userPreferences,
  users,
} from './people.ts';

const firstTables = [
  businessTypes,
  modules,
  moduleRecommendations,
  users,
  userPreferences,
  userModules,
  companies,
  memberships,
  sessions,
  tokens,
  signInAttempts,
  changes,
  activities,
  settings,
];
const recoveryTables = [mailedSecrets, secondFactors, recoveryCodes, letters];
const restrictionTables = [membershipRestrictions];
const invitationTables = [invitations];

/** The catalog's tables, each after those it links to. */
export const catalogTables = [...firstTables, ...recoveryTables, ...restrictionTables, ...invitationTables];

export const catalogSteps = {
  '0001-catalog': creatingTables(firstTables),
  '0002-recovery': creatingTables(recoveryTables),
  '0003-restrictions': creatingTables(restrictionTables),
  '0004-invitations': creatingTables(invitationTables),
};
