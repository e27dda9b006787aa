import { storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { textIn } from '../metamodel/text.ts';
import { readActivity } from '../records/activity.ts';
import type { Activity, ActivityQuery } from '../records/activity.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const PAGE_SIZE_DEFAULT = 50;
const PAGE_SIZE_MAX = 200;
/** RFC 3339 in UTC. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;
const PARAMETERS = ['entity', 'record_id', 'actor_id', 'action', 'from', 'to', 'before', 'size'] as const;

/** Who changed what in a company, with before and after, for its admins (R-E6). */
export function activityRoutes(): readonly Route[] {
  return [admin('metadata', 'GET /api/v1/activity', list)];
}

async function list(ask: CompanyAsk): Promise<Answer> {
  const query = readQuery(ask);
  const { activities, next } = await readActivity(ask.company.database, query);
  return { status: 200, body: { data: activities.map((activity) => activityJson(activity, ask)), meta: { next } } };
}

/** Throws `malformed-query` with every fault. */
function readQuery(ask: CompanyAsk): ActivityQuery {
  const given = readParameters(ask.queryText, PARAMETERS);
  const faults: Fault[] = [];
  const fault = (name: string, code: string, parameters?: Fault['parameters']): void => {
    faults.push({ pointer: `/${name}`, code, ...(parameters === undefined ? {} : { parameters }) });
  };
  for (const name of ['record_id', 'before'] as const) {
    if (given[name] !== undefined && !isRowId(given[name])) fault(name, 'type', { expected: 'id' });
  }
  for (const name of ['from', 'to'] as const) {
    const value = given[name];
    if (value !== undefined && (!INSTANT.test(value) || Number.isNaN(Date.parse(value)))) {
      fault(name, 'type', { expected: 'datetime' });
    }
  }
  const size = given.size === undefined ? PAGE_SIZE_DEFAULT : Number(given.size);
  if (!Number.isInteger(size) || size < 1) fault('size', 'minimum', { minimum: '1' });
  else if (size > PAGE_SIZE_MAX) fault('size', 'maximum', { maximum: String(PAGE_SIZE_MAX) });
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return {
    entity: given.entity ?? null,
    recordId: given.record_id ?? null,
    actorId: given.actor_id ?? null,
    action: given.action ?? null,
    from: given.from === undefined ? null : storedInstant(Date.parse(given.from)),
    to: given.to === undefined ? null : storedInstant(Date.parse(given.to)),
    before: given.before ?? null,
    size,
  };
}

function activityJson(activity: Activity, ask: CompanyAsk): Readonly<Record<string, unknown>> {
  const { id, entity: name, recordId, version, action, actor, at, changes } = activity;
  // What a deactivated module kept stays in the log under the name it was written with.
  const entity = ask.company.model.entities.get(name);
  return {
    id,
    entity: name,
    entity_label: entity === undefined ? name : textIn(entity.label, ask.locale),
    record_id: recordId,
    version,
    action,
    actor,
    at,
    changes,
  };
}
