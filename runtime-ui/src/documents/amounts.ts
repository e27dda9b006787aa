import { formatDecimal } from '../i18n/format.ts';

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;
/** Money shows both digits of its cents or none. */
const CENTS = 2;

/** Fraction digits that say something: `12.50` has one, `12.00` none. */
function fractionDigits(text: string): number {
  return /\.(\d*?)0*$/.exec(text)?.[1]?.length ?? 0;
}

/** How many fraction digits a column of figures needs, so that the digits of all of them stand below each other. */
export function columnScale(values: Iterable<string | null | undefined>, format: string): number {
  let scale = 0;
  for (const value of values)
    if (typeof value === 'string' && DECIMAL.test(value)) scale = Math.max(scale, fractionDigits(value));
  return format === 'money' && scale > 0 ? Math.max(scale, CENTS) : scale;
}

/** Whether a decimal text is zero. */
export function isZero(value: string | null | undefined): boolean {
  return typeof value === 'string' && /^[+-]?0+(\.0+)?$/.test(value);
}

export function isNegative(value: string | null | undefined): boolean {
  return typeof value === 'string' && value.startsWith('-') && !isZero(value);
}

/** A figure of a column: `-1250000.5` → `−1,250,000.50`; percent figures with their sign. */
export function formatFigure(value: string, scale: number, format: string): string {
  if (!DECIMAL.test(value)) return value;
  const digits = fractionDigits(value);
  // Zeros beyond the column's scale are dropped; digits never are.
  const cut = digits <= scale ? value.replace(/\.\d*$/, (part) => part.slice(0, scale + 1)).replace(/\.$/, '') : value;
  const text = formatDecimal(cut, scale).replace(/^-/, '\u2212');
  return format === 'percent' ? `${text}\u00a0%` : text;
}

/**
 * The columns of figures that say something of their own: one that repeats an earlier one in every row, such as the
 * amounts in the currency of a document that is in the company's, is left out.
 */
export function withoutRepeats<C extends { readonly name: string; readonly format: string }, R>(
  columns: readonly C[],
  rows: readonly R[],
  valueOf: (row: R, name: string) => string | null | undefined,
): readonly C[] {
  const repeats = (earlier: C, { name, format }: C): boolean =>
    earlier.format === format && rows.every((row) => valueOf(row, earlier.name) === valueOf(row, name));
  return columns.filter((column, index) => !columns.slice(0, index).some((earlier) => repeats(earlier, column)));
}
