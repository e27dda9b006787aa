import { paperOf } from './paper.ts';
import { HAIRLINE, LEADING, Pen, QUIET } from './pen.ts';
import { fittingTextSize, writeTable } from './table-layout.ts';

/** A report on paper: every value is written for people already. */
export interface TablePdf {
  readonly title: string;
  /** Lines below the title: whose report it is, of which days. */
  readonly subtitle: readonly string[];
  readonly orientation: 'portrait' | 'landscape';
  readonly columns: readonly {
    readonly label: string;
    readonly align: 'left' | 'right';
    /** Share of the width beside the other columns, when all have one; by content otherwise. */
    readonly width?: number;
  }[];
  readonly rows: readonly {
    readonly cells: readonly string[];
    /** How far the first cell is indented; 0 when absent. */
    readonly level?: number;
    readonly bold?: boolean;
  }[];
  /** Stands at the foot of every page, beside the number of the page. */
  readonly footer?: string;
}

const TEXT_SIZE = 8.5;
const TEXT_SIZE_MIN = 5.5;
const TITLE_SIZE = 15;
const FOOT_SIZE = 7;
/** Room that the foot takes above the margin. */
export const FEET_HEIGHT = FOOT_SIZE * LEADING + 10;

/** A table as PDF on A4: as many pages as it takes, the heading on each, `1 / 3` at the foot. */
export async function tablePdf(document: TablePdf): Promise<Buffer> {
  const { title, subtitle, orientation, columns, rows, footer = '' } = document;
  const paper = paperOf('A4', orientation, null);
  const pen = new Pen({ paper, title, author: subtitle[0] ?? '', language: 'en' });
  let y = pen.top;
  for (const line of pen.wrap(title, { size: TITLE_SIZE, weight: 'bold' }, pen.width)) {
    pen.write(line, pen.left, y, { size: TITLE_SIZE, weight: 'bold' });
    y += TITLE_SIZE * LEADING;
  }
  for (const text of subtitle) {
    for (const line of pen.wrap(text, { size: TEXT_SIZE }, pen.width)) {
      pen.write(line, pen.left, y, { size: TEXT_SIZE, color: QUIET });
      y += TEXT_SIZE * LEADING;
    }
  }
  const bottom = pen.bottom - FEET_HEIGHT;
  const textSize = fittingTextSize(pen, { columns, rows }, TEXT_SIZE, TEXT_SIZE_MIN);
  await writeTable(pen, { columns, rows, textSize }, y + 8, bottom);
  writeFeet(pen, footer);
  return pen.finish();
}

/** What stands at the foot of every page: a word on the left, the number of the page on the right. */
export function writeFeet(pen: Pen, footer: string): void {
  const style = { size: FOOT_SIZE, color: QUIET };
  const y = pen.bottom - FOOT_SIZE * LEADING;
  const [line = ''] = pen.wrap(footer, style, pen.width - 60);
  pen.onEveryPage((number, count) => {
    pen.rule(pen.left, pen.right, y - 3, HAIRLINE);
    pen.write(line, pen.left, y, style);
    pen.write(`${number} / ${count}`, pen.right, y, style, 'right');
  });
}
