import type { Readable } from 'node:stream';
import { Decimal } from '../base/decimal.ts';
import { addDays } from '../expression/calendar.ts';
import { ZipFile } from './read-zip.ts';
import { CELL_LENGTH_MAX, COLUMNS_MAX, unguarded, unreadable } from './table.ts';
import type { TableRow } from './table.ts';
import { readXml } from './xml.ts';
import type { XmlEvent } from './xml.ts';

/*
 * XLSX (ECMA-376) is read part by part while it is unpacked: exceljs and SheetJS build the whole workbook first, which
 * for a million rows is gigabytes. Of a workbook only the first sheet is read, and of that values, never formulas.
 */

/** Texts that cells share, in bytes; beyond it a file has to come as CSV. */
const SHARED_MAX = 134_217_728;
/** What of a small part, such as the styles, is looked at. */
const PART_MAX = 16_777_216;
const EPOCH = '1899-12-30';
const EPOCH_1904 = '1904-01-01';
const SECONDS_A_DAY = 86_400;

/** The rows of the first sheet of a workbook, one after the other. Throws the refusal `unreadable-file`. */
export async function* readXlsx(path: string): AsyncGenerator<readonly TableRow[]> {
  const zip = await ZipFile.open(path);
  try {
    const { sheet, from1904 } = await firstSheet(zip);
    const styles = zip.has('xl/styles.xml') ? await readStyles(await zip.read('xl/styles.xml')) : [];
    const shared = zip.has('xl/sharedStrings.xml') ? await readShared(await zip.read('xl/sharedStrings.xml')) : [];
    yield* readSheet(await zip.read(sheet), { styles, shared, epoch: from1904 ? EPOCH_1904 : EPOCH });
  } finally {
    await zip.close();
  }
}

async function wholePart(part: Readable): Promise<readonly XmlEvent[]> {
  const all: XmlEvent[] = [];
  for await (const events of readXml(part, PART_MAX)) all.push(...events);
  return all;
}

/** What a number means that has a style: nothing but itself, or a day, or a moment. */
type Meaning = 'number' | 'date' | 'datetime' | 'time';

interface Workbook {
  readonly styles: readonly Meaning[];
  readonly shared: readonly string[];
  /** The day that is number 0. */
  readonly epoch: string;
}

async function firstSheet(zip: ZipFile): Promise<{ readonly sheet: string; readonly from1904: boolean }> {
  let relation: string | undefined;
  let from1904 = false;
  for (const event of await wholePart(await zip.read('xl/workbook.xml'))) {
    if (event.kind !== 'open') continue;
    if (event.name === 'sheet') relation ??= event.attribute('id');
    if (event.name === 'workbookPr') from1904 = ['1', 'true'].includes(event.attribute('date1904') ?? '');
  }
  if (relation === undefined) throw unreadable('the workbook has no sheet');
  for (const event of await wholePart(await zip.read('xl/_rels/workbook.xml.rels'))) {
    if (event.kind !== 'open' || event.name !== 'Relationship' || event.attribute('Id') !== relation) continue;
    const target = event.attribute('Target') ?? '';
    return { sheet: target.startsWith('/') ? target.slice(1) : `xl/${target}`, from1904 };
  }
  throw unreadable('the workbook has no sheet');
}

/** The meaning of numbers by the number of their style. */
async function readStyles(part: Readable): Promise<readonly Meaning[]> {
  const own = new Map<string, Meaning>();
  const styles: Meaning[] = [];
  let inCells = false;
  for (const event of await wholePart(part)) {
    if (event.name === 'cellXfs') inCells = event.kind === 'open';
    if (event.kind !== 'open') continue;
    if (event.name === 'numFmt')
      own.set(event.attribute('numFmtId') ?? '', meaningOf(event.attribute('formatCode') ?? ''));
    if (event.name === 'xf' && inCells) {
      const id = event.attribute('numFmtId') ?? '0';
      styles.push(own.get(id) ?? builtIn(Number(id)));
    }
  }
  return styles;
}

/** ECMA-376 part 1, 18.8.30: the formats that every program knows. */
function builtIn(id: number): Meaning {
  if (id === 22) return 'datetime';
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'date';
  return (id >= 18 && id <= 21) || (id >= 45 && id <= 47) ? 'time' : 'number';
}

function meaningOf(format: string): Meaning {
  const marks = format.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '').toLowerCase();
  const hasDay = /[dy]/.test(marks);
  const hasTime = /[hs]/.test(marks);
  if (hasDay) return hasTime ? 'datetime' : 'date';
  if (hasTime) return 'time';
  return /^m+$/.test(marks) ? 'date' : 'number';
}

async function readShared(part: Readable): Promise<readonly string[]> {
  const texts: string[] = [];
  let text = '';
  let bytes = 0;
  let wanted = false;
  let phonetic = false;
  const take = (event: XmlEvent): void => {
    if (event.kind === 'text') {
      if (wanted && !phonetic) text += event.text;
    } else if (event.name === 't') wanted = event.kind === 'open';
    else if (event.name === 'rPh') phonetic = event.kind === 'open';
    else if (event.name === 'si' && event.kind === 'close') {
      bytes += text.length * 2 + 32;
      if (bytes > SHARED_MAX) throw unreadable('the workbook has too much text; save it as CSV');
      texts.push(text);
      text = '';
    }
  };
  for await (const events of readXml(part, Infinity)) for (const event of events) take(event);
  return texts;
}

interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  text: string;
}

async function* readSheet(part: Readable, workbook: Workbook): AsyncGenerator<readonly TableRow[]> {
  const reader = new SheetReader(workbook);
  for await (const events of readXml(part, Infinity)) {
    for (const event of events) reader.take(event);
    yield reader.rows();
  }
}

class SheetReader {
  readonly #workbook: Workbook;
  #rows: TableRow[] = [];
  #number = 0;
  #cells: string[] = [];
  #plain: Set<number> | null = null;
  #cell: OpenCell | null = null;
  #wanted = false;

  constructor(workbook: Workbook) {
    this.#workbook = workbook;
  }

  /** The rows that are whole since this was last asked. */
  rows(): readonly TableRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  take(event: XmlEvent): void {
    if (event.kind === 'text') this.#takeText(event.text);
    else if (event.name === 'v' || event.name === 't') this.#wanted = event.kind === 'open';
    else if (event.name === 'c') {
      if (event.kind === 'open') this.#openCell(event.attribute);
      else this.#closeCell();
    } else if (event.name === 'row') {
      if (event.kind === 'open') this.#openRow(event.attribute('r'));
      else if (this.#cells.some((text) => text !== ''))
        this.#rows.push({ number: this.#number, cells: this.#cells, plain: this.#plain });
    }
  }

  #takeText(text: string): void {
    if (!this.#wanted || this.#cell === null) return;
    this.#cell.text += text;
    if (this.#cell.text.length > CELL_LENGTH_MAX) throw unreadable(`a cell in row ${this.#number} is too long`);
  }

  #openRow(number: string | undefined): void {
    this.#number = number === undefined ? this.#number + 1 : Number(number);
    this.#cells = [];
    this.#plain = null;
  }

  #openCell(attribute: (name: string) => string | undefined): void {
    this.#cell = openCell(attribute, this.#cells.length);
    if (this.#cell.column >= COLUMNS_MAX) throw unreadable(`row ${this.#number} has more than ${COLUMNS_MAX} columns`);
  }

  #closeCell(): void {
    const cell = this.#cell;
    if (cell === null) return;
    while (this.#cells.length < cell.column) this.#cells.push('');
    const { text, plain } = valueOf(cell, this.#workbook);
    this.#cells[cell.column] = text;
    if (plain) (this.#plain ??= new Set()).add(cell.column);
    this.#cell = null;
  }
}

function openCell(attribute: (name: string) => string | undefined, next: number): OpenCell {
  return {
    column: columnIndex(attribute('r') ?? '') ?? next,
    type: attribute('t') ?? 'n',
    style: Number(attribute('s') ?? 0),
    text: '',
  };
}

/** `AB12` → 27. */
function columnIndex(reference: string): number | null {
  let index = 0;
  let letters = 0;
  for (; letters < reference.length; letters += 1) {
    const code = reference.charCodeAt(letters) | 0x20;
    if (code < 0x61 || code > 0x7a) break;
    index = index * 26 + code - 0x60;
  }
  return letters === 0 || letters > 3 ? null : index - 1;
}

function valueOf(
  { type, style, text }: OpenCell,
  { styles, shared, epoch }: Workbook,
): { readonly text: string; readonly plain: boolean } {
  if (type === 's') return { text: unguarded(shared[Number(text)] ?? ''), plain: false };
  if (type === 'b') return { text: text === '1' ? 'true' : 'false', plain: true };
  if (type === 'd') return { text, plain: true };
  if (type !== 'n' || text === '') return { text: unguarded(text), plain: false };
  const meaning = styles[style] ?? 'number';
  const number = Number(text);
  if (!Number.isFinite(number)) return { text, plain: false };
  if (meaning === 'number') return { text: exactText(text, number), plain: true };
  return { text: momentText(number, meaning, epoch), plain: true };
}

/** Spreadsheets keep fifteen digits; what stands behind them is the noise of binary fractions. */
function exactText(text: string, number: number): string {
  if (/^-?\d{1,15}$/.test(text)) return text;
  const [mantissa = '', exponent = '0'] = number.toPrecision(15).split('e');
  const decimal = Decimal.parse(mantissa);
  if (decimal === null || Math.abs(Number(exponent)) > 60) return text;
  const shift = Number(exponent);
  const shifted = shift === 0 ? mantissa : shiftedText(mantissa, shift);
  return shifted.includes('.') ? shifted.replace(/\.?0+$/, '') : shifted;
}

function shiftedText(mantissa: string, shift: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? sign + digits.padEnd(point, '0')
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A day number of a spreadsheet with its fraction. Days before 1900-03-01 are counted one too far there. */
function momentText(number: number, meaning: Meaning, epoch: string): string {
  let day = Math.floor(number);
  let seconds = Math.round((number - day) * SECONDS_A_DAY);
  if (seconds === SECONDS_A_DAY) {
    day += 1;
    seconds = 0;
  }
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  if (meaning === 'time' && day === 0) return clock;
  const isEarly = epoch === EPOCH && day < 61;
  const date = addDays(epoch, day + (isEarly ? 1 : 0)) ?? String(number);
  return meaning === 'date' && seconds === 0 ? date : `${date}T${clock}`;
}
