import { findEntity } from '../access/authorize.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { addView, changeView, findView, listViews, removeView } from '../runtime/saved-views.ts';
import type { SavedView } from '../runtime/saved-views.ts';
import type { Session } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const NAME_LENGTH_MAX = 100;
const QUERY_LENGTH_MAX = 20_000;

/** Saved views of lists: one's own, and those that others share. */
export function viewRoutes(): readonly Route[] {
  return [
    member('views', 'GET /api/v1/views', list),
    member('views', 'POST /api/v1/views', add, { body: 'json' }),
    member('views', 'PATCH /api/v1/views/:id', change, { body: 'json' }),
    member('views', 'DELETE /api/v1/views/:id', remove),
  ];
}

function viewJson(view: SavedView, ask: CompanyAsk): Readonly<Record<string, unknown>> {
  return {
    id: view.id,
    entity: view.entity,
    name: view.name,
    query: view.query,
    is_shared: view.isShared,
    is_default: view.isDefault && view.userId === ask.caller.person.id,
    is_own: view.userId === ask.caller.person.id,
  };
}

/** The entity, if the caller may read it. */
function demandReadable(name: string, ask: CompanyAsk): void {
  const entity = findEntity(name, ask.company);
  if (!rightsOf(ask.member.roles, ask.company.model).allows(entity, 'read')) throw refuse('forbidden');
}

async function list(ask: CompanyAsk): Promise<Answer> {
  const { entity } = readParameters(ask.queryText, ['entity']);
  if (entity !== undefined) demandReadable(entity, ask);
  const views = await listViews(ask.company.database, ask.caller.person.id, entity ?? null);
  return { status: 200, body: { data: views.map((view) => viewJson(view, ask)) } };
}

function readQuery(input: Input): SavedView['query'] | null {
  const query = input.object('query');
  if (query !== null && JSON.stringify(query).length > QUERY_LENGTH_MAX) {
    input.fault('query', 'too-long', { maximum: String(QUERY_LENGTH_MAX) });
  }
  return query;
}

async function add(ask: CompanyAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const entity = input.text('entity', { lengthMax: 100 });
  const name = input.text('name', { lengthMax: NAME_LENGTH_MAX });
  const query = readQuery(input) ?? {};
  const isShared = input.flag('is_shared', false);
  const isDefault = input.flag('is_default', false);
  input.finish();
  demandReadable(entity, ask);
  const view = { userId: ask.caller.person.id, entity, name, query, isShared, isDefault };
  const id = await saving(ask, (transaction) => addView(transaction, view));
  return { status: 201, body: { data: viewJson({ ...view, id }, ask) } };
}

async function change(ask: CompanyAsk): Promise<Answer> {
  const before = await findOwn(ask);
  const input = new Input(ask.body);
  const view: SavedView = {
    ...before,
    name: input.has('name') ? input.text('name', { lengthMax: NAME_LENGTH_MAX }) : before.name,
    query: readQuery(input) ?? before.query,
    isShared: input.flag('is_shared', before.isShared),
    isDefault: input.flag('is_default', before.isDefault),
  };
  input.finish();
  await saving(ask, (transaction) => changeView(transaction, view));
  return { status: 200, body: { data: viewJson(view, ask) } };
}

async function remove(ask: CompanyAsk): Promise<Answer> {
  const { id } = await findOwn(ask);
  await saving(ask, (transaction) => removeView(transaction, id));
  return { status: 204 };
}

/** A view of the caller's own; those of others cannot be changed, and private ones not even seen. */
async function findOwn(ask: CompanyAsk): Promise<SavedView> {
  const id = ask.parameters['id'] ?? '';
  const view = isRowId(id) ? await findView(ask.company.database, id) : null;
  if (view === null) throw refuse('not-found');
  if (view.userId !== ask.caller.person.id) throw refuse(view.isShared ? 'forbidden' : 'not-found');
  return view;
}

async function saving<T>(ask: CompanyAsk, write: (transaction: Session) => Promise<T>): Promise<T> {
  try {
    return await ask.company.database.transaction(write);
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'unique') throw error;
    throw refuse('already-exists', { faults: [{ pointer: '/name', code: 'unique' }], cause: error });
  }
}
