import { describe, expect, it } from 'vitest';
import { writeCsv } from './csv.ts';
import type { Sheet, SheetCell } from './sheet.ts';

function sheetOf(cells: readonly SheetCell[]): Sheet {
  return {
    title: 'Sums',
    notes: [],
    columns: [{ label: 'Name', align: 'left' }],
    rows: [{ cells, level: 0, bold: false }],
  };
}

const text = (value: string): SheetCell => ({ kind: 'text', text: value });

describe('CSV', () => {
  it.each<readonly [string, SheetCell, string]>([
    ['plain text', text('Toko Maju'), 'Toko Maju'],
    ['a comma', text('Maju, Toko'), '"Maju, Toko"'],
    ['a quote', text('Toko "Maju"'), '"Toko ""Maju"""'],
    ['a line end', text('one\ntwo'), '"one\ntwo"'],
    ['spaces at the end', text('one '), '"one "'],
    ['a formula', text('=1+1'), "'=1+1"],
    ['a formula that calls out', text('=HYPERLINK("http://x","y")'), `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a plus', text('+62 21'), "'+62 21"],
    ['a minus', text('-cheap'), "'-cheap"],
    ['an at', text('@import'), "'@import"],
    ['a tab', text('\t=1'), "'\t=1"],
    ['a number', { kind: 'number', text: '-1234567.50', scale: 2 }, '-1234567.50'],
    ['a date', { kind: 'date', text: '2026-01-31' }, '2026-01-31'],
    ['nothing', null, ''],
    ['letters beyond ASCII', text('Ubud – Bali €'), 'Ubud – Bali €'],
  ])('writes %s', (_, cell, written) => {
    expect([...writeCsv(sheetOf([cell]))].join('')).toBe(`\uFEFFName\r\n${written}\r\n`);
  });

  it('comes piece by piece', () => {
    const rows = Array.from({ length: 1_200 }, () => ({ cells: [text('x')], level: 0, bold: false }));
    const pieces = [...writeCsv({ ...sheetOf([]), rows })];
    expect(pieces).toHaveLength(3);
    expect(pieces.join('').split('\r\n')).toHaveLength(1_202);
  });
});
