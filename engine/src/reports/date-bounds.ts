import type { TypedExpression } from '../expression/ast.ts';
import { addDays } from '../expression/calendar.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';

/** A stretch of days, each end included; null where it has none. */
export interface Days {
  readonly from: string | null;
  readonly to: string | null;
}

export const ALWAYS: Days = { from: null, to: null };

export function isEntryDate(expression: TypedExpression): boolean {
  return (
    (expression.node === 'path' || expression.node === 'row-path') &&
    expression.path.length === 1 &&
    expression.path[0]?.field === ENTRY_COLUMNS.date
  );
}

/** The days that a comparison of the entry's date with a fixed one leaves; null when it is no such comparison. */
export function daysOf(condition: TypedExpression): Days | null {
  if (condition.node !== 'compare') return null;
  const { operator, left, right } = condition;
  const date = isEntryDate(left) ? dateIn(right) : isEntryDate(right) ? dateIn(left) : null;
  if (date === null) return null;
  switch (isEntryDate(left) ? operator : MIRRORED[operator]) {
    case '<':
      return { from: null, to: addDays(date, -1) };
    case '<=':
      return { from: null, to: date };
    case '>':
      return { from: addDays(date, 1), to: null };
    case '>=':
      return { from: date, to: null };
    case '==':
      return { from: date, to: date };
    case '!=':
      return null;
  }
}

const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;

function dateIn(expression: TypedExpression): string | null {
  return expression.node === 'literal' && expression.type.kind === 'date' && typeof expression.value === 'string'
    ? expression.value
    : null;
}

/** The days in both. */
export function commonDays(one: Days, other: Days): Days {
  return {
    from: one.from === null || (other.from !== null && other.from > one.from) ? other.from : one.from,
    to: one.to === null || (other.to !== null && other.to < one.to) ? other.to : one.to,
  };
}

/** The days from the first of either to the last of either. */
export function spannedDays(one: Days, other: Days): Days {
  return {
    from: one.from === null || other.from === null ? null : one.from < other.from ? one.from : other.from,
    to: one.to === null || other.to === null ? null : one.to > other.to ? one.to : other.to,
  };
}

/** The dates at which a stretch of other days begins. */
export function cutsOf({ from, to }: Days): readonly string[] {
  const after = to === null ? null : addDays(to, 1);
  return [from, after].filter((cut) => cut !== null);
}
