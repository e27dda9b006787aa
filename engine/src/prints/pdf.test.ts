import { expect, test } from 'vitest';
import { tablePdf } from './pdf.ts';
import { pdfText } from './test-pdf-text.ts';

const columns = [
  { label: 'Account', align: 'left' },
  { label: 'Debit', align: 'right' },
  { label: 'Credit', align: 'right' },
] as const;

test('120 lines stand on three pages, each with the heading and its number', async () => {
  const rows = Array.from({ length: 120 }, (_, index) => ({ cells: [`Line ${index + 1} – Łódź`, `${index}.00`, ''] }));
  const pdf = await tablePdf({
    title: 'Ledger',
    subtitle: ['Acme'],
    orientation: 'portrait',
    columns,
    rows,
    footer: 'Acme',
  });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const pages = pdfText(pdf);
  expect(pages).toHaveLength(3);
  for (const [index, page] of pages.entries()) {
    expect(page).toContain('Account');
    expect(page).toContain(`${index + 1} / 3`);
  }
  const text = pages.flat();
  for (const { cells } of rows) expect(text).toContain(cells[0]);
});

test('a cell that no page can hold goes on over several', async () => {
  const words = Array.from({ length: 1_500 }, (_, index) => `word${index}`);
  const rows = [{ cells: [words.join(' '), '1', '2'] }];
  const text = pdfText(await tablePdf({ title: 'Long', subtitle: [], orientation: 'portrait', columns, rows }));
  expect(text.length).toBeGreaterThan(1);
  const joined = text.flat().join(' ').split(' ');
  expect(words.filter((word) => !joined.includes(word))).toEqual([]);
});

test.each([
  ['no rows', [], 1],
  ['many columns', [{ cells: Array.from({ length: 20 }, () => '1.234.567.890,00') }], 1],
])('%s', async (_name, rows, pages) => {
  const many = Array.from({ length: 20 }, (_, index) => ({ label: `Column ${index}`, align: 'right' as const }));
  const pdf = await tablePdf({ title: '', subtitle: [], orientation: 'landscape', columns: many, rows });
  expect(pdfText(pdf)).toHaveLength(pages);
});
