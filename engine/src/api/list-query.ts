import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { ListQuery, Sort } from '../metamodel/operation.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import { readFilter } from './filter-query.ts';
import { flag, refuseUnknown, single } from './parameters.ts';
import { faultCollector, readQueryTree } from './query-tree.ts';
import type { QueryNode, ReportFault } from './query-tree.ts';

const PAGE_SIZE_DEFAULT = 20;
export const PAGE_SIZE_MAX = 200;
/** Deeper pages than this cost the database more than anyone reads; a filter finds the rest. */
const PAGE_NUMBER_MAX = 1_000_000;
const SORT_MAX = 5;
const FIELDS_MAX = 200;
const INCLUDE_MAX = 10;
const PATH_LENGTH_MAX = 5;
const SEARCH_LENGTH_MAX = 200;

const LIST_PARAMETERS = ['filter', 'sort', 'fields', 'include', 'search', 'page', 'titles'];
const GET_PARAMETERS = ['include', 'titles'];

/** Queries repeat: screens and programs ask the same address again and again. */
const REMEMBERED_MAX = 1_000;
const REMEMBERED_LENGTH_MAX = 500;
const remembered = new BoundedMap<string, ListReading>(REMEMBERED_MAX);

/** The query as far as it could be read, and what could not. */
export interface ListReading {
  readonly query: ListQuery;
  readonly faults: readonly Fault[];
}

/**
 * Reads the parameters of a list, without knowing the entity: which fields there are, and what they may be compared
 * with, records/ knows. Faults are answered rather than thrown, so that those found there can join them.
 */
export function readListQuery(queryText: string): ListReading {
  const same = remembered.get(queryText);
  if (same !== undefined) return same;
  const { faults, report } = faultCollector();
  const tree = readQueryTree(queryText, report);
  refuseUnknown(tree, LIST_PARAMETERS, report);
  const filter = tree.children.get('filter');
  const query: ListQuery = {
    condition: filter === undefined ? null : readFilter(filter, '/filter', report),
    sort: readSort(single(tree, 'sort', report), report),
    fields: readFields(single(tree, 'fields', report), report),
    include: readInclude(single(tree, 'include', report), report),
    search: readSearch(single(tree, 'search', report), report),
    page: readPage(tree.children.get('page'), report),
    titles: flag(tree, 'titles', report),
  };
  const reading = { query, faults };
  if (queryText.length <= REMEMBERED_LENGTH_MAX && faults.length === 0) remembered.set(queryText, reading);
  return reading;
}

export interface GetQuery {
  readonly include: ListQuery['include'];
  readonly titles: boolean;
}

const PLAIN: GetQuery = { include: [], titles: false };

/** What the address of one record takes. Throws `malformed-query`. */
export function readGetQuery(queryText: string): GetQuery {
  if (queryText === '') return PLAIN;
  const { faults, report } = faultCollector();
  const tree = readQueryTree(queryText, report);
  refuseUnknown(tree, GET_PARAMETERS, report);
  const query = {
    include: readInclude(single(tree, 'include', report), report),
    titles: flag(tree, 'titles', report),
  };
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return query;
}

/** A comma-separated list without repetitions; reports more than `maximum` entries. */
function namesIn(text: string, parameter: string, maximum: number, report: ReportFault): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length <= maximum) return names;
  report(pointerStep(parameter), 'too-many', { maximum: String(maximum) });
  return [];
}

/** A dotted path; reports one that is too long. */
function pathOf(name: string, parameter: string, report: ReportFault): readonly string[] {
  const path = name.split('.');
  if (path.length > PATH_LENGTH_MAX) report(pointerStep(parameter), 'too-deep', { maximum: String(PATH_LENGTH_MAX) });
  return path.slice(0, PATH_LENGTH_MAX);
}

function readSort(text: string | undefined, report: ReportFault): readonly Sort[] {
  return namesIn(text ?? '', 'sort', SORT_MAX, report).map((name) => {
    const descending = name.startsWith('-');
    return { path: pathOf(descending ? name.slice(1) : name, 'sort', report), descending };
  });
}

function readFields(text: string | undefined, report: ReportFault): readonly string[] | null {
  return text === undefined ? null : namesIn(text, 'fields', FIELDS_MAX, report);
}

function readInclude(text: string | undefined, report: ReportFault): ListQuery['include'] {
  return namesIn(text ?? '', 'include', INCLUDE_MAX, report).map((name) => pathOf(name, 'include', report));
}

function readSearch(text: string | undefined, report: ReportFault): string | null {
  const search = text?.trim() ?? '';
  if (search.length > SEARCH_LENGTH_MAX) report('/search', 'too-long', { maximum: String(SEARCH_LENGTH_MAX) });
  return search === '' ? null : search;
}

function readPage(node: QueryNode | undefined, report: ReportFault): ListQuery['page'] {
  if (node === undefined) return { number: 1, size: PAGE_SIZE_DEFAULT };
  if (node.values.length > 0) report('/page', 'unreadable');
  for (const name of node.children.keys()) {
    if (name !== 'number' && name !== 'size') {
      report(`/page${pointerStep(name)}`, 'unknown-parameter', { known: 'number, size' });
    }
  }
  return {
    number: readCount(node, 'number', 1, PAGE_NUMBER_MAX, report),
    size: readCount(node, 'size', PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, report),
  };
}

function readCount(node: QueryNode, name: string, otherwise: number, maximum: number, report: ReportFault): number {
  const text = single(node, name, (_, code) => report(`/page/${name}`, code));
  if (text === undefined) return otherwise;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= maximum) return count;
  report(`/page/${name}`, 'whole-number', { minimum: '1', maximum: String(maximum) });
  return otherwise;
}
