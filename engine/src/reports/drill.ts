import { Decimal } from '../base/decimal.ts';
import type { ReportRows } from '../compiler/report-model.ts';
import { OWNER_NAME } from '../compiler/reports.ts';
import type { TypedExpression } from '../expression/ast.ts';
import { addMonths, addDays } from '../expression/calendar.ts';
import type { Operator } from '../metamodel/field-type.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Line } from './lines.ts';
import type { ReportPlan } from './plan.ts';
import { conjunctsOf } from './rewrite.ts';
import { rowEntityOf } from './rows.ts';

type Filter = Readonly<Record<string, Readonly<Partial<Record<Operator, string>>>>>;

/** Where the entries or records behind a line are found. */
export interface Drill {
  /** `GET ledgers/{ledger}/entries` takes the filter … */
  readonly ledger?: string;
  /** … or the list of the entity. */
  readonly entity?: string;
  /** Path → operator → value, as a list takes them. */
  readonly filter: Filter;
  /** The same as it stands in an address. */
  readonly query: string;
  /** False where a filter cannot say all that the report asks: it then finds more than the line adds up. */
  readonly exact: boolean;
}

/** Makes the drills of the lines of one report into one of its sources. */
export class Driller {
  readonly #plan: ReportPlan;
  readonly #of: string | null;
  readonly #rows: ReportRows;
  readonly #keys: readonly TypedExpression[];
  readonly #common: FilterMaker;

  /** @param of a source beside the first; null for the first */
  constructor(plan: ReportPlan, of: string | null) {
    const place = plan.report.besides.findIndex(({ name }) => name === of);
    const beside = plan.query.besides[place];
    this.#plan = plan;
    this.#of = of;
    this.#rows = (beside ?? plan.query).rows;
    this.#keys = beside?.keys ?? plan.query.keys.map(({ value }) => value);
    this.#common = new FilterMaker(this.#rows);
    for (const part of conjunctsOf((beside ?? plan.query).where)) this.#common.condition(part);
    this.#spans();
  }

  /** The address of what a line adds up; undefined for a line that is about nothing in particular. */
  drillOf(line: Line): Drill | undefined {
    if (line.figures !== null) return undefined;
    const { report, query, fixed } = this.#plan;
    const { ledger, entity, each } = this.#rows;
    const filter = new FilterMaker(this.#rows, this.#common);
    for (const [index, value] of line.keys.entries()) {
      const key = this.#keys[index];
      const dimension = report.dimensions[index];
      if (value === undefined || key === undefined || dimension === undefined) continue;
      const isPlaceInTree = line.kind === 'subtotal' && dimension.name === report.layout.tree;
      filter.equal(key, value, isPlaceInTree);
    }
    if (line.section !== null) filter.exact = false;
    if (line.isOpening && query.detailFrom !== null) filter.opening(query.detailFrom);
    else if (query.detailFrom !== null && typeof fixed.parameters['from'] === 'string') {
      filter.add(ENTRY_COLUMNS.date, 'gte', fixed.parameters['from']);
    }
    return {
      ...(ledger === null ? { entity: entity.name } : { ledger: ledger.name }),
      filter: filter.filter,
      query: queryText(filter.filter),
      // A record is found by any of its rows.
      exact: filter.exact && each === null,
    };
  }

  /** Where a report has movements, these are what people look for. */
  #spans(): void {
    const counted = this.#plan.report.measures.filter(({ of }) => of === this.#of);
    const spans = counted.map(({ span }) => span);
    const from = this.#plan.fixed.parameters['from'] ?? null;
    if (spans.includes('movement') && typeof from === 'string') this.#common.add(ENTRY_COLUMNS.date, 'gte', from);
  }
}

class FilterMaker {
  readonly filter: Record<string, Partial<Record<Operator, string>>> = {};
  exact: boolean;
  readonly #rows: ReportRows;

  constructor(rows: ReportRows, base?: FilterMaker) {
    this.#rows = rows;
    this.exact = base?.exact ?? true;
    for (const [path, operators] of Object.entries(base?.filter ?? {})) this.filter[path] = { ...operators };
  }

