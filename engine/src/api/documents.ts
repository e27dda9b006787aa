import { actorOf } from '../access/caller.ts';
import { reachOf } from '../access/reach.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { Flow } from '../compiler/workflow-model.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { actionsOn, demandSight } from '../records/bounds.ts';
import type { RecordContext } from '../records/context.ts';
import type { Written } from '../records/create.ts';
import { loadRecord } from '../records/load-record.ts';
import { readsAll } from '../records/reach.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { Engine } from '../runtime/engine.ts';
import { principalsOf } from '../runtime/principals.ts';
import { takeAction } from '../workflow/document-actions.ts';
import type { Principal } from '../workflow/delegations.ts';
import { findFlow, flowsFrom, takeFlow } from '../workflow/flow.ts';
import { impactOf } from '../workflow/impact.ts';
import { builtInActions, openFlows, openTransitions } from '../workflow/open-actions.ts';
import { relatedTo } from '../workflow/related.ts';
import { readIfMatch } from './etag.ts';
import { onceForKey } from './idempotency.ts';
import { Input } from './input.ts';
import type { JsonObject } from './body.ts';
import { faultMessage, refusalMessage } from './messages.ts';
import { readParameters } from './parameters.ts';
import { allowed, contextOf, entityIn, idIn, withoutVersion, writtenAnswer } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/records/:entity/:id';

/** What may be done with a record beside the transitions of its workflow. */
const RECORD_ACTIONS = ['create', 'update', 'delete', 'submit', 'cancel', 'amend'];

/** What documents do beyond being records: actions, what they post, and how they hang together. */
export function documentRoutes(engine: Engine): readonly Route[] {
  return [
    member('records', `GET ${BASE}/actions`, (ask) => actions(engine, ask)),
    member('records', `POST ${BASE}/actions/:action`, (ask) => act(engine, ask), { body: 'optional' }),
    member('records', `POST ${BASE}/flows/:flow`, flow, { body: 'optional' }),
    member('records', `GET ${BASE}/impact`, impact),
    member('records', `GET ${BASE}/related`, related),
  ];
}

/** What the caller may do with this record as it is now. */
async function actions(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'actions', entity: entityIn(ask), id: idIn(ask) });
  const { entity, actor, reach } = authorized;
  const context = contextOf(ask);
  const from = readingFrom(context, context.database);
  await demandSight(from, reach, entity, idIn(ask));
  const record = await loadRecord(from, entity, idIn(ask));
  const { model } = ask.company;
  const rights = rightsOf(ask.member.roles, model);
  const workflow = model.workflows.get(entity.name);
  const known = [...RECORD_ACTIONS, ...(workflow?.transitions ?? []).map(({ name }) => `transition:${name}`)];
  const granted = known.filter((action) => rights.allows(entity, action));
  const onRecord = await actionsOn(from, authorized, idIn(ask), granted);
  const allows = (action: string): boolean => onRecord.has(action);
  const asking = { actor, principals: await principalsFor(engine, ask, entity), allows };
  const flows = flowsFrom(model, entity).filter((each) => rights.allows(each.to, 'create') && seesRows(ask, each));
  const data = [
    ...(workflow === undefined ? [] : await openTransitions(from, workflow, record, asking)),
    ...builtInActions(entity, record, workflow, ask.locale, allows),
    ...(await openFlows(from, flows, record, ask.locale)),
  ];
  return { status: 200, body: { data } };
}

/** Members who are away and let the caller decide for them; nobody where no transition is to be taken. */
async function principalsFor(engine: Engine, ask: CompanyAsk, { name }: Entity): Promise<readonly Principal[]> {
  if (!ask.company.model.workflows.has(name)) return [];
  return principalsOf(engine.server.catalog, ask.company, ask.caller.person.id, name);
}

