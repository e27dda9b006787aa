import type { Entity, Model } from '../model.ts';
import type { TypedModel } from '../infer.ts';
import type { TypedBehaviour } from '../infer-behaviour.ts';
import { lowerBalanceFields } from './balance-fields.ts';
import { lowerEntities } from './entities.ts';
import { lowerFixtures } from './fixtures.ts';
import { lowerGrants, lowerRoles } from './grants.ts';
import { ledgerTables, lowerLedgers } from './ledgers.ts';
import { lowerModules } from './modules.ts';
import { lowerOffers } from './offers.ts';
import { lowerPostings } from './postings.ts';
import { lowerPrints } from './prints.ts';
import { lowerReports } from './reports.ts';
import { lowerTables } from './tables.ts';
import { lowerWidgets } from './widgets.ts';
import { lowerAutomations, lowerFlows, lowerWorkflows } from './workflows.ts';

/** Turns a typed model, known to be free of faults, into the one that the engine runs. */
export function lower(typed: TypedModel, behaviour: TypedBehaviour, hash: string): Model {
  const entities: ReadonlyMap<string, Entity> = lowerEntities(typed);
  const ledgers = lowerLedgers(behaviour.ledgers, typed, entities);
  lowerBalanceFields(behaviour.balanceFields, entities, ledgers);
  lowerOffers(behaviour.offers, entities);
  return {
    hash,
    modules: lowerModules(typed.linked.modules),
    entities,
    tables: [...lowerTables(entities), ...ledgerTables(ledgers)],
    ledgers,
    postings: lowerPostings(behaviour.postings, entities, ledgers),
    prints: lowerPrints(behaviour.prints, entities),
    workflows: lowerWorkflows(behaviour.workflows, entities),
    flows: lowerFlows(behaviour.flows, entities),
    automations: lowerAutomations(behaviour.automations, entities),
    reports: lowerReports(behaviour.reports, entities, ledgers),
    widgets: lowerWidgets(typed, entities),
    grants: lowerGrants(behaviour.grants, entities),
    roles: lowerRoles(typed.linked),
    fixtures: lowerFixtures(typed, entities),
  };
}
