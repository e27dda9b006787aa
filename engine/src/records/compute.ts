import type { AssignStep, Computation, DeriveStep } from '../compiler/computation.ts';
import type { TypedExpression } from '../expression/ast.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import { compileExpression } from '../expression/evaluate.ts';
import type { EvaluationContext, Row } from '../expression/evaluation.ts';
import { valueNamed } from '../expression/value-named.ts';
import { Decimal } from '../base/decimal.ts';
import type { Value } from '../metamodel/value-type.ts';

/**
 * A record while it is worked on. A field that is absent (`undefined`) takes its default; a field that is null was
 * emptied on purpose. Rows of lines are drafts of their own; `id` is there when the record or row is stored.
 */
export interface DraftRow {
  [field: string]: Value | DraftRow[] | undefined;
}

/** What a computation sees besides the record. What is not loaded is answered with null. */
export interface ComputeContext extends Pick<EvaluationContext, 'linked' | 'pick' | 'globals' | 'today' | 'now'> {
  /** The id of the record with this natural key; null when there is none. */
  idByKey(entity: string, key: string): string | null;
  /** Something was asked for that may still be loaded; a default that came of it is not final. Absent: never. */
  readonly isIncomplete?: boolean;
}

type Evaluate = (context: EvaluationContext) => Value;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
/** One context serves a whole computation: each step only turns it to another row. */
type Frame = Mutable<EvaluationContext>;
/** One step of a computation, at work on a draft. Running it again, when more is loaded, corrects what it gave. */
export type RunStep = (draft: DraftRow, frame: Frame, context: ComputeContext) => void;

const plans = new WeakMap<Computation, readonly RunStep[]>();
const evaluators = new WeakMap<TypedExpression, Evaluate>();

/** The closure of an expression, made once. */
export function evaluatorOf(expression: TypedExpression): Evaluate {
  let evaluate = evaluators.get(expression);
  if (evaluate === undefined) {
    evaluate = compileExpression(expression);
    evaluators.set(expression, evaluate);
  }
  return evaluate;
}

/** The steps of a computation as functions, made once. */
export function stepsOf(computation: Computation): readonly RunStep[] {
  let plan = plans.get(computation);
  if (plan === undefined) {
    plan = computation.steps.map((step) => (step.kind === 'derive' ? derive(step) : assign(step)));
    plans.set(computation, plan);
  }
  return plan;
}

/** What the steps of one computation hand on to each other. */
export function frameOf(draft: DraftRow, { linked, pick, globals, today, now }: ComputeContext): Frame {
  return { self: draft, parent: undefined, group: undefined, linked, pick, globals, today, now };
}

/**
 * Fills in the defaults, computed fields and derived rows of a draft, in the order the compiler found. The server
 * runs these steps when a record is written or previewed, the browser while a person types: same plan, same result.
 *
 * The draft is changed in place. Computed and derived values are always worked out anew, whatever the draft held.
 */
export function computeRecord(computation: Computation, draft: DraftRow, context: ComputeContext): void {
  const frame = frameOf(draft, context);
  for (const run of stepsOf(computation)) run(draft, frame, context);
}

/** The rows of a lines field of a draft. */
export function rowsOf(draft: DraftRow, lines: string): readonly DraftRow[] {
  const rows = draft[lines];
  return Array.isArray(rows) ? rows : [];
}

function assign(step: AssignStep): RunStep {
  const { field, scale, byKey, lines } = step;
  const evaluate = evaluatorOf(step.expression);
  const onlyAbsent = step.kind === 'default';

  const fill = (row: DraftRow, frame: Frame, context: ComputeContext): void => {
    if (onlyAbsent && row[field] !== undefined) return;
    const value = evaluate(frame);
    const filled =
      byKey === null ? stored(value, scale) : typeof value === 'string' ? context.idByKey(byKey, value) : null;
    if (onlyAbsent && context.isIncomplete === true) return;
    row[field] = filled;
  };

  if (lines === null) {
    return (draft, frame, context) => {
      turnTo(frame, draft);
      fill(draft, frame, context);
    };
  }
  return (draft, frame, context) => {
    for (const row of rowsOf(draft, lines)) {
      turnTo(frame, row, draft);
      fill(row, frame, context);
    }
  };
}