  add(path: string, operator: Operator, value: string): void {
    const known = (this.filter[path] ??= {});
    const other = known[operator];
    if (other === undefined || other === value) known[operator] = value;
    else if (operator === 'gte') known.gte = other > value ? other : value;
    else if (operator === 'lte') known.lte = other < value ? other : value;
    else this.exact = false;
  }

  opening(from: string): void {
    const { gte: _, ...rest } = this.filter[ENTRY_COLUMNS.date] ?? {};
    this.filter[ENTRY_COLUMNS.date] = { ...rest, lte: addDays(from, -1) ?? from };
  }

  /** The rows where an expression has a value. */
  equal(expression: TypedExpression, value: Value, withBelow: boolean): void {
    const path = pathOf(expression, this.#rows);
    if (path !== null) {
      if (value === null) this.add(path, 'null', 'true');
      else this.add(path, withBelow ? 'under' : 'eq', textOf(value));
      return;
    }
    const [argument] =
      expression.node === 'call' && expression.function === 'start_of_month' ? expression.arguments : [];
    const date = argument === undefined ? null : pathOf(argument, this.#rows);
    const next = typeof value === 'string' ? addMonths(value, 1) : null;
    if (date === null || next === null) this.exact = false;
    else {
      this.add(date, 'gte', String(value));
      this.add(date, 'lte', addDays(next, -1) ?? next);
    }
  }

  condition(expression: TypedExpression): void {
    const found = comparisonIn(expression, this.#rows);
    if (found === null) this.exact = false;
    else this.add(found.path, found.operator, found.value);
  }
}

interface Comparison {
  readonly path: string;
  readonly operator: Operator;
  readonly value: string;
}

const OPERATORS = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;
const MIRRORED = { eq: 'eq', ne: 'ne', lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' } as const;

/** A condition that a filter of a list can say. */
function comparisonIn(expression: TypedExpression, rows: ReportRows): Comparison | null {
  if (expression.node === 'path') return comparisonOf(pathOf(expression, rows), 'eq', true);
  if (expression.node === 'not') return comparisonOf(pathOf(expression.operand, rows), 'eq', false);
  if (expression.node === 'in') {
    const values = expression.options.map((option) => (option.node === 'literal' ? option.value : null));
    return values.includes(null) ? null : comparisonOf(pathOf(expression.value, rows), 'in', values.join(','));
  }
  if (expression.node !== 'compare') return null;
  const { left, right } = expression;
  const operator = OPERATORS[expression.operator];
  if (right.node === 'literal') return comparisonOf(pathOf(left, rows), operator, right.value);
  return left.node === 'literal' ? comparisonOf(pathOf(right, rows), MIRRORED[operator], left.value) : null;
}

function comparisonOf(path: string | null, operator: Operator, value: string | boolean | null): Comparison | null {
  if (path === null) return null;
  if (value !== null) return { path, operator, value: String(value) };
  if (operator !== 'eq' && operator !== 'ne') return null;
  return { path, operator: 'null', value: String(operator === 'eq') };
}

/** The path that a filter of the list names; null for what it does not know. */
function pathOf(expression: TypedExpression, rows: ReportRows): string | null {
  if (expression.node !== 'path') return null;
  const names = expression.path.map(({ field }) => field);
  if (expression.frame === 'parent') return names.join('.');
  const [first = '', ...rest] = names;
  if (rows.each !== null && first === OWNER_NAME) return rest.length === 0 ? 'id' : rest.join('.');
  if (first !== 'id' && !rowEntityOf(rows).fieldByName.has(first)) return null;
  return rows.each === null ? names.join('.') : `${rows.each.name}.${names.join('.')}`;
}

function textOf(value: Value): string {
  return value instanceof Decimal ? value.toString() : String(value);
}

function queryText(filter: Filter): string {
  return Object.entries(filter)
    .flatMap(([path, operators]) =>
      Object.entries(operators).map(([operator, value]) =>
        operator === 'eq'
          ? `filter[${path}]=${encodeURIComponent(value)}`
          : `filter[${path}][${operator}]=${encodeURIComponent(value)}`,
      ),
    )
    .join('&');
}
