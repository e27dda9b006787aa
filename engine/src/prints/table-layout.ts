import { setImmediate } from 'node:timers/promises';
import { LEADING, QUIET, TINT } from './pen.ts';
import type { TextStyle, Pen } from './pen.ts';

/** Space left and right of the text of a cell, and above and below it, in sizes of the text. */
const PADDING_X = 0.55;
const PADDING_Y = 0.3;
const INDENT = 1.2;
/** Rows that the width of a column is guessed from. */
const SAMPLE_MAX = 400;
/** A column of text is not made narrower than this many sizes to make room for others. */
const NARROWEST = 8;

export interface TableColumn {
  readonly label: string;
  readonly align: 'left' | 'right';
  /** Share of the width beside the other columns; by its content when absent. */
  readonly width?: number;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** What explains a cell, smaller, below it. */
  readonly details?: readonly string[];
  /** How far the first cell is indented. */
  readonly level?: number;
  readonly bold?: boolean;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  readonly textSize: number;
}

interface Column extends TableColumn {
  readonly left: number;
  readonly right: number;
}

interface Line {
  readonly text: string;
  readonly style: TextStyle;
}

/** Other requests are served in between when a table takes longer than this. */
const TURN_MS = 15;

/** Writes a table from `y` on, over as many pages as it takes, with its heading on each. Answers where it ends. */
export async function writeTable(pen: Pen, table: Table, y: number, bottom: number): Promise<number> {
  let began = performance.now();
  const columns = placeColumns(pen, table);
  const { textSize } = table;
  const lineHeight = textSize * LEADING;
  let at = writeHeading(pen, columns, textSize, y);
  for (const row of table.rows) {
    if (performance.now() - began > TURN_MS) {
      await setImmediate();
      began = performance.now();
    }
    const cells = columns.map((column, index) => cellLines(pen, column, row, index, textSize));
    const height = Math.max(...cells.map(({ length }) => length), 1) * lineHeight + 2 * PADDING_Y * textSize;
    let begin = 0;
    const nextPage = (): void => {
      pen.newPage();
      at = writeHeading(pen, columns, textSize, pen.top);
    };
    if (at + height > bottom && height <= bottom - pen.top - 3 * lineHeight) nextPage();
    // A row that no page can hold goes on over several.
    for (;;) {
      const room = Math.max(1, Math.floor((bottom - at - 2 * PADDING_Y * textSize) / lineHeight));
      const count = Math.min(room, Math.max(...cells.map(({ length }) => length), 1) - begin);
      writeCells(pen, columns, cells, { row, begin, count, textSize, y: at });
      at += count * lineHeight + 2 * PADDING_Y * textSize;
      begin += count;
      if (!cells.some(({ length }) => length > begin)) break;
      nextPage();
    }
    pen.rule(pen.left, pen.right, at);
  }
  return at;
}

function writeHeading(pen: Pen, columns: readonly Column[], textSize: number, y: number): number {
  if (columns.every(({ label }) => label === '')) return y;
  const style: TextStyle = { size: textSize * 0.88, weight: 'bold', color: QUIET };
  const padding = PADDING_X * textSize;
  const labels = columns.map(({ label, left, right }) => pen.wrap(label, style, right - left - 2 * padding));
  const lineHeight = style.size * LEADING;
  const height = Math.max(...labels.map(({ length }) => length)) * lineHeight + 2 * PADDING_X * textSize;
  pen.fill(pen.left, y, pen.width, height, TINT);
  for (const [index, { left, right, align }] of columns.entries()) {
    const lines = labels[index] ?? [];
    // Headings of several lines stand on the same foot as the others.
    const first = y + height - PADDING_X * textSize - lines.length * lineHeight;
    for (const [line, text] of lines.entries()) {
      pen.write(text, align === 'right' ? right - padding : left + padding, first + line * lineHeight, style, align);
    }
  }
  return y + height;
}

function cellLines(pen: Pen, column: Column, row: TableRow, index: number, textSize: number): readonly Line[] {
  const style: TextStyle = { size: textSize, weight: row.bold === true ? 'bold' : 'regular' };
  const small: TextStyle = { size: textSize * 0.88, color: QUIET };
  const indent = index === 0 ? (row.level ?? 0) * INDENT * textSize : 0;
  const width = column.right - column.left - 2 * PADDING_X * textSize - indent;
  const lines = (text: string, as: TextStyle): readonly Line[] =>
    text === '' ? [] : pen.wrap(text, as, Math.max(width, textSize)).map((line) => ({ text: line, style: as }));
  return [...lines(row.cells[index] ?? '', style), ...lines(row.details?.[index] ?? '', small)];
}

interface CellPart {
  readonly row: TableRow;
  /** The first line that is written, and how many are. */
  readonly begin: number;
  readonly count: number;
  readonly textSize: number;
  readonly y: number;
}

function writeCells(pen: Pen, columns: readonly Column[], cells: readonly (readonly Line[])[], part: CellPart): void {
  const { row, begin, count, textSize, y } = part;
  const padding = PADDING_X * textSize;
  for (const [index, { left, right, align }] of columns.entries()) {
    const indent = index === 0 ? (row.level ?? 0) * INDENT * textSize : 0;
    const x = align === 'right' ? right - padding : left + padding + indent;
    for (const [line, { text, style }] of (cells[index] ?? []).slice(begin, begin + count).entries()) {
      pen.write(text, x, y + PADDING_Y * textSize + line * textSize * LEADING, style, align);
    }
  }
}

