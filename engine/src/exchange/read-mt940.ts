import { statementRows } from './bank-statement.ts';
import type { BankEntry, BankStatement } from './bank-statement.ts';
import { unreadable } from './table.ts';
import type { TableRow } from './table.ts';

/** Entries of one statement; more are surely no statement. */
const ENTRIES_MAX = 100_000;
const LINE_MAX = 10_000;

const FIELD = /^:(\d{2}[A-Z]?):(.*)$/;
const BALANCE = /^([CD])(\d{6})([A-Z]{3})(\d{1,15}(?:,\d{0,5})?)$/;
/** Value date, entry date, direction, funds code, amount, type of transaction, references of both sides. */
const ENTRY =
  /^(\d{6})(\d{4})?(R?[CD]|E[CD])([A-Z])?(\d{1,15}(?:,\d{0,5})?)([A-Z][A-Z0-9]{3})([^\n]*?)(?:\/\/([^\n]*))?(?:\n([\s\S]*))?$/;
/** What a bank writes that has no reference. */
const NO_REFERENCE = 'NONREF';

interface Field {
  readonly tag: string;
  readonly text: string;
}

/**
 * The statements of a customer statement message (SWIFT MT940) as rows of a table, with or without the envelope of the
 * network. Pages of one statement are put together. Throws the refusal `unreadable-file`.
 */
