import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Assignment, Posting, PostingRule } from '../compiler/ledger-model.ts';
import type { EvaluationContext, Row } from '../expression/evaluation.ts';
import type { Value } from '../metamodel/value-type.ts';
import { rendererOf } from '../records/checks.ts';
import { evaluatorOf, rowsOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { LinkedRecords } from '../records/linked-records.ts';
import type { Needs } from '../records/linked-records.ts';
import { idOf } from '../records/stored-entity.ts';
import { amountOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { LedgerLookups } from './lookups.ts';

/** An entry of a rule before the ledger valued it. */
export interface Draft {
  readonly entry: Entry;
  /** Place of its row in the lines field; -1 for an entry of the document. */
  readonly row: number;
  /** Row whose own cost is used, or whose incoming value is adjusted. */
  readonly costOf: string | null;
}

/** What an entry moved, for the rules after it. */
export type MovedRow = Readonly<Record<string, Decimal>>;

const MEMO_LENGTH = 240;
const DOCUMENT_ROW = -1;
const needs = new WeakMap<Posting, Needs>();

/** Evaluates the rules of a posting over one document, one after the other. */
export class PostingEvaluation {
  readonly date: string;
  readonly #posting: Posting;
  readonly #document: DraftRow;
  readonly #from: ReadFrom;
  readonly #linked: LinkedRecords;
  readonly #lookups: LedgerLookups;
  /** Names whose rule runs once for the document: its rows see what it moved. */
  readonly #ofDocument = new Set<string>();
  /** What a name has when nothing was moved. */
  readonly #zeros = new Map<string, MovedRow>();
  /** By name: what was moved, by row; the document's row is the sum of the others. */
  readonly #moved = new Map<string, Map<number, MovedRow>>();

  private constructor(posting: Posting, document: DraftRow, from: ReadFrom, linked: LinkedRecords) {
    this.#posting = posting;
    this.#document = document;
    this.#from = from;
    this.#linked = linked;
    this.#lookups = new LedgerLookups(from);
    const date = evaluatorOf(posting.date)(this.#context(document, DOCUMENT_ROW));
    this.date = typeof date === 'string' ? date : from.today;
  }

  static async of(posting: Posting, document: DraftRow, from: ReadFrom): Promise<PostingEvaluation> {
    let known = needs.get(posting);
    if (known === undefined) {
      known = { record: posting.needs, lines: posting.lineNeeds };
      needs.set(posting, known);
    }
    const linked = new LinkedRecords(from, known);
    await linked.load([document]);
    return new PostingEvaluation(posting, document, from, linked);
  }

  /** The entries of a rule; those that would move nothing are still among them. */
  async draftsOf(rule: PostingRule): Promise<readonly Draft[]> {
    const { each } = rule;
    const rows: readonly (readonly [DraftRow, number])[] =
      each === null
        ? [[this.#document, DOCUMENT_ROW]]
        : rowsOf(this.#document, each.name).map((row, index) => [row, index]);
    const index = this.#posting.rules.indexOf(rule);
    return this.#whole(() =>
      rows.flatMap(([row, place]) => {
        const draft = this.#draft(rule, index, row, place);
        return draft === null ? [] : [draft];
      }),
    );
  }

  /** What was looked up is read again: the rules before were right, but others may have posted since. */
  forgetLookups(): void {
    this.#lookups.forget();
  }

  /** Remembers what the entries of a rule moved, under the name that it gives. */
  name(rule: PostingRule, moved: readonly (readonly [row: number, amounts: MovedRow])[]): void {
    if (rule.as === null) return;
    if (rule.each === null) this.#ofDocument.add(rule.as);
    const none = rule.ledger.measures.map(({ name }) => [name, Decimal.zero] as const);
    this.#zeros.set(rule.as, Object.fromEntries([...none, ['consumed', Decimal.zero]]));
    const byRow = this.#moved.get(rule.as) ?? new Map<number, MovedRow>();
    this.#moved.set(rule.as, byRow);
    for (const [row, amounts] of moved) {
      // A row has as many entries as parts were chosen for it.
      byRow.set(row, sumOf(byRow.get(row), amounts));
      if (row !== DOCUMENT_ROW) byRow.set(DOCUMENT_ROW, sumOf(byRow.get(DOCUMENT_ROW), amounts));
    }
  }

  /** Runs until everything that was asked for is loaded. Throws `invalid` when a number grows beyond what is kept. */
  async #whole<T>(evaluate: () => T): Promise<T> {
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

  #draft(rule: PostingRule, index: number, row: DraftRow, place: number): Draft | null {
    const context = this.#context(row, place);
    if (rule.when !== null && evaluatorOf(rule.when)(context) !== true) return null;
    const amounts = rule.ledger.measures.map((measure, at) => {
      const expression = rule.amounts[at] ?? null;
      const amount = expression === null ? Decimal.zero : amountOf(evaluatorOf(expression)(context), measure);
      return rule.kind === 'out' ? amount.negate() : amount;
    });
    const costOf = rule.row === null ? null : evaluatorOf(rule.row)(context);
    const memo = rule.memo === null ? null : rendererOf(rule.memo)(context).slice(0, MEMO_LENGTH);
    return {
      entry: {
        ledger: rule.ledger,
        rule: index,
        line: place === DOCUMENT_ROW ? null : idOf(row),
        pointer: place === DOCUMENT_ROW ? '' : `/${String(rule.each?.name)}/${place}`,
        date: this.date,
        at: rule.at.map((assignment) => (assignment === null ? null : this.#assigned(assignment, context))),
        amounts,
        memo,
        corrects: null,
      },
      row: place,
      costOf: typeof costOf === 'string' ? costOf : null,
    };
  }

  #assigned({ expression, byKey, reference }: Assignment, context: EvaluationContext): Value {
    const value = evaluatorOf(expression)(context);
    if (value === null || value === '') return null;
    if (reference !== null) return `${reference}:${String(value)}`;
    return byKey === null ? value : this.#linked.idByKey(byKey, String(value));
  }

  #nothing(name: string): MovedRow {
    return this.#zeros.get(name) ?? {};
  }

  #context(row: DraftRow, place: number): EvaluationContext {
    const { globals, today, now } = this.#from;
    const locals: Record<string, Row> = {};
    for (const [name, byRow] of this.#moved) {
      const own = byRow.get(place);
      locals[name] = own ?? (this.#ofDocument.has(name) ? byRow.get(DOCUMENT_ROW) : undefined) ?? this.#nothing(name);
    }
    return {
      self: row,
      ...(place === DOCUMENT_ROW ? {} : { parent: this.#document }),
      linked: this.#linked.linked,
      find: this.#lookups.find,
      balance: this.#lookups.balance,
      moved: this.#lookups.moved,
      locals,
      globals,
      today,
      now,
    };
  }
}

function sumOf(one: MovedRow | undefined, other: MovedRow): MovedRow {
  if (one === undefined) return other;
  return Object.fromEntries(
    Object.entries(other).map(([name, amount]) => [name, amount.add(one[name] ?? Decimal.zero)]),
  );
}