/** The size at which the numbers of all columns stand on one line, between the wished one and a readable minimum. */
export function fittingTextSize(pen: Pen, table: Omit<Table, 'textSize'>, wished: number, least: number): number {
  for (let size = wished; size > least; size -= 0.5) {
    const needed = measure(pen, { ...table, textSize: size }).reduce((sum, { least: width }) => sum + width, 0);
    if (needed <= pen.width) return size;
  }
  return least;
}

interface Measure {
  /** What the column would like to have. */
  readonly wished: number;
  /** Numbers are not wrapped; text is, at this width at the narrowest. */
  readonly least: number;
}

function measure(pen: Pen, { columns, rows, textSize }: Table): readonly Measure[] {
  const padding = 2 * PADDING_X * textSize;
  const step = Math.max(1, Math.ceil(rows.length / SAMPLE_MAX));
  const sample = rows.filter((_row, index) => index % step === 0 || index === rows.length - 1);
  return columns.map((column, index) => {
    const heading: TextStyle = { size: textSize * 0.88, weight: 'bold' };
    const word = Math.max(...column.label.split(' ').map((each) => pen.widthOf(each, heading)));
    let widest = column.align === 'right' ? word : pen.widthOf(column.label, heading);
    for (const row of sample) {
      const indent = index === 0 ? (row.level ?? 0) * INDENT * textSize : 0;
      const style: TextStyle = { size: textSize, weight: row.bold === true ? 'bold' : 'regular' };
      for (const text of (row.cells[index] ?? '').split('\n')) {
        widest = Math.max(widest, pen.widthOf(text, style) + indent);
      }
    }
    const wished = widest + padding;
    const narrow = Math.max(NARROWEST * textSize, word) + padding;
    return { wished, least: column.align === 'right' ? wished : Math.min(wished, narrow) };
  });
}

/** Gives each column its place: shares where they are named, else by what it holds. */
function placeColumns(pen: Pen, table: Table): readonly Column[] {
  const widths = table.columns.every(({ width }) => width !== undefined)
    ? sharedWidths(pen, table)
    : contentWidths(pen, table);
  const sum = widths.reduce((total, width) => total + width, 0) || 1;
  let left = pen.left;
  return table.columns.map((column, index) => {
    const right = left + (pen.width * (widths[index] ?? 0)) / sum;
    const placed = { ...column, left, right };
    left = right;
    return placed;
  });
}

/** The shares that are named; what a number or a heading needs beyond its share is taken from the others. */
function sharedWidths(pen: Pen, table: Table): readonly number[] {
  const { columns, textSize } = table;
  const leasts = measure(pen, table).map(({ wished, least }, index) =>
    columns[index]?.align === 'right'
      ? wished
      : Math.min(least, headingWidth(pen, columns[index]?.label ?? '', textSize)),
  );
  const sum = columns.reduce((total, { width = 1 }) => total + width, 0);
  let widths = columns.map(({ width = 1 }) => (pen.width * width) / sum);
  const isFixed = columns.map(() => false);
  // Taking from a column may leave it too narrow in turn; each round fixes at least one.
  while (widths.some((width, index) => isFixed[index] === false && width < (leasts[index] ?? 0))) {
    for (const [index, width] of widths.entries()) if (width < (leasts[index] ?? 0)) isFixed[index] = true;
    const room = (wanted: boolean, of: readonly number[]): number =>
      of.reduce((all, width, index) => all + (isFixed[index] === wanted ? width : 0), 0);
    const share = (pen.width - room(true, leasts)) / (room(false, widths) || 1);
    widths = widths.map((width, index) =>
      isFixed[index] === true ? (leasts[index] ?? width) : width * Math.max(share, 0),
    );
  }
  return widths;
}

function headingWidth(pen: Pen, label: string, textSize: number): number {
  const heading: TextStyle = { size: textSize * 0.88, weight: 'bold' };
  return Math.max(...label.split(' ').map((word) => pen.widthOf(word, heading))) + 2 * PADDING_X * textSize;
}

function contentWidths(pen: Pen, table: Table): readonly number[] {
  const measured = measure(pen, table);
  const total = (of: (each: Measure) => number): number => measured.reduce((sum, each) => sum + of(each), 0);
  const wished = total((each) => each.wished);
  const least = total((each) => each.least);
  if (wished <= pen.width) {
    // What is left over goes to the columns of text; numbers stay close to what they are about.
    const texts = table.columns.filter(({ align }) => align === 'left').length;
    const extra = (pen.width - wished) / (texts || measured.length);
    return measured.map(
      (each, index) => each.wished + (texts === 0 || table.columns[index]?.align === 'left' ? extra : 0),
    );
  }
  if (least >= pen.width) return measured.map((each) => each.least);
  const share = (pen.width - least) / (wished - least);
  return measured.map((each) => each.least + (each.wished - each.least) * share);
}
