import type { Operator } from '../field-type.ts';

/** Values that are the same or not: choices and links. */
export const EQUALITY: readonly Operator[] = ['eq', 'ne', 'in', 'nin', 'null'];

/** Values that have an order: numbers and times. */
export const ORDER: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'nin', 'between', 'null'];

/** Texts of one line. */
export const LINE: readonly Operator[] = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'nin',
  'contains',
  'starts_with',
  'ends_with',
  'between',
  'null',
];

/** Long texts, which no index orders. */
export const PASSAGE: readonly Operator[] = ['contains', 'null'];

/** Values that are only there or not. */
export const PRESENCE: readonly Operator[] = ['null'];
