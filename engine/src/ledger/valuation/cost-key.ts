import { createHash } from 'node:crypto';
import { Decimal } from '../../base/decimal.ts';
import type { Ledger, Valuation } from '../../compiler/ledger-model.ts';
import type { Model } from '../../compiler/model.ts';
import type { Value } from '../../metamodel/value-type.ts';
import { evaluatorOf } from '../../records/compute.ts';
import type { ReadFrom } from '../../records/context.ts';
import type { Transaction } from '../../storage/database.ts';
import { addToBalances, readBalances } from '../balances.ts';
import type { Balance } from '../balances.ts';
import { keyOf, keyText, NO_RULE, rowOf } from '../entry.ts';
import { contextOf, linkedOf } from '../guards.ts';
import type { CostMethod } from './cost-pool.ts';

/** Goods whose cost is kept together: a value for each dimension of `valuation.per`. */
export interface CostKey {
  readonly ledger: Ledger;
  readonly valuation: Valuation;
  readonly values: readonly Value[];
  /** Equal for equal keys of a ledger; short enough for the key of a table. */
  readonly name: string;
}

/** How a key is valued. */
export interface CostFacts {
  readonly method: CostMethod;
  /** What a unit costs by decree; null where the ledger knows no such cost. */
  readonly standard: Decimal | null;
}

const NAME_LENGTH_MAX = 120;
/** Before all dates: the last date of a balance without entries. */
const NEVER = '1000-01-01';

/** The key of an entry, by its dimensions. */
export function costKeyOf(ledger: Ledger, valuation: Valuation, at: readonly Value[]): CostKey {
  return costKey(ledger, valuation, keyOf(ledger, valuation.balance, at));
}

export function costKey(ledger: Ledger, valuation: Valuation, values: readonly Value[]): CostKey {
  // The tables of balances do not tell small letters from capitals either.
  const text = JSON.stringify(values.map((value) => (value === null ? null : String(value).toLowerCase())));
  const name = text.length <= NAME_LENGTH_MAX ? text : createHash('sha256').update(text).digest('hex');
  return { ledger, valuation, values, name };
}

/** Names the row of a lines field among the rows of all: `module.name:12`. */
export function rowName(entity: string, id: string): string {
  return `${entity}:${id}`;
}

/** The row that an entry was written for; null for an entry of the document. */
export function rowOfEntry(model: Model, entity: string, rule: number, line: string | null): string | null {
  if (line === null || rule === NO_RULE) return null;
  const target = model.postings.get(entity)?.rules[rule]?.each?.target ?? null;
  return target === null ? null : rowName(target.name, line);
}

/** The scale of a key's values, and where its measures stand. */
export function valueScaleOf({ ledger, valuation }: CostKey): number {
  return ledger.measures[valuation.value]?.scale ?? 0;
}

/**
 * Locks the balances of keys of one ledger until the commit, in the order of the keys, and answers them by the keys'
 * names: nobody else moves these goods meanwhile. Keys without a balance get an empty one, for the lock's sake.
 */
export async function lockKeys(
  transaction: Transaction,
  keys: readonly CostKey[],
): Promise<ReadonlyMap<string, Balance>> {
  const [first] = keys;
  if (first === undefined) return new Map();
  const { ledger, valuation } = first;
  const kept = valuation.balance;
  const ordered = [...keys].sort((one, other) => (keyText(one.values) < keyText(other.values) ? -1 : 1));
  const valuesOf = (some: readonly CostKey[]): readonly (readonly Value[])[] => some.map(({ values }) => values);
  const balances = new Map(await readBalances(transaction, ledger, kept, valuesOf(ordered)));
  const missing = ordered.filter(({ values }) => !balances.has(keyText(values)));
  if (missing.length > 0) {
    const nothing = ledger.measures.map(() => Decimal.zero);
    const deltas = missing.map(({ values }) => ({ key: values, amounts: [...nothing], from: NEVER, to: NEVER }));
    await addToBalances(transaction, ledger, kept, deltas);
    for (const [text, balance] of await readBalances(transaction, ledger, kept, valuesOf(missing))) {
      balances.set(text, balance);
    }
  }
  return new Map(ordered.map((key) => [key.name, balances.get(keyText(key.values)) as Balance]));
}

/** By which method keys of one ledger are valued, by the keys' names. */
export async function factsOf(from: ReadFrom, keys: readonly CostKey[]): Promise<ReadonlyMap<string, CostFacts>> {
  const [first] = keys;
  if (first === undefined) return new Map();
  const { ledger, valuation } = first;
  const { dimensions } = valuation.balance;
  const amounts = ledger.measures.map(() => Decimal.zero);
  const places = keys.map((key) => {
    const at = ledger.dimensions.map((field) => {
      const index = dimensions.indexOf(field);
      return index < 0 ? null : (key.values[index] ?? null);
    });
    return { key, at };
  });
  const entries = places.map(({ at }) => ({
    ledger,
    rule: NO_RULE,
    line: null,
    pointer: '',
    date: from.today,
    at,
    amounts,
    memo: null,
    corrects: null,
  }));
  const linked = await linkedOf(from, ledger, entries);
  return new Map(
    places.map(({ key, at }): [string, CostFacts] => {
      const context = contextOf(from, linked, rowOf(ledger, at, amounts, from.today));
      const method = evaluatorOf(valuation.method)(context);
      const standard = valuation.standard === null ? null : evaluatorOf(valuation.standard)(context);
      return [key.name, { method: methodOf(method), standard: standard instanceof Decimal ? standard : null }];
    }),
  );
}

/** A method that nobody knows is the average: it needs no more than the balance. */
function methodOf(value: Value): CostMethod {
  return value === 'fifo' || value === 'standard' ? value : 'average';
}
