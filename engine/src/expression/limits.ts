/** What keeps every expression small: no metadata, however odd, may cost more than this. */

/** Characters of source text. */
export const SOURCE_LENGTH_MAX = 4_000;

/** Levels of the syntax tree. */
export const DEPTH_MAX = 64;

/** Nodes of the syntax tree. */
export const NODES_MAX = 1_000;

/** Aggregates inside aggregates. */
export const AGGREGATE_DEPTH_MAX = 2;

/** Fraction digits that products and quotients are rounded to, half away from zero. */
export const FRACTION_DIGITS_MAX = 12;

/** UTF-16 code units of a computed text. */
export const TEXT_LENGTH_MAX = 65_536;

/** Rows that the aggregates of one evaluation may visit together. */
export const ROW_VISITS_MAX = 1_000_000;

/** Characters of generated SQL. */
export const SQL_LENGTH_MAX = 65_536;
