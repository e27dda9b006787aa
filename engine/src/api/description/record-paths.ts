import type { Entity } from '../../compiler/model.ts';
import { textIn } from '../../metamodel/text.ts';
import type { Locale } from '../../metamodel/text.ts';
import type { RouteDescription } from './routes.ts';
import { schemaNamesOf } from './record-schemas.ts';
import { anything, choice, flag, id, instant, list, nullable, object, reference, text, whole } from './schema.ts';

/** What somebody may do with the records of an entity, and through what they go on to others. */
export interface RecordDoors {
  /** `read`, `create`, `update`, `delete`, and the actions and transitions of documents. */
  readonly actions: readonly string[];
  readonly flows: readonly string[];
}

const UNPAGED_QUERY = {
  sort: text({ description: 'Fields, separated by commas; `-` for the greatest first.' }),
  fields: text({ description: 'Fields that are wanted, separated by commas.' }),
  include: text({ description: 'Links and lines to embed, as paths separated by commas.' }),
  titles: flag,
  search: text(),
};

const LIST_QUERY = { ...UNPAGED_QUERY, 'page[number]': whole, 'page[size]': whole };

const QUERY_V2 = {
  filter: text({ description: 'A condition as JSON: fields with operators, `and`, `or`, `not`, `some` of rows.' }),
  sort: LIST_QUERY.sort,
  search: text(),
  select: text({ description: 'What is wanted: `number,owner{name},lines{item{code},quantity}`.' }),
  titles: flag,
  first: whole,
  after: text({ description: 'The `end_cursor` of the page before.' }),
  total: flag,
  group: text({ description: 'Fields that figures are grouped by, separated by commas.' }),
  aggregate: text({ description: '`count`, `sum:total`, `avg:total` …' }),
};

/** As `recordPaths`, in version 2: other lists, pages and selections, and `upsert`. */
export function recordPathsV2(
  entity: Entity,
  doors: RecordDoors,
  locale: Locale,
): Readonly<Record<string, RouteDescription>> {
  const first = recordPaths(entity, doors, locale);
  const paths = Object.fromEntries(
    Object.entries(first).map(([call, description]) => [call.replace('/api/v1/', '/api/v2/'), description]),
  );
  const base = `/api/v2/records/${entity.name}`;
  const record = reference(schemaNamesOf(entity).record);
  const page = object({
    page: object({
      size: whole,
      has_next: flag,
      end_cursor: nullable(text()),
      'total?': whole,
      'total_capped?': flag,
    }),
  });
  const listed = { data: list({ anyOf: [record, { type: 'object' }] }), meta: { anyOf: [page, { type: 'object' }] } };
  const tag = textIn(entity.labelPlural, locale);
  const body = { type: 'object', properties: { ...QUERY_V2, filter: { type: 'object' }, first: whole } };
  if (doors.actions.includes('read')) {
    paths[`GET ${base}`] = { tag, summary: 'List, or figures by groups', query: QUERY_V2, ...listed };
    paths[`POST ${base}/query`] = { tag, summary: 'List with a query in the body', body, ...listed };
    paths[`GET ${base}/:id`] = { tag, summary: 'Get', query: { select: QUERY_V2.select, titles: flag }, data: record };
  }
  const bulk = paths[`POST ${base}/bulk`];
  if (bulk !== undefined) {
    const summary = 'Many writes, all or none; `upsert` changes the record that has the key, or creates it';
    paths[`POST ${base}/bulk`] = { ...bulk, summary, body: object({ operations: list({ type: 'object' }) }) };
  }
  return paths;
}

