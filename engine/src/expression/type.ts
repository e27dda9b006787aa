import type { ValueType } from '../metamodel/value-type.ts';

export type Kind = ValueType['kind'];

export const BOOLEAN: ValueType = { kind: 'boolean' };
export const TEXT: ValueType = { kind: 'text' };
export const INTEGER: ValueType = { kind: 'number', scale: 0 };
export const NUMBER: ValueType = { kind: 'number', scale: null };
export const DATE: ValueType = { kind: 'date' };
export const DATETIME: ValueType = { kind: 'datetime' };
export const TIME: ValueType = { kind: 'time' };
export const DURATION: ValueType = { kind: 'duration' };
export const NULL: ValueType = { kind: 'null' };

/** Kinds whose values have an order for `<`, `min` and `max`. */
const ORDERED: ReadonlySet<Kind> = new Set(['number', 'text', 'date', 'datetime', 'time', 'duration']);

const NAMES: Readonly<Record<Kind, string>> = {
  boolean: 'yes or no',
  text: 'a text',
  number: 'a number',
  date: 'a date',
  datetime: 'a date with time',
  time: 'a time',
  duration: 'a duration',
  enum: 'an option',
  record: 'a record',
  rows: 'rows',
  list: 'a column of values',
  json: 'structured data',
  null: 'null',
};

export function isOrdered(type: ValueType): boolean {
  return ORDERED.has(type.kind);
}

/** What a type is called in messages. */
export function describeType(type: ValueType): string {
  return type.kind === 'record' || type.kind === 'rows' ? `${NAMES[type.kind]} of ${type.entity}` : NAMES[type.kind];
}

export function describeKinds(kinds: readonly Kind[]): string {
  return kinds.map((kind) => NAMES[kind]).join(' or ');
}

/** The type that holds every value of both, or null when there is none: what `if` and `coalesce` give. */
export function commonType(left: ValueType, right: ValueType): ValueType | null {
  if (left.kind === 'null') return right;
  if (right.kind === 'null') return left;
  if (left.kind === 'number' && right.kind === 'number') return { kind: 'number', scale: widestScale(left, right) };
  if (left.kind === 'enum' && right.kind === 'enum') {
    return { kind: 'enum', options: [...new Set([...left.options, ...right.options])] };
  }
  if (isWord(left) && isWord(right)) return TEXT;
  if (left.kind === 'record' && right.kind === 'record') return left.entity === right.entity ? left : null;
  return left.kind === right.kind && left.kind !== 'rows' && left.kind !== 'list' ? left : null;
}

/** Fraction digits that hold both numbers; null when either is unknown before run time. */
export function widestScale(left: ValueType, right: ValueType): number | null {
  const one = scaleOf(left);
  const other = scaleOf(right);
  return one === null || other === null ? null : Math.max(one, other);
}

export function scaleOf(type: ValueType): number | null {
  return type.kind === 'number' ? type.scale : null;
}

/** Texts and options: both are strings at run time. */
export function isWord(type: ValueType): boolean {
  return type.kind === 'text' || type.kind === 'enum';
}

/** Whether `==` between the two can ever be meant. Ids are texts, so a record compares with a text. */
export function isComparable(left: ValueType, right: ValueType): boolean {
  if (left.kind === 'null' || right.kind === 'null') return true;
  if (left.kind === 'json' || right.kind === 'json') return false;
  if (left.kind === 'record' && right.kind === 'text') return true;
  if (left.kind === 'text' && right.kind === 'record') return true;
  return commonType(left, right) !== null;
}