function derive(step: DeriveStep): RunStep {
  const setters = step.set.map(({ field, scale, expression, sum }) => ({
    field,
    scale,
    evaluate: evaluatorOf(expression),
    sum: sum === null ? null : evaluatorOf(sum),
  }));
  const read = readOfRows(step);
  const counts = step.by.map(({ field, as }) => ({
    field,
    isNamed: Object.keys(as).length > 0,
    meant: read.map((name) => [name, valueNamed(as, name) ?? name] as const),
  }));

  return (draft, frame) => {
    const groups = new Map<string, { readonly value: Value; readonly rows: Row[] }>();
    for (const row of groupedRows(step, draft, frame)) {
      for (const { field, isNamed, meant } of counts) {
        const value = row[field];
        if (value === undefined || value === null || isRows(value)) continue;
        const key = keyOf(value);
        const counted = isNamed ? withNames(row, meant) : row;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { value, rows: [counted] });
        else group.rows.push(counted);
      }
    }

    // A derived row that was there before keeps its id, so that what points to it goes on pointing to it.
    const ids = new Map<string, string>();
    for (const row of rowsOf(draft, step.field)) {
      if (typeof row['id'] === 'string') ids.set(keyOf(row[step.key]), row['id']);
    }

    const derived: DraftRow[] = [];
    for (const [key, group] of groups) {
      const row: DraftRow = { [step.key]: group.value };
      const id = ids.get(key);
      if (id !== undefined) row['id'] = id;
      const isLast = derived.length === groups.size - 1;
      for (const { field, scale, evaluate, sum } of setters) {
        turnTo(frame, row, draft, group.rows);
        const own = stored(evaluate(frame), scale);
        row[field] = isLast && sum !== null ? stored(restOf(own, sum, field, derived, draft, frame), scale) : own;
      }
      derived.push(row);
    }
    draft[step.field] = derived;
  };
}

/** The rows to be grouped: the record's own, or those of the record that a link leads to. */
function groupedRows({ through, from }: DeriveStep, draft: DraftRow, frame: Frame): readonly Row[] {
  if (through === null) return rowsOf(draft, from);
  const id = draft[through.link];
  const rows = typeof id === 'string' ? frame.linked(through.target, id)?.[from] : null;
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}

/** What the rows before leave of a sum; the row's own value where there is no sum. */
function restOf(
  own: Value,
  sum: Evaluate,
  field: string,
  before: readonly DraftRow[],
  draft: DraftRow,
  frame: Frame,
): Value {
  turnTo(frame, draft);
  const whole = sum(frame);
  if (!(whole instanceof Decimal)) return own;
  return before.reduce((rest, row) => {
    const value = row[field];
    return value instanceof Decimal ? rest.subtract(value) : rest;
  }, whole);
}

/** The fields of the grouped rows, and the names of `as`, that the expressions of a derive read. */
function readOfRows({ set }: DeriveStep): readonly string[] {
  const dependencies = set.flatMap(({ expression }) => dependenciesOf(expression));
  const read = dependencies.flatMap(({ frame, path }) => (frame === 'group' ? (path[0]?.field ?? []) : []));
  return [...new Set(read)];
}

/**
 * The row as it counts by one of the fields: the names of `as` have the values of the fields they stand for. It holds
 * only what is read of it; a copy of a row's many fields for every field it counts by would cost more than all else.
 */
function withNames(row: Row, meant: readonly (readonly [string, string])[]): Row {
  const counted: Record<string, Row[string]> = {};
  for (const [name, field] of meant) counted[name] = row[field];
  return counted;
}

function isRows(value: Value | readonly Row[]): value is readonly Row[] {
  return Array.isArray(value);
}

/** Equal values give equal texts; decimals write themselves without trailing zeros. */
function keyOf(value: DraftRow[string]): string {
  return value instanceof Decimal || typeof value === 'string' || typeof value === 'boolean' ? value.toString() : '';
}

function turnTo(frame: Frame, self: Row, parent?: Row, group?: readonly Row[]): void {
  frame.self = self;
  frame.parent = parent;
  frame.group = group;
}

/** As the column keeps it: numbers are rounded to the fraction digits of their field. */
function stored(value: Value, scale: number | null): Value {
  return scale !== null && value instanceof Decimal && value.scale > scale ? value.round(scale) : value;
}
