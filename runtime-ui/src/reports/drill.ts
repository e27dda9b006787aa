import type { ReportColumn, ReportDefinition } from './report-api.ts';

/** Where the entries or records behind a figure are found. */
export interface Drill {
  readonly kind: 'ledger' | 'entity';
  /** The ledger or the entity. */
  readonly name: string;
  /** Parameters of its list. */
  readonly query: Readonly<Record<string, string>>;
  /** False where the list holds more than the figure adds up. */
  readonly isExact: boolean;
}

/** Reads what a row says of the entries behind it; null when it says nothing. */
export function readDrill(drill: unknown, source: ReportDefinition['source']): Drill | null {
  if (drill === null || drill === undefined) return null;
  const named =
    typeof drill === 'object'
      ? (drill as { ledger?: unknown; entity?: unknown; filter?: unknown; exact?: unknown })
      : {};
  const isNamed = typeof named.ledger === 'string' || typeof named.entity === 'string';
  const ledger = textOr(named.ledger, isNamed ? null : (source?.ledger ?? null));
  const entity = textOr(named.entity, isNamed ? null : (source?.entity ?? null));
  const query = queryOf(typeof drill === 'object' && named.filter !== undefined ? named.filter : drill);
  const isExact = named.exact !== false;
  if (ledger !== null) return { kind: 'ledger', name: ledger, query, isExact };
  return entity === null ? null : { kind: 'entity', name: entity, query, isExact };
}

const DATE_FILTER = 'filter[date]';

/** Narrows what is behind a line to what is behind one of its figures, as far as a list can say it. */
export function drillInColumn(drill: Drill, { across, dates }: Pick<ReportColumn, 'across' | 'dates'>): Drill {
  const isExact = drill.isExact && across === undefined;
  if (dates === undefined) return { ...drill, isExact };
  const others = Object.entries(drill.query).filter(([name]) => !name.startsWith(DATE_FILTER));
  const days = Object.entries(dates).map(([operator, day]) => [`${DATE_FILTER}[${operator}]`, day]);
  return { ...drill, isExact, query: Object.fromEntries([...others, ...days]) as Record<string, string> };
}

function textOr(value: unknown, otherwise: string | null): string | null {
  return typeof value === 'string' ? value : otherwise;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const NAMES: ReadonlySet<string> = new Set(['ledger', 'entity']);

/** `{ account: '12', date: { gte: '2026-01-01' } }` and addresses alike become `filter[account]=12&filter[date][gte]=…`. */
function queryOf(filter: unknown): Readonly<Record<string, string>> {
  if (typeof filter === 'string') return Object.fromEntries(new URLSearchParams(filter.replace(/^[^?]*\?/, '')));
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries((filter ?? {}) as Readonly<Record<string, unknown>>)) {
    if (NAMES.has(name)) continue;
    const key = name.includes('[') ? name : `filter[${name}]`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [operator, operand] of Object.entries(value)) query[`${key}[${operator}]`] = String(operand);
    } else if (Array.isArray(value)) query[`${key}[in]`] = value.map(String).join(',');
    else if (value === null) query[`${key}[null]`] = 'true';
    else query[key] = textOf(value);
  }
  return query;
}
