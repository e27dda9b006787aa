import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { Aggregate } from '../metamodel/operation.ts';
import { statement } from '../storage/statement.ts';
import type { Binding, RawValue } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import type { ReadFrom } from './context.ts';
import { FilterWriter } from './filter.ts';
import { Gate } from './gate.ts';
import { reachedBy } from './list-order.ts';
import { boundsOfPaths, listSource } from './list-source.ts';
import { PathJoins } from './path-joins.ts';
import type { ReachedColumn } from './path-joins.ts';
import { unknownField } from './read-input.ts';
import type { Complain } from './read-input.ts';

/** Groups that one answer holds. */
const GROUPS_MAX = 1_000;
const PATHS_MAX = 5;
const MEASURES_MAX = 10;

/** The figures of one group: in the order of the groups and measures that were asked for. */
export interface FigureRow {
  readonly keys: readonly Json[];
  readonly count: number;
  readonly values: readonly Json[];
}

export interface AggregateAnswer {
  readonly rows: readonly FigureRow[];
  /** True when there are more groups than an answer holds. */
  readonly truncated: boolean;
}

interface Measure {
  readonly aggregate: Aggregate;
  /** Null for counting records. */
  readonly column: ReachedColumn | null;
}

/**
 * Figures over records: one query, however many there are. Sums and averages are exact. Records count that their reader
 * sees, with the fields that are asked for. Throws `malformed-query` with every fault.
 */
export async function aggregateRecords(
  from: ReadFrom,
  { operation, entity, reach }: Authorized<OperationOf<'aggregate'>>,
): Promise<AggregateAnswer> {
  const { query } = operation;
  const { dialect } = from.reader;
  const faults: Fault[] = [];
  const complain: Complain = (fault) => void faults.push(fault);
  const joins = new PathJoins(entity, 't', dialect);
  const gate = new Gate(from, reach);
  if (query.groups.length > PATHS_MAX) {
    complain({ pointer: '/group', code: 'too-many', parameters: { maximum: String(PATHS_MAX) } });
  }
  if (query.measures.length > MEASURES_MAX) {
    complain({ pointer: '/measures', code: 'too-many', parameters: { maximum: String(MEASURES_MAX) } });
  }
  const groups = query.groups.map((path) => reachedBy(path, `/group/${path.join('.')}`, joins, gate, complain));
  const measures = query.measures.map((measure) => measureOf(measure, joins, complain));
  const filter = new FilterWriter(dialect, complain, gate);
  const where = query.condition === null ? null : filter.write(query.condition, joins);
  if (faults.length > 0) throw refuse('malformed-query', { faults });

  const used = [...query.groups, ...query.measures.flatMap(({ field }) => (field === null ? [] : [[field]]))];
  const bounds = boundsOfPaths(entity, query, used, reach);
  const filtered = where === null ? null : { text: where, bindings: filter.bindings };
  const source = await listSource(from, query, joins, filtered, bounds);
  if (source === null) return { rows: groups.length === 0 ? [emptyRow(measures)] : [], truncated: false };

  const known = groups.filter((group) => group !== null);
  const selected = [...known.map(({ text }) => text), 'COUNT(*)', ...measures.flatMap(textsOf)];
  const ordinals = known.map((_, index) => String(index + 1)).join(', ');
  const grouped = known.length === 0 ? '' : ` GROUP BY ${ordinals} ORDER BY ${ordinals} LIMIT ${GROUPS_MAX + 1}`;
  const bindings: readonly Binding[] = [...known.flatMap(({ bindings }) => bindings), ...source.bindings];
  const tuples = await from.reader.tuples(
    statement(`SELECT ${selected.join(', ')} ${source.text}${grouped}`),
    bindings,
  );
  const rows = tuples.slice(0, GROUPS_MAX).map((tuple): FigureRow => {
    const keys = known.map(({ column }, index) => column.toJson(tuple[index] ?? null));
    const rest = tuple.slice(known.length + 1);
    return {
      keys,
      count: Number(tuple[known.length] ?? 0),
      values: measures.map((measure, index) => valueOf(measure, rest[2 * index] ?? null, rest[2 * index + 1] ?? null)),
    };
  });
  return { rows, truncated: tuples.length > GROUPS_MAX };
}

function measureOf(
  { aggregate, field: name }: { readonly aggregate: Aggregate; readonly field: string | null },
  joins: PathJoins,
  complain: Complain,
): Measure {
  if (name === null) {
    if (aggregate !== 'count') complain({ pointer: `/measures/${aggregate}`, code: 'required' });
    return { aggregate: 'count', column: null };
  }
  const pointer = `/measures/${name}`;
  const field = joins.entity.fieldByName.get(name);
  const column = joins.column(name);
  if (field === undefined) complain(unknownField(joins.entity, name, pointer));
  else {
    const isNumber = field.fieldType.valueType(field).kind === 'number';
    const fits = column !== undefined && !field.encrypted && (isNumber || !['sum', 'avg'].includes(aggregate));
    if (!fits || !field.fieldType.sortable) complain({ pointer, code: 'not-sortable', parameters: { name } });
  }
  return { aggregate, column: column ?? null };
}

/** What is selected for a measure; an average is made of sum and count, so that it is rounded once and exactly. */
function textsOf({ aggregate, column }: Measure): readonly string[] {
  if (column === null) return ['COUNT(*)', 'NULL'];
  if (aggregate === 'count') return [`COUNT(${column.sql})`, 'NULL'];
  if (aggregate === 'avg') return [`SUM(${column.sql})`, `COUNT(${column.sql})`];
  return [`${aggregate.toUpperCase()}(${column.sql})`, 'NULL'];
}

function valueOf({ aggregate, column: reached }: Measure, raw: RawValue, counted: RawValue): Json {
  if (reached === null || aggregate === 'count') return Number(raw ?? 0);
  const { column } = reached;
  if (raw === null) return aggregate === 'sum' ? column.field.fieldType.write(Decimal.zero, column.field) : null;
  if (aggregate !== 'avg') return column.toJson(raw);
  const sum = column.toValue(raw);
  if (!(sum instanceof Decimal)) return null;
  return sum.divide(Decimal.of(BigInt(counted as number | bigint | string))).toFixed(column.field.scale);
}

function emptyRow(measures: readonly Measure[]): FigureRow {
  return { keys: [], count: 0, values: measures.map((measure) => valueOf(measure, null, 0)) };
}