async function act(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const entity = entityIn(ask);
  const action = ask.parameters['action'] ?? '';
  const { input, version } = withoutVersion((ask.body ?? {}) as JsonObject);
  const faults = Object.keys(input).map((name) => ({
    pointer: `/${name}`,
    code: 'unknown-property',
    parameters: { known: 'version' },
  }));
  if (faults.length > 0) throw refuse('invalid', { faults });
  const named = readIfMatch(ask.headers['if-match']) ?? version;
  return onceForKey(
    ask,
    (beforeCommit) => takeAct(engine, ask, { entity, id: idIn(ask), action, version: named }, beforeCommit),
    writtenAnswer(ask, action === 'amend' ? 201 : 200, entity),
  );
}

/** Takes an action of a document as the caller, from whichever door. */
export async function takeAct(
  engine: Engine,
  ask: CompanyAsk,
  wish: Omit<OperationOf<'action'>, 'kind'>,
  beforeCommit: RecordContext['beforeCommit'],
): Promise<Written> {
  const { entity, action } = wish;
  const authorized = allowed(ask, { kind: 'action', ...wish });
  const mayCreate = action === 'amend' ? allowed(ask, { kind: 'create', entity, input: {} }) : null;
  const principals = await principalsFor(engine, ask, authorized.entity);
  return takeAction(contextOf(ask, beforeCommit), authorized, mayCreate, principals);
}

/** Rows that are made from the records of an entity tell what is in them: whoever takes the flow may read these. */
function seesRows(ask: CompanyAsk, { lines }: Flow): boolean {
  const records = lines?.records ?? null;
  if (records === null) return true;
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  return readsAll(reachOf(actor, ask.caller.abilities, ask.company.model), records);
}

/** Makes the next document through a flow. */
async function flow(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const name = ask.parameters['flow'] ?? '';
  new Input(ask.body ?? {}).finish();
  const wish = { entity: entityIn(ask), id: idIn(ask), flow: name };
  const { to } = flowFor(ask, wish).flow;
  return onceForKey(
    ask,
    async (beforeCommit) => (await takeNext(ask, wish, () => beforeCommit)).written,
    writtenAnswer(ask, 201, to.name),
  );
}

/** The flow that a wish names, and the right to take it. */
function flowFor(
  ask: CompanyAsk,
  wish: Omit<OperationOf<'flow'>, 'kind'>,
): { readonly flow: Flow; readonly authorized: Authorized<OperationOf<'flow'>> } {
  const authorized = allowed(ask, { kind: 'flow', ...wish });
  const found = findFlow(ask.company.model, authorized.entity, wish.flow);
  if (!seesRows(ask, found)) throw refuse('forbidden');
  return { flow: found, authorized };
}

/** Makes the next document as the caller, from whichever door; `to` is its entity. */
export async function takeNext(
  ask: CompanyAsk,
  wish: Omit<OperationOf<'flow'>, 'kind'>,
  hookFor: (to: string) => RecordContext['beforeCommit'],
): Promise<{ readonly written: Written; readonly to: string }> {
  const { flow: found, authorized } = flowFor(ask, wish);
  const to = found.to.name;
  const mayCreate = allowed(ask, { kind: 'create', entity: to, input: {} });
  return { written: await takeFlow(contextOf(ask, hookFor(to)), authorized, mayCreate), to };
}

async function impact(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'impact', entity: entityIn(ask), id: idIn(ask) });
  const { posted, vouchers, faults, refusal } = await impactOf(contextOf(ask), authorized);
  const errors = faults.map((fault) => ({
    pointer: fault.pointer,
    code: fault.code,
    message: faultMessage(fault, ask.locale),
  }));
  const whole =
    refusal === null || errors.length > 0
      ? []
      : [{ pointer: '', code: refusal.code, message: refusalMessage(refusal, ask.locale) }];
  return { status: 200, body: { data: { posted, vouchers, errors: [...errors, ...whole] } } };
}

async function related(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized: Authorized<OperationOf<'related'>> = allowed(ask, {
    kind: 'related',
    entity: entityIn(ask),
    id: idIn(ask),
  });
  demandKnown(authorized.entity);
  const context = contextOf(ask);
  return { status: 200, body: { data: await relatedTo(readingFrom(context, context.database), authorized) } };
}

function demandKnown(entity: Entity): void {
  if (entity.kind !== 'document') throw refuse('not-found');
}
