import { dayNumber } from '../expression/calendar.ts';
import { escapedXml } from './xml-text.ts';
import type { Sheet, SheetCell, SheetRow } from './sheet.ts';
import { writeZip } from './zip.ts';

/*
 * XLSX is written here, not by a library: for 200,000 rows of ten cells write-excel-file 4.1 took eight times as long
 * and 680 MB, in one go and with the server standing still; exceljs brings nine packages, some of them long superseded. A
 * table needs few parts of the format (ECMA-376), and is written here row by row while the client takes it.
 */

const ROWS_PER_PIECE = 200;
/** Excel keeps fifteen digits; what has more stays text, so that no digit is lost. */
const DIGITS_MAX = 15;
/** Day 1 of Excel is 1900-01-01, and there is a 29 February 1900 in it: days before March are not what they seem. */
const FIRST_DATE = '1900-03-01';
const EPOCH = dayNumber('1899-12-30');
const WIDTH_MIN = 9;
const WIDTH_MAX = 60;
/** Rows that the widths of columns are guessed from. */
const SAMPLE = 200;
const INDENT_MAX = 15;
const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A table as a workbook of one sheet, piece by piece: numbers and dates are real ones, the heading stays in sight. */
export function writeXlsx(sheet: Sheet): AsyncGenerator<Buffer> {
  const styles = new Styles();
  const name = sheetName(sheet.title);
  // The styles are known once the sheet is written, so they follow it.
  return writeZip([
    { name: '[Content_Types].xml', text: [CONTENT_TYPES] },
    { name: '_rels/.rels', text: [RELATIONS] },
    { name: 'xl/workbook.xml', text: [workbook(name)] },
    { name: 'xl/_rels/workbook.xml.rels', text: [WORKBOOK_RELATIONS] },
    { name: 'xl/worksheets/sheet1.xml', text: worksheet(sheet, styles) },
    { name: 'xl/styles.xml', text: styles },
  ]);
}

const CONTENT_TYPES =
  `${DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  '<Default Extension="xml" ContentType="application/xml"/>' +
  '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>' +
  '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>' +
  '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>' +
  '</Types>';

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';

const RELATIONS =
  `${DECLARATION}<Relationships xmlns="${PACKAGE}">` +
  `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const WORKBOOK_RELATIONS =
  `${DECLARATION}<Relationships xmlns="${PACKAGE}">` +
  `<Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
  `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;

function workbook(name: string): string {
  const sheet = `'${name.replaceAll("'", "''")}'!$1:$1`;
  return (
    `${DECLARATION}<workbook xmlns="${NAMESPACE}" xmlns:r="${OFFICE}"><sheets>` +
    `<sheet name="${escapedXml(name)}" sheetId="1" r:id="rId1"/></sheets>` +
    `<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">${escapedXml(sheet)}</definedName></definedNames></workbook>`
  );
}

function* worksheet({ title, notes, columns, rows }: Sheet, styles: Styles): Generator<string> {
  const iterator = rows[Symbol.iterator]();
  const sample: SheetRow[] = [];
  while (sample.length < SAMPLE) {
    const next = iterator.next();
    if (next.done === true) break;
    sample.push(next.value);
  }
  const widths = columns.map(({ label }, index) =>
    Math.min(
      WIDTH_MAX,
      Math.max(WIDTH_MIN, label.length, ...sample.map((row) => lengthOf(row.cells[index] ?? null) + row.level * 2)) + 2,
    ),
  );
  yield (
    `${DECLARATION}<worksheet xmlns="${NAMESPACE}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' +
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
    `<cols>${widths.map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`).join('')}</cols>` +
    '<sheetData>'
  );
  const heading = columns.map(({ label, align }, index) =>
    textCell(
      `${columnName(index)}1`,
      label,
      styles.of({ format: NO_FORMAT, bold: true, heading: true, indent: 0, align }),
    ),
  );
  let piece = `<row r="1">${heading.join('')}</row>`;
  let number = 1;
  const write = (row: SheetRow): void => {
    number += 1;
    piece += rowText(row, number, styles);
  };
  for (const row of sample) write(row);
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    write(next.value);
    if (number % ROWS_PER_PIECE !== 0) continue;
    yield piece;
    piece = '';
  }
  const header = [title, ...notes].join(' · ').replaceAll('&', '&&').slice(0, 200);
  yield (
    `${piece}</sheetData><pageMargins left="0.5" right="0.5" top="0.75" bottom="0.6" header="0.3" footer="0.3"/>` +
    `<pageSetup paperSize="9" orientation="${columns.length > 6 ? 'landscape' : 'portrait'}" fitToHeight="0"/>` +
    `<headerFooter><oddHeader>${escapedXml(`&L${header}`)}</oddHeader><oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>`
  );
}