/** The addresses of the records of one entity, by method and path. */
export function recordPaths(
  entity: Entity,
  { actions, flows }: RecordDoors,
  locale: Locale,
): Readonly<Record<string, RouteDescription>> {
  const names = schemaNamesOf(entity);
  const record = reference(names.record);
  const create = reference(names.create);
  const update = reference(names.update);
  const base = `/api/v1/records/${entity.name}`;
  const tag = textIn(entity.labelPlural, locale);
  const may = (action: string): boolean => actions.includes(action);
  const paths: Record<string, RouteDescription> = {};
  const door = (isOpen: boolean, call: string, description: Omit<RouteDescription, 'tag'>): void => {
    if (isOpen) paths[call] = { tag, ...description };
  };

  const reads = may('read');
  door(reads, `GET ${base}`, {
    summary: 'List',
    query: LIST_QUERY,
    data: list(record),
    meta: object({ page: reference('Page') }),
  });
  door(reads, `GET ${base}/export`, {
    summary: 'The list without pages, as a file; granted by itself',
    query: { ...UNPAGED_QUERY, format: choice('csv', 'xlsx', 'json') },
    bare: true,
    data: { type: 'object' },
    files: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/json'],
  });
  door(may('create'), `POST ${base}`, { summary: 'Create', body: create, data: record, status: 201 });
  door(may('create'), `POST ${base}/preview`, {
    summary: 'Defaults and computed fields of a record that is not saved',
    body: { type: 'object' },
    data: { type: 'object' },
    meta: { type: 'object' },
  });
  door(may('create') || may('update') || may('delete'), `POST ${base}/bulk`, {
    summary: 'Many writes, all or none',
    body: object({
      operations: list(
        object({
          action: choice('create', 'update', 'delete'),
          'id?': id,
          'version?': text(),
          'input?': { anyOf: [create, update] },
        }),
      ),
    }),
    data: list(anything),
  });
  door(entity.kind !== 'single' && (may('create') || may('update')), `POST ${base}/import`, {
    summary: 'Take a CSV or XLSX file and say what its columns seem to mean; its name comes as `X-File-Name`',
    status: 201,
    takesFile: true,
    data: reference('RecordImport'),
  });
  door(reads, `GET ${base}/:id`, {
    summary: 'Get',
    query: { include: LIST_QUERY.include, titles: flag },
    data: record,
  });
  door(may('update'), `PATCH ${base}/:id`, { summary: 'Change', body: update, data: record });
  door(may('delete'), `DELETE ${base}/:id`, { summary: 'Delete' });
  door(reads, `GET ${base}/:id/history`, {
    summary: 'Who changed what, the latest first',
    data: list(reference('Change')),
  });
  door(reads, `GET ${base}/:id/comments`, {
    summary: 'What members wrote about it',
    query: { before: id, size: whole },
    data: list(reference('Comment')),
    meta: object({ next: nullable(id) }),
  });
  door(reads, `POST ${base}/:id/comments`, {
    summary: 'Comment',
    status: 201,
    body: object({ body: text({ maxLength: 4000 }) }),
    data: reference('Comment'),
  });
  door(reads, `GET ${base}/:id/shares`, { summary: 'To whom it is open besides', data: list(reference('Share')) });
  door(reads, `POST ${base}/:id/shares`, {
    summary: 'Open it to a member or a role',
    status: 201,
    body: object({
      'email?': text({ format: 'email' }),
      'role?': text(),
      'may_write?': flag,
      'until?': nullable(instant),
    }),
    data: reference('Share'),
  });
  door(reads, `DELETE ${base}/:id/shares/:share`, { summary: 'Close it again' });
  door(reads, `GET ${base}/:id/actions`, {
    summary: 'What you may do with it now',
    data: list(reference('OpenAction')),
  });
  const isDocument = entity.kind === 'document';
  const moves = actions.filter((action) => !['read', 'create', 'update', 'delete'].includes(action));
  door(isDocument && moves.length > 0, `POST ${base}/:id/actions/:action`, {
    summary: `Act on it: ${moves.join(', ')}`,
    body: object({ 'version?': text() }),
    data: record,
  });
  door(flows.length > 0, `POST ${base}/:id/flows/:flow`, {
    summary: `Make the next document: ${flows.join(', ')}`,
    status: 201,
    data: { type: 'object' },
  });
  door(isDocument && reads, `GET ${base}/:id/impact`, {
    summary: 'What it posted, or would post',
    data: { type: 'object' },
  });
  door(isDocument && reads, `GET ${base}/:id/related`, {
    summary: 'The documents before and after it',
    data: list({ type: 'object' }),
  });
  door(reads, `GET ${base}/prints`, {
    summary: 'How it can be printed',
    query: { locale: text() },
    data: list({ type: 'object' }),
  });
  door(reads, `GET ${base}/:id/print/:file`, {
    summary: 'Print it as `{format}.pdf` or `{format}.html`',
    query: { locale: text() },
    files: ['application/pdf', 'text/html'],
  });
  return paths;
}