export function readMt940(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly TableRow[]> {
  return statementRows(statementsOf(fieldsOf(linesOf(bytes))));
}

/** Whether a file begins as such a message does. */
export function isMt940(begin: string): boolean {
  return /^\s*(?:\{1:|:20:)/.test(begin);
}

/** Lines of any ending. Bytes beyond UTF-8 are read as Latin-1, which banks still write. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const piece of bytes) {
    rest = Buffer.concat([rest, piece]);
    let end = rest.indexOf(0x0a);
    let from = 0;
    while (end >= 0) {
      yield lineOf(rest.subarray(from, end));
      from = end + 1;
      end = rest.indexOf(0x0a, from);
    }
    rest = rest.subarray(from);
    if (rest.length > LINE_MAX) throw unreadable('a line is too long for a bank statement');
  }
  if (rest.length > 0) yield lineOf(rest);
}

function lineOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return (text.includes('\uFFFD') ? bytes.toString('latin1') : text).replace(/\r$/, '');
}

async function* fieldsOf(lines: AsyncIterable<string>): AsyncGenerator<Field> {
  let open: { tag: string; text: string } | null = null;
  for await (const line of lines) {
    // The envelope stands around the fields: `{1:…}{4:` before them, `-}` behind.
    const bare = line.replace(/^\uFEFF?(?:\{[123]:[^}]*\})*\{4:/, '').replace(/^\uFEFF/, '');
    const [, tag, text = ''] = FIELD.exec(bare) ?? [];
    if (tag !== undefined) {
      if (open !== null) yield open;
      open = { tag, text };
    } else if (/^-\}?/.test(bare) && bare.length <= 2) {
      if (open !== null) yield open;
      open = null;
    } else if (open !== null && bare !== '') open.text += `\n${bare}`;
  }
  if (open !== null) yield open;
}

/** A statement while its fields come. */
interface OpenStatement {
  account: string;
  number: string;
  opening: string | null;
  date: string;
  closing: string | null;
  /** Whether another page follows. */
  isPart: boolean;
  entries: { date: string; amount: string; description: string; reference: string }[];
}

async function* statementsOf(fields: AsyncIterable<Field>): AsyncGenerator<BankStatement> {
  let open: OpenStatement | null = null;
  let hasAny = false;
  for await (const { tag, text } of fields) {
    if (tag === '20') {
      if (open !== null && !open.isPart) yield whole(open);
      if (open?.isPart !== true) open = emptyStatement();
      hasAny = true;
    } else if (open !== null) takeField(open, tag, text);
  }
  if (open !== null) yield whole(open);
  if (!hasAny) throw unreadable('it has no statement in the format MT940');
}

function emptyStatement(): OpenStatement {
  return { account: '', number: '', opening: null, date: '', closing: null, isPart: false, entries: [] };
}

function takeField(statement: OpenStatement, tag: string, text: string): void {
  switch (tag) {
    case '25':
    case '25P':
      statement.account = text.split('\n')[0]?.trim() ?? '';
      return;
    case '28C':
    case '28':
      statement.number = text.split('/')[0]?.trim() ?? '';
      return;
    case '60F':
    case '60M':
      statement.opening ??= balanceOf(text).amount;
      return;
    case '61':
      statement.entries.push(entryOf(text));
      if (statement.entries.length > ENTRIES_MAX) throw unreadable(`a statement has more than ${ENTRIES_MAX} entries`);
      return;
    case '86': {
      const last = statement.entries.at(-1);
      // Behind the closing balance it is about the statement.
      if (last !== undefined && statement.closing === null) last.description = described(text, last.description);
      return;
    }
    case '62F':
    case '62M': {
      const { date, amount } = balanceOf(text);
      statement.date = date;
      statement.isPart = tag === '62M';
      statement.closing = statement.isPart ? null : amount;
    }
  }
}

function whole({ account, number, opening, date, closing, entries }: OpenStatement): BankStatement {
  if (opening === null || closing === null)
    throw unreadable(`statement ${number} has no opening or no closing balance`);
  return { account, number, date, opening, closing, entries };
}

function balanceOf(text: string): { readonly date: string; readonly amount: string } {
  const [, mark, day = '', , amount = ''] = BALANCE.exec(text.trim()) ?? [];
  if (mark === undefined) throw unreadable(`“${text.slice(0, 40)}” is no balance`);
  return { date: dayOf(day), amount: signed(amount, mark === 'D') };
}

function entryOf(text: string): BankEntry & { description: string } {
  const [, value = '', booked, direction = '', , amount = '', , own = '', bank, more = ''] = ENTRY.exec(text) ?? [];
  if (value === '') throw unreadable(`“${text.slice(0, 40)}” is no entry`);
  const date = booked === undefined ? dayOf(value) : nearestDay(booked, dayOf(value));
  // The reversal of a credit takes money away.
  const isOut = direction === 'D' || direction === 'RC' || direction === 'ED';
  const references = [own.trim(), bank?.trim() ?? ''].filter((each) => each !== '' && each !== NO_REFERENCE);
  return { date, amount: signed(amount, isOut), description: spaced(more), reference: references[0] ?? '' };
}

/** `260131` → `2026-01-31`. */
function dayOf(text: string): string {
  const date = `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  if (Number.isNaN(Date.parse(`${date}T00:00:00Z`))) throw unreadable(`“${text}” is no date`);
  return date;
}

/** Month and day alone mean the year in which they are nearest to the value date. */
function nearestDay(text: string, value: string): string {
  const year = Number(value.slice(0, 4));
  const days = [year - 1, year, year + 1].map((each) => `${each}-${text.slice(0, 2)}-${text.slice(2, 4)}`);
  const distance = (day: string): number => Math.abs(Date.parse(day) - Date.parse(value));
  const real = days.filter((day) => !Number.isNaN(Date.parse(day)));
  return real.sort((one, other) => distance(one) - distance(other))[0] ?? value;
}

function signed(amount: string, isNegative: boolean): string {
  const [whole = '0', fraction = ''] = amount.split(',');
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return isNegative ? `-${digits}` : digits;
}

/** Sub-fields of the German banks, `?20` to `?29` and `?60` to `?63` the purpose, `?32` and `?33` the name. */
function described(text: string, before: string): string {
  const joined = text.replace(/\n/g, '');
  const told = /^\d{3}\?/.test(joined)
    ? [...joined.matchAll(/\?(\d{2})([^?]*)/g)]
        .filter(([, code = '']) => /^(?:2\d|6[0-3]|3[23])$/.test(code))
        .map(([, , part = '']) => part)
        .join(' ')
    : text;
  return spaced([before, told].filter((each) => each !== '').join(' '));
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