function rowText({ cells, level, bold }: SheetRow, number: number, styles: Styles): string {
  let text = `<row r="${number}">`;
  for (const [index, cell] of cells.entries()) {
    if (cell === null) continue;
    const at = `${nameOfColumn(index)}${number}`;
    const indent = index === 0 ? Math.min(level, INDENT_MAX) : 0;
    if (cell.kind === 'date' && cell.text >= FIRST_DATE) {
      const id = styles.of({ format: DATE_FORMAT, bold, heading: false, indent, align: 'left' });
      text += `<c r="${at}" s="${id}"><v>${dayNumber(cell.text) - EPOCH}</v></c>`;
    } else if (cell.kind === 'number' && fitsExcel(cell.text)) {
      const id = styles.of({ format: numberFormat(cell.scale), bold, heading: false, indent, align: 'right' });
      text += `<c r="${at}" s="${id}"><v>${cell.text}</v></c>`;
    } else {
      const align = cell.kind === 'number' ? 'right' : 'left';
      text += textCell(at, cell.text, styles.of({ format: NO_FORMAT, bold, heading: false, indent, align }));
    }
  }
  return `${text}</row>`;
}

function fitsExcel(text: string): boolean {
  // The sign and the point are no digits; zeros in front are rare and do no harm.
  return text.length <= DIGITS_MAX || text.replace(/[-.]|^-?0\.0*/g, '').length <= DIGITS_MAX;
}

function textCell(at: string, text: string, style: number): string {
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapedXml(text)}</t></is></c>`;
}

const NO_FORMAT = '';
const DATE_FORMAT = 'yyyy\\-mm\\-dd';
const numberFormats: string[] = [];

function numberFormat(scale: number | null): string {
  if (scale === null) return '#,##0.############';
  return (numberFormats[scale] ??= scale === 0 ? '#,##0' : `#,##0.${'0'.repeat(scale)}`);
}

const columnNames: string[] = [];

function nameOfColumn(index: number): string {
  return (columnNames[index] ??= columnName(index));
}

interface Style {
  readonly format: string;
  readonly bold: boolean;
  readonly heading: boolean;
  readonly indent: number;
  readonly align: 'left' | 'right';
}

/** The styles that cells were given, and the part of the workbook that says what they are. */
class Styles implements Iterable<string> {
  /** By format, then by the rest of the style as a number. */
  readonly #places = new Map<string, number[]>();
  readonly #formats = new Map<string, number>();
  readonly #texts: string[] = ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'];

  of({ format, bold, heading, indent, align }: Style): number {
    let places = this.#places.get(format);
    if (places === undefined) {
      places = [];
      this.#places.set(format, places);
    }
    const rest = indent * 8 + (bold ? 4 : 0) + (heading ? 2 : 0) + (align === 'right' ? 1 : 0);
    return (places[rest] ??= this.#add({ format, bold, heading, indent, align }));
  }

  #add({ format, bold, heading, indent, align }: Style): number {
    let formatId = 0;
    if (format !== NO_FORMAT) {
      // Numbers below 164 are Excel's own.
      formatId = this.#formats.get(format) ?? 164 + this.#formats.size;
      this.#formats.set(format, formatId);
    }
    const [fill, border] = heading ? [2, 1] : [0, 0];
    this.#texts.push(
      `<xf numFmtId="${formatId}" fontId="${bold ? 1 : 0}" fillId="${fill}" borderId="${border}" applyNumberFormat="1" ` +
        `applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="${align}"` +
        `${indent > 0 ? ` indent="${indent}"` : ''}${heading ? ' vertical="center" wrapText="1"' : ''}/></xf>`,
    );
    return this.#texts.length - 1;
  }

  *[Symbol.iterator](): Iterator<string> {
    const formats = [...this.#formats].map(
      ([format, id]) => `<numFmt numFmtId="${id}" formatCode="${escapedXml(format)}"/>`,
    );
    yield (
      `${DECLARATION}<styleSheet xmlns="${NAMESPACE}">` +
      (formats.length === 0 ? '' : `<numFmts count="${formats.length}">${formats.join('')}</numFmts>`) +
      '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
      '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
      '<fill><patternFill patternType="solid"><fgColor rgb="FFEFF1F5"/></patternFill></fill></fills>' +
      '<borders count="2"><border/><border><left/><right/><top/><bottom style="thin"><color rgb="FF9AA3B2"/></bottom><diagonal/></border></borders>' +
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
      `<cellXfs count="${this.#texts.length}">${this.#texts.join('')}</cellXfs>` +
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    );
  }
}

function lengthOf(cell: SheetCell): number {
  if (cell === null) return 0;
  return cell.kind === 'number' ? cell.text.length + Math.floor(cell.text.length / 3) : cell.text.length;
}

/** `A` … `Z`, `AA` … */
export function columnName(index: number): string {
  const before = index >= 26 ? columnName(Math.floor(index / 26) - 1) : '';
  return before + String.fromCharCode(65 + (index % 26));
}

/** At most 31 characters, none of those that stand for something in references. */
function sheetName(title: string): string {
  const name = title
    .replace(/[[\]:*?/\\]/g, ' ')
    .replace(/^'+|'+$/g, '')
    .trim()
    .slice(0, 31);
  return name === '' ? 'Sheet1' : name;
}
