import type { Engine } from '../runtime/engine.ts';
import { activityRoutes } from './activity.ts';
import { catalogRoutes } from './catalog.ts';
import { commentRoutes } from './comments.ts';
import { delegationRoutes } from './delegations.ts';
import { differenceRoutes } from './differences.ts';
import { documentRoutes } from './documents.ts';
import { draftRoutes } from './drafts.ts';
import { fileRoutes } from './files.ts';
import { graphQlRoutes } from './graphql/routes.ts';
import { identityRoutes } from './identity.ts';
import { invitationRoutes } from './invitations.ts';
import { importRoutes, uploadRoutes } from './imports.ts';
import { ledgerRoutes } from './ledgers.ts';
import { memberRoutes } from './members.ts';
import { metadataRoutes } from './metadata.ts';
import { customisingRoutes } from './customising.ts';
import { notificationRoutes } from './notifications.ts';
import { descriptionRoutes } from './openapi.ts';
import { outboxRoutes } from './outbox.ts';
import { personalDataRoutes } from './personal-data.ts';
import { printRoutes } from './prints.ts';
import { RateLimiter } from './rate-limit.ts';
import { recoveryRoutes } from './recovery.ts';
import { exportRoutes } from './record-export.ts';
import { recordRoutes } from './records-v1.ts';
import { recordRoutesV2 } from './records-v2.ts';
import { reportRoutes } from './reports.ts';
import type { Route } from './route.ts';
import { rightsRoutes } from './rights.ts';
import { roleRoutes } from './roles.ts';
import { secondFactorRoutes } from './second-factor.ts';
import { shareRoutes } from './shares.ts';
import { SignInGuard } from './sign-in-guard.ts';
import { viewRoutes } from './views.ts';
import { widgetRoutes } from './widgets.ts';

/** Every address of the API. */
export function allRoutes(engine: Engine): readonly Route[] {
  const isLimited = engine.settings.rateLimit !== null;
  const perSecond = isLimited ? new RateLimiter('sign-in', { count: 1, seconds: 1 }, engine.sharedCounts) : null;
  const guard = new SignInGuard(engine.server.catalog, perSecond);
  const records = [
    ...recordRoutes(),
    ...uploadRoutes(engine),
    ...exportRoutes(),
    ...documentRoutes(engine),
    ...commentRoutes(engine),
    ...shareRoutes(engine),
    ...printRoutes(engine),
  ];
  return [
    ...identityRoutes(engine, guard),
    ...recoveryRoutes(engine, guard),
    ...secondFactorRoutes(engine, guard),
    ...memberRoutes(engine),
    ...invitationRoutes(engine, guard),
    ...catalogRoutes(engine),
    ...records,
    ...inVersion2(records, recordRoutesV2()),
    ...rightsRoutes(engine),
    ...roleRoutes(engine),
    ...personalDataRoutes(engine),
    ...notificationRoutes(),
    ...delegationRoutes(engine),
    ...outboxRoutes(engine),
    ...activityRoutes(),
    ...importRoutes(engine),
    ...reportRoutes(),
    ...ledgerRoutes(),
    ...viewRoutes(),
    ...widgetRoutes(),
    ...fileRoutes(engine),
    ...metadataRoutes(engine),
    ...descriptionRoutes(engine),
    ...graphQlRoutes(engine),
    ...customisingRoutes(engine),
    ...draftRoutes(engine),
    ...differenceRoutes(engine),
  ];
}

/** The addresses of records in version 2: its own, and for the rest those of version 1. */
function inVersion2(first: readonly Route[], own: readonly Route[]): readonly Route[] {
  const known = new Set(own.map(({ method, path }) => `${method} ${path}`));
  const rest = first.map((route) => ({ ...route, path: route.path.replace('/api/v1/', '/api/v2/') }));
  return [...own, ...rest.filter(({ method, path }) => !known.has(`${method} ${path}`))];
}
