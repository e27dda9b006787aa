import { refuse } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Entity, Model } from '../compiler/model.ts';
import type { Report } from '../compiler/report-model.ts';
import type { Actor, ListQuery } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { readsAll } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { refuseHiddenPaths } from './authorize.ts';
import type { Place } from './authorize.ts';
import { reachOf } from './reach.ts';

/*
 * Who may see figures. Entries of a ledger are no records of their own, so nobody is granted them: a ledger is open to
 * admins, and to whoever may read every entity of the ledger's own module that posts to it (every entity that posts to
 * it where none of its module does). A report is open to whoever may read its source, and all that it reads through
 * links. Both are stricter than the sum of what single documents would show.
 */

/** What a report reads when nothing is narrowed. */
const WHOLE: ListQuery = {
  condition: null,
  sort: [],
  fields: null,
  include: [],
  search: null,
  titles: true,
  page: { number: 1, size: 1 },
};

/** Whether the actor may read all records of an entity whole, rows of lines through their owner. */
export function readerOf(actor: Actor, abilities: readonly string[], model: Model): (entity: Entity) => boolean {
  const reach = reachOf(actor, abilities, model);
  return (entity) => readsAll(reach, entity);
}

/** Whether a report may be run. */
export function isReportOpen(report: Report, model: Model, mayRead: (entity: Entity) => boolean): boolean {
  return isSourceOpen(report, model, mayRead) && report.reads.every(mayRead);
}

/**
 * Whether what a report is made of may be taken out of the application, by `export` as data or by `print` on paper:
 * both are granted by themselves, on the records that it counts.
 */
export function mayTakeOut(
  report: Report,
  action: 'export' | 'print',
  actor: Actor,
  abilities: readonly string[],
  model: Model,
): boolean {
  const reach = reachOf(actor, abilities, model);
  return isSourceOpen(report, model, (entity) => reach.bounds(entity, [action]) === null);
}

function isSourceOpen({ source }: Report, model: Model, isOpen: (entity: Entity) => boolean): boolean {
  const { ledger, entity } = source;
  return ledger === null ? isOpen(entity) : isLedgerOpen(ledger, model, isOpen);
}

function isLedgerOpen(ledger: Ledger, model: Model, mayRead: (entity: Entity) => boolean): boolean {
  const posting = [...model.postings.values()]
    .filter(({ rules }) => rules.some((rule) => rule.ledger === ledger))
    .map(({ entity }) => entity);
  const own = posting.filter(({ module }) => module === ledger.module);
  if (own.length > 0) return own.every(mayRead);
  if (posting.length > 0) return posting.every(mayRead);
  return [...model.entities.values()].filter(({ module }) => module === ledger.module).every(mayRead);
}

/**
 * The report a caller names, and the right to run it. Throws `module-access-denied` (R-B9), `not-found` or `forbidden`.
 */
export function authorizeReport(
  name: string,
  actor: Actor,
  abilities: readonly string[],
  place: Place,
): { readonly report: Report; readonly authorized: Authorized<OperationOf<'list'>> } {
  const report = place.model.reports.get(name) ?? absent(name, place);
  const reach = reachOf(actor, abilities, place.model);
  if (!isReportOpen(report, place.model, (each) => readsAll(reach, each))) throw refuse('forbidden');
  const { entity } = report.source;
  const operation = { kind: 'list', entity: entity.name, query: WHOLE } as const;
  return { report, authorized: seal(operation, entity, actor, openFor(entity, reach)) };
}

/**
 * The ledger a caller names, and the right to list its entries. Throws as `authorizeReport` does, and `malformed-query`
 * for a path into records that the actor may not read.
 */
export function authorizeLedger(
  name: string,
  query: ListQuery,
  actor: Actor,
  abilities: readonly string[],
  place: Place,
): { readonly ledger: Ledger; readonly authorized: Authorized<OperationOf<'list'>> } {
  const ledger = place.model.ledgers.get(name) ?? absent(name, place);
  const reach = reachOf(actor, abilities, place.model);
  if (!isLedgerOpen(ledger, place.model, (each) => readsAll(reach, each))) throw refuse('forbidden');
  const operation = { kind: 'list', entity: ledger.name, query } as const;
  const opened = openFor(ledger.entries, reach);
  refuseHiddenPaths(operation, ledger.entries, opened);
  return { ledger, authorized: seal(operation, ledger.entries, actor, opened) };
}

/** The reach of somebody to whom what a ledger or report reads was opened as a whole. */
function openFor(source: Entity, reach: Reach): Reach {
  return {
    mayRead: (entity) => entity === source || reach.mayRead(entity),
    bounds: (entity, actions) => (entity === source ? null : reach.bounds(entity, actions)),
  };
}

function absent(name: string, place: Place): never {
  const module = place.inactiveModuleOf(name);
  throw module === null ? refuse('not-found') : refuse('module-access-denied', { parameters: { module } });
}
