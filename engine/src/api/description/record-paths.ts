import type { Entity } from '../../compiler/model.ts';
import { textIn } from '../../metamodel/text.ts';
import type { Locale } from '../../metamodel/text.ts';
import type { RouteDescription } from './routes.ts';
import { schemaNamesOf } from './record-schemas.ts';
import { anything, choice, flag, id, list, nullable, object, reference, text, whole } from './schema.ts';

/** What somebody may do with the records of an entity, and through what they go on to others. */
export interface RecordDoors {
  /** `read`, `create`, `update`, `delete`, and the actions and transitions of documents. */
  readonly actions: readonly string[];
  readonly flows: readonly string[];
}

const LIST_QUERY = {
  sort: text({ description: 'Fields, separated by commas; `-` for the greatest first.' }),
  fields: text({ description: 'Fields that are wanted, separated by commas.' }),
  include: text({ description: 'Links and lines to embed, as paths separated by commas.' }),
  titles: flag,
  search: text(),
  'page[number]': whole,
  'page[size]': whole,
};

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
    summary: 'Open it to a member',
    status: 201,
    body: object({ email: text({ format: 'email' }), 'may_write?': flag }),
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
