import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import { writeJournal } from './plain-text.ts';
import type { Journal, JournalFormat, JournalTransaction } from './plain-text.ts';

const amount = (text: string): Decimal => Decimal.parse(text) ?? Decimal.zero;

const transactions: readonly JournalTransaction[] = [
  {
    date: '2026-01-10',
    number: 'INV-2026/0001',
    description: 'Toko "Maju"; Jaya: sale',
    action: 'post',
    postings: [
      { account: '2', amount: amount('1234567.50'), memo: 'first; line\nsecond' },
      { account: '4', amount: amount('-1234567.50'), memo: null },
    ],
  },
  {
    date: '2026-01-11',
    number: null,
    description: '',
    action: 'reverse',
    postings: [
      { account: '3', amount: amount('0.05'), memo: null },
      { account: '5', amount: amount('0.10'), memo: 'b' },
      { account: null, amount: amount('-0.15'), memo: null },
    ],
  },
  { date: '2026-01-12', number: 'X', description: 'nothing', action: 'post', postings: [] },
];

const journal = (): Journal => ({
  title: 'Buku "umum"',
  currency: 'IDR',
  scale: 2,
  since: '2026-01-10',
  accounts: [
    { id: '1', path: ['Assets'], root: 'Assets' },
    { id: '2', path: ['Assets', 'Kas  & bank: BCA'], root: 'Assets' },
    { id: '3', path: ['Assets', '(petty) cash;'], root: 'Assets' },
    { id: '4', path: ['Pendapatan', '4100 – pénjualan'], root: 'Income' },
    { id: '5', path: ['Biaya', 'Sewa'], root: 'Expenses' },
    { id: '6', path: ['Biaya', 'sewa'], root: 'Expenses' },
    { id: '7', path: ['Biaya', '…'], root: null },
  ],
  transactions: (async function* () {
    yield transactions.slice(0, 1);
    yield transactions.slice(1);
  })(),
});

async function textOf(format: JournalFormat): Promise<string> {
  let text = '';
  for await (const piece of writeJournal(journal(), format)) text += piece;
  return text;
}

/** Amounts by account, read back by the plainest reading of both formats. */
function sumsIn(text: string): Readonly<Record<string, string>> {
  const sums = new Map<string, Decimal>();
  for (const [, account = '', value = ''] of text.matchAll(/^ {2,4}(\S.*?) {2,}(-?\d+\.\d+) IDR/gm)) {
    sums.set(account, (sums.get(account) ?? Decimal.zero).add(amount(value)));
  }
  return Object.fromEntries([...sums].map(([account, sum]) => [account, sum.toFixed(2)]));
}

describe('plain-text accounting', () => {
  it('keeps every figure for hledger', async () => {
    const text = await textOf('hledger');
    expect(sumsIn(text)).toEqual({
      'Assets:Kas & bank- BCA': '1234567.50',
      'Pendapatan:4100 – pénjualan': '-1234567.50',
      'Assets:petty) cash-': '0.05',
      'Biaya:Sewa': '0.10',
      Unassigned: '-0.15',
    });
    expect(text).toContain('2026-01-10 * (INV-2026/0001) Toko "Maju", Jaya: sale  ; action: post');
    expect(text).toContain('; first, line second');
    expect(text).not.toContain('2026-01-12');
  });

  it('keeps every figure for beancount', async () => {
    const text = await textOf('beancount');
    expect(sumsIn(text)).toEqual({
      'Assets:Kas-bank-BCA': '1234567.50',
      'Income:Pendapatan:4100-penjualan': '-1234567.50',
      'Assets:Petty-cash': '0.05',
      'Expenses:Biaya:Sewa-5': '0.10',
      'Equity:Unassigned': '-0.15',
    });
    expect(text).toContain('2026-01-10 open Expenses:Biaya:Sewa-6 IDR');
    expect(text).toContain('2026-01-10 open Equity:Biaya:X IDR');
    expect(text).toContain('  number: "INV-2026/0001"');
    expect(text).toContain('2026-01-10 * "Toko \\"Maju\\"; Jaya: sale"');
  });
});

const PROGRAMS = [
  { format: 'hledger', program: 'hledger', check: ['-f', '{file}', 'check', '--strict'] },
  { format: 'beancount', program: 'bean-check', check: ['{file}'] },
] as const;

describe.each(PROGRAMS)('$program', ({ format, program, check }) => {
  const isThere = spawnSync(program, ['--help']).error === undefined;
  const title = isThere ? 'takes what is written' : `is not installed here, so nobody asked it`;

  it.runIf(isThere)(title, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rangka-journal-'));
    const file = join(folder, `book.${format === 'hledger' ? 'journal' : 'beancount'}`);
    writeFileSync(file, await textOf(format));
    const parameters = check.map((each) => each.replace('{file}', file));
    const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
  });
});
