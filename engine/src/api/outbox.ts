import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Model } from '../compiler/model.ts';
import { textIn } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import { reasonText } from '../runtime/effect-fault.ts';
import type { Engine } from '../runtime/engine.ts';
import { dropFailure, listFailures, retryFailure, retryFailures } from '../runtime/outbox-queue.ts';
import { keyOfWebhooks } from '../runtime/webhook-key.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/outbox';

/** What automations could not bring about, for admins to look at, to try again or to let go. */
export function outboxRoutes(engine: Engine): readonly Route[] {
  return [
    admin('metadata', `GET ${BASE}/failures`, failures),
    admin('metadata', `POST ${BASE}/failures/retry`, (ask) => retryAll(engine, ask)),
    admin('metadata', `POST ${BASE}/failures/:id/retry`, (ask) => retry(engine, ask)),
    admin('metadata', `DELETE ${BASE}/failures/:id`, drop),
    admin('metadata', `GET ${BASE}/webhook-key`, (ask) => webhookKey(engine, ask)),
  ];
}

async function failures(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const labels = labelsIn(ask.company.model);
  const data = (await listFailures(ask.company.database)).map((failure) => ({
    id: failure.id,
    source: failure.source,
    label: textIn(labels.get(failure.source) ?? { en: failure.source }, ask.locale),
    event: failure.topic,
    entity: failure.entity,
    record_id: failure.recordId,
    attempts: failure.attempts,
    code: failure.code,
    message: reasonText(failure.code, failure.parameters, ask.locale),
    created_at: failure.createdAt,
    failed_at: failure.failedAt,
  }));
  return { status: 200, body: { data } };
}

async function retry(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const id = ask.parameters['id'] ?? '';
  if (!isRowId(id) || !(await retryFailure(ask.company.database, id))) throw refuse('not-found');
  engine.outbox.watch(ask.company);
  return { status: 204 };
}

/** What automations and transitions are called, by the source that their failures name. */
function labelsIn({ automations, workflows }: Model): ReadonlyMap<string, Text> {
  const moved = [...workflows].flatMap(([entity, { transitions }]) =>
    transitions.map(({ name, label }): [string, Text] => [`transition:${entity}:${name}`, label]),
  );
  return new Map([...automations.map(({ name, label }): [string, Text] => [`automation:${name}`, label]), ...moved]);
}

/** All that is listed; what was given up before is listed then. */
async function retryAll(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  await retryFailures(ask.company.database);
  engine.outbox.watch(ask.company);
  return { status: 204 };
}

async function drop(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const id = ask.parameters['id'] ?? '';
  if (!isRowId(id) || !(await dropFailure(ask.company.database, id))) throw refuse('not-found');
  return { status: 204 };
}

/** The key that receivers of the company's webhooks check the signature with. */
function webhookKey(engine: Engine, ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  return { status: 200, body: { data: { key: keyOfWebhooks(engine.settings.secret, ask.company.entry.id) } } };
}
