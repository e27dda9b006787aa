import { crc32, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SheetCell, SheetRow } from './sheet.ts';
import { columnName, writeXlsx } from './xlsx.ts';

const text = (value: string): SheetCell => ({ kind: 'text', text: value });
const number = (value: string, scale: number | null = 2): SheetCell => ({ kind: 'number', text: value, scale });

async function written(rows: readonly SheetRow[], title = 'Trial: balance'): Promise<Map<string, string>> {
  const pieces: Buffer[] = [];
  const columns = [
    { label: 'Purse', align: 'left' },
    { label: 'Amount', align: 'right' },
  ] as const;
  for await (const piece of writeXlsx({ title, notes: ['Toko & co'], columns, rows })) pieces.push(piece);
  return unzipped(Buffer.concat(pieces));
}

/** The files of an archive by its directory, each held against its checksum. */
function unzipped(archive: Buffer): Map<string, string> {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  const files = new Map<string, string>();
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 8); count > 0; count -= 1) {
    expect(archive.readUInt32LE(at)).toBe(0x02014b50);
    const [crc, packed, size] = [16, 20, 24].map((offset) => archive.readUInt32LE(at + offset));
    const nameLength = archive.readUInt16LE(at + 28);
    const offset = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const begin = offset + 30 + archive.readUInt16LE(offset + 26);
    const bytes = inflateRawSync(archive.subarray(begin, begin + packed!));
    expect([bytes.length, crc32(bytes)], name).toEqual([size, crc]);
    files.set(name, bytes.toString('utf8'));
    at += 46 + nameLength;
  }
  return files;
}

const row = (cells: readonly SheetCell[], level = 0, bold = false): SheetRow => ({ cells, level, bold });

describe('XLSX', () => {
  it('has the parts that a workbook needs', async () => {
    const files = await written([]);
    expect([...files.keys()]).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/workbook.xml',
      'xl/_rels/workbook.xml.rels',
      'xl/worksheets/sheet1.xml',
      'xl/styles.xml',
    ]);
    expect(files.get('xl/workbook.xml')).toContain('<sheet name="Trial  balance"');
    expect(files.get('xl/worksheets/sheet1.xml')).toContain('state="frozen"');
  });

  it.each<readonly [string, SheetCell, RegExp]>([
    ['a number as a number', number('-1234567.50'), /<c r="A2" s="\d+"><v>-1234567.50<\/v><\/c>/],
    ['a date as a day', { kind: 'date', text: '2026-01-31' }, /<c r="A2" s="\d+"><v>46053<\/v><\/c>/],
    ['text as text', text('=1+1'), /<c r="A2" s="\d+" t="inlineStr"><is><t xml:space="preserve">=1\+1<\/t>/],
    ['marks of XML', text('a < b & "c"'), />a &lt; b &amp; &quot;c&quot;</],
    ['what XML cannot hold', text('a\u0007\ud800b'), />ab</],
    ['a number of more digits than Excel keeps', number('12345678901234567.89'), />12345678901234567.89<\/t>/],
    ['a day that Excel counts wrong', { kind: 'date', text: '1899-12-31' }, />1899-12-31<\/t>/],
  ])('writes %s', async (_, cell, expected) => {
    const files = await written([row([cell])]);
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(expected);
  });

  it('gives every cell a style that is there', async () => {
    const files = await written([
      row([text('Assets'), number('5', 0)], 0, true),
      row([text('Cash'), number('5.125', null)], 2),
    ]);
    const styles = files.get('xl/styles.xml') ?? '';
    const count = Number(/<cellXfs count="(\d+)"/.exec(styles)?.[1]);
    const used = [...(files.get('xl/worksheets/sheet1.xml') ?? '').matchAll(/ s="(\d+)"/g)].map(([, id]) => Number(id));
    expect(Math.max(...used)).toBe(count - 1);
    expect(styles.match(/<xf /g)).toHaveLength(count + 1);
    expect(styles).toContain('indent="2"');
    expect(styles).toContain('formatCode="#,##0.############"');
  });

  it('writes many rows without holding them all', async () => {
    const rows = (function* () {
      for (let index = 0; index < 20_000; index += 1) yield row([text(`row ${index}`), number(`${index}.5`)]);
    })();
    let largest = 0;
    let size = 0;
    const columns = [{ label: 'A', align: 'left' } as const];
    for await (const piece of writeXlsx({ title: '', notes: [], columns, rows: { [Symbol.iterator]: () => rows } })) {
      largest = Math.max(largest, piece.length);
      size += piece.length;
    }
    expect(size).toBeGreaterThan(100_000);
    expect(largest).toBeLessThan(70_000);
  });

  it.each([
    [0, 'A'],
    [25, 'Z'],
    [26, 'AA'],
    [701, 'ZZ'],
    [702, 'AAA'],
  ])('calls column %i %s', (index, name) => {
    expect(columnName(index)).toBe(name);
  });
});
