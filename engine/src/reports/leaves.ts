import { Decimal } from '../base/decimal.ts';
import type { AggregateName, TypedExpression } from '../expression/ast.ts';
import { order } from '../expression/value-order.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';
import { mapped } from '../records/rollup-expression.ts';
import { both, compared, not, overRow, whole } from './rewrite.ts';

/**
 * The part of a figure that the database works out for each group. Figures are put together from leaves afterwards: so
 * a quotient of sums is right for a line, for its subtotal and for the total, where sums of quotients would not be.
 */
export interface Leaf {
  /** Place of the source whose rows it adds up; 0 is the first. */
  readonly part: number;
  readonly aggregate: 'sum' | 'count' | 'min' | 'max';
  /** Over the row of the aggregate; null counts rows. */
  readonly value: TypedExpression | null;
  /** Which rows count, over the row; null for all. */
  readonly condition: TypedExpression | null;
}

const INTEGER: ValueType = { kind: 'number', scale: 0 };

/** Gathers the leaves of many figures, each once. */
export class LeafList {
  readonly leaves: Leaf[] = [];
  readonly #places = new Map<string, number>();

  /** The figure over the leaves that it is made of, read as fields of themselves; see `leafRow`. */
  figure(expression: TypedExpression, condition: TypedExpression | null, part: number): TypedExpression {
    if (expression.node !== 'aggregate') return mapped(expression, (each) => this.figure(each, condition, part));
    const { aggregate, value, type } = expression;
    const leaf = (
      name: Extract<AggregateName, Leaf['aggregate']>,
      over: TypedExpression | null,
      gives: ValueType,
    ): TypedExpression => this.#leaf({ part, aggregate: name, value: over, condition }, gives);
    switch (aggregate) {
      case 'sum':
      case 'min':
      case 'max':
        return leaf(aggregate, value, type);
      case 'count':
        return leaf('count', value, INTEGER);
      case 'avg': {
        const sum = leaf('sum', value, type);
        return {
          node: 'call',
          function: 'divide',
          arguments: [sum, leaf('count', value, INTEGER)],
          type,
        };
      }
      case 'any':
        return compared(leaf('count', value, INTEGER), '>', whole(0));
      case 'all':
        return compared(leaf('count', value === null ? null : not(value), INTEGER), '==', whole(0));
    }
  }

  /** A leaf over a row's own expression. */
  ofRow(aggregate: Leaf['aggregate'], expression: TypedExpression): TypedExpression {
    return this.#leaf({ part: 0, aggregate, value: overRow(expression), condition: null }, expression.type);
  }

  #leaf(leaf: Leaf, type: ValueType): TypedExpression {
    const key = JSON.stringify(leaf);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.leaves.length;
      this.#places.set(key, place);
      this.leaves.push(leaf);
    }
    return { node: 'path', frame: 'self', path: [{ entity: '', field: fieldOf(place), kind: 'field' }], type };
  }
}

function fieldOf(place: number): string {
  return `leaf ${place}`;
}

/** The values of leaves as the figures read them. */
export function leafRow(values: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(values.map((value, place) => [fieldOf(place), value]));
}

/** What the leaf is as an aggregate over the rows of a group. */
export function aggregateOf({ aggregate, value, condition }: Leaf, entity: string): TypedExpression {
  const rows = { frame: 'group', entity } as const;
  const met = condition === null ? null : overRow(condition);
  if (aggregate === 'count' && (value === null || value.type.kind === 'boolean')) {
    return { node: 'aggregate', aggregate, rows, value: both(met, value), type: INTEGER };
  }
  if (value === null || met === null) {
    return { node: 'aggregate', aggregate, rows, value, type: value?.type ?? INTEGER };
  }
  const otherwise: TypedExpression = { node: 'literal', type: { kind: 'null' }, value: null };
  const narrowed: TypedExpression = { node: 'if', type: value.type, condition: met, then: value, otherwise };
  return { node: 'aggregate', aggregate, rows, value: narrowed, type: value.type };
}

/** The leaves of no rows at all. */
export function emptyLeaves(leaves: readonly Leaf[]): readonly Value[] {
  return leaves.map(({ aggregate }) => (aggregate === 'sum' || aggregate === 'count' ? Decimal.zero : null));
}

/** The leaves of several groups as those of one. */
export function mergedLeaves(leaves: readonly Leaf[], groups: Iterable<readonly Value[]>): readonly Value[] {
  const merged = [...emptyLeaves(leaves)];
  for (const group of groups) {
    for (const [place, { aggregate }] of leaves.entries()) {
      merged[place] = mergedValue(aggregate, merged[place] ?? null, group[place] ?? null);
    }
  }
  return merged;
}

function mergedValue(aggregate: Leaf['aggregate'], one: Value, other: Value): Value {
  if (other === null) return one;
  if (one === null) return other;
  if (aggregate === 'min') return order(other, one) < 0 ? other : one;
  if (aggregate === 'max') return order(other, one) > 0 ? other : one;
  return one instanceof Decimal && other instanceof Decimal ? one.add(other) : one;
}
