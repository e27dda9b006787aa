import { Decimal } from '../base/decimal.ts';
import { ROW_VISITS_MAX } from './limits.ts';
import { order } from './value-order.ts';
import type { RowsSource, TypedExpression } from './ast.ts';
import type { EvaluationContext, Evaluator, Row, Run } from './evaluation.ts';
import type { Value } from '../metamodel/value-type.ts';

type Aggregate = Extract<TypedExpression, { node: 'aggregate' }>;

const NO_ROWS: readonly Row[] = [];

/** The closure of an aggregate. Nulls are left out; over nothing a sum is zero, an average or extreme null. */
export function aggregator({ aggregate, rows, value }: Aggregate, evaluate: Evaluator | null): Evaluator {
  if (evaluate === null) return (run) => Decimal.of(rowsOf(rows, run.context).length);
  switch (aggregate) {
    case 'sum':
      return (run) => {
        const sum = new Sum();
        forEachRow(rows, run, evaluate, (each) => sum.add(each));
        return sum.total;
      };
    case 'avg':
      return (run) => {
        const sum = new Sum();
        forEachRow(rows, run, evaluate, (each) => sum.add(each));
        return sum.count === 0 ? null : sum.total.divide(Decimal.of(sum.count));
      };
    case 'count': {
      const isCondition = value?.type.kind === 'boolean';
      return (run) => {
        let count = 0;
        forEachRow(rows, run, evaluate, (each) => {
          if (isCondition ? each === true : each !== null) count += 1;
        });
        return Decimal.of(count);
      };
    }
    case 'min':
      return (run) => extreme(rows, run, evaluate, -1);
    case 'max':
      return (run) => extreme(rows, run, evaluate, 1);
    case 'any':
      return (run) => forEachRow(rows, run, evaluate, (each) => each === true);
    case 'all':
      return (run) => !forEachRow(rows, run, evaluate, (each) => each !== true);
  }
}

function rowsOf(source: RowsSource, context: EvaluationContext): readonly Row[] {
  if (source.frame === 'group') return context.group ?? NO_ROWS;
  return (context[source.frame]?.[source.step.field] as readonly Row[] | null | undefined) ?? NO_ROWS;
}

/** Gives the value of each row to `visit` until it answers true; answers whether it did. */
function forEachRow(
  source: RowsSource,
  run: Run,
  evaluate: Evaluator,
  visit: (value: Value) => boolean | void,
): boolean {
  const rows = rowsOf(source, run.context);
  run.visitsLeft -= rows.length;
  if (run.visitsLeft < 0) throw new RangeError(`An evaluation visits at most ${ROW_VISITS_MAX} rows.`);
  const outer = run.row;
  let stopped = false;
  for (const row of rows) {
    run.row = row;
    if (visit(evaluate(run)) === true) {
      stopped = true;
      break;
    }
  }
  run.row = outer;
  return stopped;
}

function extreme(rows: RowsSource, run: Run, evaluate: Evaluator, sign: 1 | -1): Value {
  let best: Value = null;
  forEachRow(rows, run, evaluate, (each) => {
    if (each !== null && (best === null || order(each, best) * sign > 0)) best = each;
  });
  return best;
}

/** Adds units of one scale as integers, for most columns have one; a decimal per row would cost twice as much. */
class Sum {
  count = 0;
  #units = 0n;
  #scale = 0;

  add(value: Value): void {
    if (!(value instanceof Decimal)) return;
    this.count += 1;
    if (value.scale > this.#scale) {
      this.#units = this.total.rescale(value.scale).units;
      this.#scale = value.scale;
    }
    this.#units += value.scale === this.#scale ? value.units : value.rescale(this.#scale).units;
  }

  get total(): Decimal {
    return Decimal.fromUnits(this.#units, this.#scale);
  }
}
