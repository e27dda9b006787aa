import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { writeCsv } from './csv.ts';
import { readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import type { Sheet } from './sheet.ts';
import type { TableRow } from './table.ts';
import { writeXlsx } from './xlsx.ts';
import { writeZip } from './zip.ts';

async function gather(portions: AsyncIterable<readonly TableRow[]>): Promise<readonly TableRow[]> {
  const rows: TableRow[] = [];
  for await (const portion of portions) rows.push(...portion);
  return rows;
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function cellsOf(text: string | Buffer, size = 65_536): Promise<readonly (readonly string[])[]> {
  const rows = await gather(readCsv(inPieces(Buffer.from(text as string), size)));
  return rows.map(({ cells }) => cells);
}

async function reasonOf(portions: AsyncIterable<readonly TableRow[]>): Promise<unknown> {
  try {
    await gather(portions);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unreadable-file') return error.parameters['reason'];
    throw error;
  }
  return null;
}

const sheet: Sheet = {
  title: 'Goods',
  notes: [],
  columns: [
    { label: 'Name', align: 'left' },
    { label: 'Price', align: 'right' },
    { label: 'Since', align: 'left' },
  ],
  rows: [
    {
      cells: [
        { kind: 'text', text: '=1+1 "é" <&>' },
        { kind: 'number', text: '-1234567.05', scale: 2 },
        { kind: 'date', text: '2026-02-28' },
      ],
      level: 0,
      bold: false,
    },
    { cells: [null, { kind: 'number', text: '12345678901234567.89', scale: 2 }, null], level: 0, bold: false },
  ],
};

describe('CSV', () => {
  it.each([
    [
      'commas',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'semicolons',
      'a;b\r\n"1,5";2',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'tabs',
      'a\tb\r1\t2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'quotes in quotes',
      'a,b\n"x ""y"" z",""\n',
      [
        ['a', 'b'],
        ['x "y" z', ''],
      ],
    ],
    ['line ends in a cell', 'a\n"x\r\ny"\n', [['a'], ['x\r\ny']]],
    [
      'a mark of byte order',
      '\uFEFFa,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'formulas as text',
      "a,b\n=1+1,'=2",
      [
        ['a', 'b'],
        ['=1+1', '=2'],
      ],
    ],
    ['empty rows', 'a\n\n\n1\n', [['a'], ['1']]],
    ['nothing', '', []],
  ])('reads %s', async (_, text, cells) => {
    for (const size of [1, 3, 65_536]) expect(await cellsOf(text, size)).toEqual(cells);
  });

  it('counts rows as a spreadsheet does', async () => {
    const rows = await gather(readCsv(inPieces(Buffer.from('a\r\n\r\n1\r\n'), 1)));
    expect(rows.map(({ number }) => number)).toEqual([1, 3]);
  });

  it('reads what is written', async () => {
    const cells = await cellsOf([...writeCsv(sheet)].join(''));
    expect(cells).toEqual([
      ['Name', 'Price', 'Since'],
      ['=1+1 "é" <&>', '-1234567.05', '2026-02-28'],
      ['', '12345678901234567.89', ''],
    ]);
  });

  it.each([
    ['bytes of another encoding', Buffer.from([0x61, 0x0a, 0xff, 0xff]), 'the text is not UTF-8'],
    ['an open quote', Buffer.from('a\n"b'), 'a quote in row 2 is never closed'],
    ['too many columns', Buffer.from(','.repeat(600)), 'row 1 has more than 500 columns'],
  ])('refuses %s', async (_, bytes, reason) => {
    expect(await reasonOf(readCsv(inPieces(bytes, 65_536)))).toBe(reason);
  });
});

describe('XLSX', () => {
  let folder = '';
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'rangka-table-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function fileOf(pieces: AsyncIterable<Buffer>): Promise<string> {
    const path = join(folder, `${Math.random()}.xlsx`);
    const parts: Buffer[] = [];
    for await (const piece of pieces) parts.push(piece);
    writeFileSync(path, Buffer.concat(parts));
    return path;
  }

  /** A workbook as other programs write it: shared texts, prefixes, styles, booleans, formulas. */
  function workbook(rows: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
    const parts: Record<string, string> = {
      'xl/workbook.xml':
        '<x:workbook xmlns:r="r"><x:sheets><x:sheet name="A" sheetId="1" r:id="r7"/></x:sheets></x:workbook>',
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="r7" Target="worksheets/sheet3.xml"/></Relationships>',
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/></cellXfs></styleSheet>',
      'xl/sharedStrings.xml':
        '<sst><si><t>one</t></si><si><r><t>t</t></r><r><t xml:space="preserve">wo &amp; &#65;</t></r></si></sst>',
      'xl/worksheets/sheet3.xml': `<x:worksheet><x:sheetData>${rows}</x:sheetData></x:worksheet>`,
      ...extra,
    };
    return fileOf(writeZip(Object.entries(parts).map(([name, text]) => ({ name, text: [text] }))));
  }

  it('reads what is written', async () => {
    const rows = await gather(readXlsx(await fileOf(writeXlsx(sheet))));
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['Name', 'Price', 'Since'],
      ['=1+1 "é" <&>', '-1234567.05', '2026-02-28'],
      ['', '12345678901234567.89'],
    ]);
    expect([...(rows[1]?.plain ?? [])]).toEqual([1, 2]);
  });

  it('reads what other programs write', async () => {
    const path = await workbook(
      '<x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="C2" t="s"><x:v>1</x:v></x:c></x:row>' +
        '<x:row><c><v>0.30000000000000004</v></c><c><v>1.5E-7</v></c><c s="1"><v>46081</v></c><c s="2"><v>46081.5</v></c><c s="3"><v>0.25</v></c></x:row>' +
        '<row r="9"><c t="b"><v>1</v></c><c t="str"><f>A1&amp;"x"</f><v>onex</v></c><c><f>1+1</f><v>2</v></c><c t="inlineStr"><is><t>in</t></is></c></row>',
    );
    const rows = await gather(readXlsx(path));
    expect(rows.map(({ number, cells }) => [number, ...cells])).toEqual([
      [2, 'one', '', 'two & A'],
      [3, '0.3', '0.00000015', '2026-02-28', '2026-02-28T12:00:00', '06:00:00'],
      [9, 'true', 'onex', '2', 'in'],
    ]);
  });

  it.each<readonly [string, () => Promise<string>, string]>([
    ['a bomb', () => workbook('<row>'.concat('<x/>'.repeat(12_000_000))), 'it unpacks to far more than a table is'],
    [
      'entities of its own',
      () => workbook('', { 'xl/worksheets/sheet3.xml': '<!DOCTYPE a [<!ENTITY b "bb">]><worksheet/>' }),
      'the XML has a document type',
    ],
    ['what is no archive', () => fileOf(inPieces(Buffer.from('hello'.repeat(20)), 9)), 'it is no workbook'],
    [
      'another archive',
      () => fileOf(writeZip([{ name: 'a.txt', text: ['a'] }])),
      'the part xl/workbook.xml is missing',
    ],
    [
      'a sheet that is cut off',
      () => workbook('', { 'xl/worksheets/sheet3.xml': '<worksheet><row><c' }),
      'the XML is cut off',
    ],
  ])('refuses %s', async (_, file, reason) => {
    expect(await reasonOf(readXlsx(await file()))).toBe(reason);
  });
});
