import { authorize } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { reachOf } from '../access/reach.ts';
import { refuse } from '../base/errors.ts';
import type { Widget } from '../compiler/model.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import { readFigures } from '../records/figures.ts';
import { READ } from '../records/reach.ts';
import { runOperation } from '../records/run.ts';
import { sees, sightOf } from '../records/sight.ts';
import type { Sight } from '../records/sight.ts';
import { readingFrom } from '../records/write-unit.ts';
import { recordContext } from '../runtime/company.ts';
import { readParameters } from './parameters.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

/** Records that a list on the dashboard shows. */
const LIST_LENGTH = 5;

/** What the widgets of the dashboard show. */
export function widgetRoutes(): readonly Route[] {
  return [member('records', 'GET /api/v1/widgets/:name', show)];
}

async function show(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { company } = ask;
  const widget = company.model.widgets.find(({ name }) => name === ask.parameters['name']);
  if (widget === undefined) {
    const module = company.inactiveModuleOf(ask.parameters['name'] ?? '');
    throw module === null ? refuse('not-found') : refuse('module-access-denied', { parameters: { module } });
  }
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  const sight = sightOf(reachOf(actor, ask.caller.abilities, company.model).bounds(widget.entity, READ));
  const operation = { kind: 'list', entity: widget.entity.name, query: queryOf(widget, sight) } as const;
  const authorized = authorize(operation, actor, ask.caller.abilities, company);
  const context = recordContext(company, actor);
  const data =
    widget.kind === 'list'
      ? { records: (await runOperation(context, authorized)).records }
      : await readFigures(readingFrom(context, context.database), authorized, widget);
  return { status: 200, body: { data } };
}

function queryOf({ entity }: Widget, sight: Sight): ListQuery {
  return {
    condition: null,
    sort: [],
    fields: entity.list.columns.filter((name) => sees(entity, sight, name)),
    include: [],
    search: null,
    titles: true,
    page: { number: 1, size: LIST_LENGTH },
  };
}
