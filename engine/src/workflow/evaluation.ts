import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { FieldValue, Reads } from '../compiler/workflow-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { EvaluationContext, Row } from '../expression/evaluation.ts';
import type { Value } from '../metamodel/value-type.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { LinkedRecords } from '../records/linked-records.ts';
import { LedgerLookups } from '../ledger/lookups.ts';

/** What one evaluation sees beside its row. */
interface Around {
  readonly parent?: DraftRow;
  readonly locals?: Readonly<Record<string, Value | Row>>;
}

/** Runs the expressions of a workflow, flow or automation over one record, with all they read loaded. */
export class Evaluation {
  readonly #from: ReadFrom;
  readonly #linked: LinkedRecords;
  readonly #lookups: LedgerLookups;
  readonly #user: Row;

  private constructor(from: ReadFrom, linked: LinkedRecords, user: Row) {
    this.#from = from;
    this.#linked = linked;
    this.#lookups = new LedgerLookups(from);
    this.#user = user;
  }

  /** @param user what expressions read of the user; whoever the globals name when absent */
  static async of(from: ReadFrom, reads: Reads, record: DraftRow, user?: Row): Promise<Evaluation> {
    const linked = new LinkedRecords(from, reads);
    await linked.load([record]);
    return new Evaluation(from, linked, user ?? from.globals.user);
  }

  /**
   * Evaluates until everything that was asked for is loaded. Throws `invalid` when a number grows beyond what a value
   * may hold.
   */
  async whole<T>(evaluate: () => T): Promise<T> {
    try {
      for (;;) {
        const result = evaluate();
        if (!this.#linked.isIncomplete && !this.#lookups.isIncomplete) return result;
        await this.#linked.loadMissing();
        await this.#lookups.loadMissing();
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw refuse('invalid', { faults: [{ pointer: '', code: 'not-computable' }], cause: error });
    }
  }

  context(row: DraftRow, { parent, locals }: Around = {}): EvaluationContext {
    const { globals, today, now } = this.#from;
    return {
      self: row,
      ...(parent === undefined ? {} : { parent }),
      ...(locals === undefined ? {} : { locals }),
      linked: this.#linked.linked,
      find: this.#lookups.find,
      balance: this.#lookups.balance,
      moved: this.#lookups.moved,
      globals: { ...globals, user: this.#user },
      today,
      now,
    };
  }

  /** The values for fields; those that come out as nothing are null. */
  values(fields: readonly FieldValue[], context: EvaluationContext): DraftRow {
    return Object.fromEntries(fields.map((each) => [each.field.name, this.#value(each, context)]));
  }

  #value({ value: { expression, byKey, reference }, scale }: FieldValue, context: EvaluationContext): Value {
    const value = evaluatorOf(expression)(context);
    if (value === null || value === '') return null;
    if (reference !== null) return `${reference}:${String(value)}`;
    if (byKey !== null) return this.#linked.idByKey(byKey, String(value));
    return scale !== null && value instanceof Decimal && value.scale > scale ? value.round(scale) : value;
  }
}

/** Whether a condition holds; one that gives nothing does not. */
export function holds(condition: TypedExpression, context: EvaluationContext): boolean {
  return evaluatorOf(condition)(context) === true;
}
