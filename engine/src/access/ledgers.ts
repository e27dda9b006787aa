import { refuse } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Entity, Model } from '../compiler/model.ts';
import type { Report } from '../compiler/report-model.ts';
import type { Actor, ListQuery } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { narrowedTo } from '../records/gate.ts';
import { coversPermits, isWhole, readsAll } from '../records/reach.ts';
import type { Bounds, Permit, Reach, Restriction } from '../records/reach.ts';
import { refuseHiddenPaths } from './authorize.ts';
import type { Place } from './authorize.ts';
import { reachOf, restrictionsOn } from './reach.ts';
import { rightsOf } from './rights.ts';

/*
 * Who may see figures, and of what.
 *
 * A report over records counts those that whoever runs it may read with all that it shows of them, so it is open to
 * whoever may read some; what it reads through links must be readable as well, and a linked record that is not seen
 * counts as an empty link.
 *
 * Entries of a ledger are no records of their own, so nobody is granted them: a ledger is open to admins, and to whoever
 * may read every record of each entity of the ledger's own module that posts to it (of every entity that posts to it
 * where none of its module does). Somebody who is kept to some records, for example to one warehouse, sees the entries
 * of these where the ledger tells them apart by a dimension; where it does not, its figures stay closed.
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

/** Whether a report may be run: what it counts and all that it reads are open, at least in part. */
export function openReports(actor: Actor, abilities: readonly string[], model: Model): (report: Report) => boolean {
  const reach = reachOf(actor, abilities, model);
  return (report) => isReportOpen(report, { actor, reach, model });
}

interface Reader {
  readonly actor: Actor;
  readonly reach: Reach;
  readonly model: Model;
}

function isReportOpen(report: Report, reader: Reader): boolean {
  return openedBy(report, reader) !== null;
}

/** What a report counts of each of its sources for somebody; null where any of what it reads is closed to them. */
function openedBy(report: Report, reader: Reader): ReadonlyMap<Entity, Bounds | null> | null {
  const { reach } = reader;
  if (!report.reads.every((entity) => reach.mayRead(entity))) return null;
  if (!report.readsWhole.every((entity) => readsAll(reach, entity))) return null;
  const opened = new Map<Entity, Bounds | null>();
  for (const [entity, bounds] of countedBy(report, 'read', reader)) {
    if (bounds === CLOSED) return null;
    opened.set(entity, bounds);
  }
  return opened;
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
  const reader = { actor, reach: reachOf(actor, abilities, model), model };
  const out = countedBy(report, action, reader);
  return [...countedBy(report, 'read', reader)].every(([entity, read]) => {
    const taken = out.get(entity);
    return taken !== undefined && read !== CLOSED && taken !== CLOSED && coversPermits(taken, read);
  });
}

const CLOSED = Symbol('closed');
const WHOLE_PERMIT: Permit = { where: null, read: null, write: null };

type Counted = Bounds | null | typeof CLOSED;

/** Which records or entries of each source somebody may do something with, where a report counts them; null for all. */
function countedBy(report: Report, action: string, reader: Reader): ReadonlyMap<Entity, Counted> {
  const sources = [report, ...report.besides];
  return new Map(
    sources.map(({ source: { ledger, entity } }) => {
      if (ledger !== null) return [entity, entriesFor(ledger, action, reader)];
      const same = sources.filter(({ source }) => source.entity === entity);
      return [
        entity,
        recordsFor(
          entity,
          same.flatMap(({ uses }) => uses),
          action,
          reader,
        ),
      ];
    }),
  );
}

function recordsFor(entity: Entity, uses: readonly string[], action: string, { reach }: Reader): Counted {
  if (!reach.mayRead(entity)) return CLOSED;
  const bounds = reach.bounds(entity, [action]);
  if (bounds === null) return null;
  const shown = narrowedTo(bounds, entity, uses);
  return shown.permits.length === 0 ? CLOSED : shown;
}

function entriesFor(ledger: Ledger, action: string, { actor, reach, model }: Reader): Counted {
  const isFree = rightsOf(actor.roles, model).everything;
  const restrictions = isFree ? [] : restrictionsOn(ledger.entries, actor.restrictions);
  const isOpen = (entity: Entity): boolean => {
    if (!reach.mayRead(entity)) return false;
    const bounds = reach.bounds(entity, [action]);
    if (bounds === null) return true;
    const isKept = ({ target }: Restriction): boolean => restrictions.some((own) => own.target === target);
    return bounds.permits.some(isWhole) && bounds.restrictions.every(isKept);
  };
  if (!postingTo(ledger, model).every(isOpen)) return CLOSED;
  return restrictions.length === 0 ? null : { permits: [WHOLE_PERMIT], restrictions, sharedWith: null };
}

/** The entities whose records a ledger is made of. */
function postingTo(ledger: Ledger, model: Model): readonly Entity[] {
  const posting = [...model.postings.values()]
    .filter(({ rules }) => rules.some((rule) => rule.ledger === ledger))
    .map(({ entity }) => entity);
  const own = posting.filter(({ module }) => module === ledger.module);
  if (own.length > 0) return own;
  if (posting.length > 0) return posting;
  return [...model.entities.values()].filter(({ module }) => module === ledger.module);
}

/**
 * The report a caller names, and the right to run it over what counts for them. Throws `module-access-denied` (R-B9),
 * `not-found` or `forbidden`.
 */
export function authorizeReport(
  name: string,
  actor: Actor,
  abilities: readonly string[],
  place: Place,
): { readonly report: Report; readonly authorized: Authorized<OperationOf<'list'>> } {
  const report = place.model.reports.get(name) ?? absent(name, place);
  const reader = { actor, reach: reachOf(actor, abilities, place.model), model: place.model };
  const counted = openedBy(report, reader);
  if (counted === null) throw refuse('forbidden');
  const { entity } = report.source;
  const operation = { kind: 'list', entity: entity.name, query: WHOLE } as const;
  return { report, authorized: seal(operation, entity, actor, openFor(counted, reader.reach)) };
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
  const entries = entriesFor(ledger, 'read', { actor, reach, model: place.model });
  if (entries === CLOSED) throw refuse('forbidden');
  const operation = { kind: 'list', entity: ledger.name, query } as const;
  const opened = openFor(new Map([[ledger.entries, entries]]), reach);
  refuseHiddenPaths(operation, ledger.entries, opened);
  return { ledger, authorized: seal(operation, ledger.entries, actor, opened) };
}

/** The reach of somebody to whom what a ledger or report counts was opened, as far as these bounds. */
function openFor(counted: ReadonlyMap<Entity, Bounds | null>, reach: Reach): Reach {
  return {
    mayRead: (entity) => counted.has(entity) || reach.mayRead(entity),
    bounds: (entity, actions) => (counted.has(entity) ? (counted.get(entity) ?? null) : reach.bounds(entity, actions)),
  };
}

function absent(name: string, place: Place): never {
  const module = place.inactiveModuleOf(name);
  throw module === null ? refuse('not-found') : refuse('module-access-denied', { parameters: { module } });
}
