import { refuse } from '../base/errors.ts';
import type { Ledger, Periods } from '../compiler/ledger-model.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { draftOfTuple, storedEntity } from '../records/stored-entity.ts';
import type { Reader } from '../storage/database.ts';
import { quoted, statement, table } from '../storage/statement.ts';

/**
 * Whether a ledger takes entries on a date: no period covers it, or each that does is open. Within a transaction the
 * periods stay locked against changes until its commit, so that a posting is wholly before a close or refused (B6).
 */
export async function isOpen(from: ReadFrom, periods: Periods, date: string): Promise<boolean> {
  const { reader } = from;
  const stored = storedEntity(periods.entity, reader.dialect);
  const columns = stored.selected.map(({ column }) => quoted(column)).join(', ');
  const text =
    `SELECT ${columns} FROM ${table(periods.entity.table)} WHERE ${quoted(String(periods.from.column))} <= ? ` +
    `AND ${quoted(String(periods.to.column))} >= ?${lockOf(reader)}`;
  const isOpenPeriod = evaluatorOf(periods.open);
  for (const tuple of await reader.tuples(statement(text), [date, date])) {
    const self = draftOfTuple(stored.selected, tuple, from.cipher);
    const { globals, today, now } = from;
    if (isOpenPeriod({ self, linked: () => null, globals, today, now }) !== true) return false;
  }
  return true;
}

/**
 * Refuses a date on which one of the ledgers takes nothing: `period-closed`.
 *
 * @param pointer of the field that says the date, where one does
 */
export async function demandOpen(
  from: ReadFrom,
  ledgers: Iterable<Ledger>,
  date: string,
  pointer: string | null = null,
): Promise<void> {
  for (const periods of periodsOf(ledgers)) {
    if (await isOpen(from, periods, date)) continue;
    const parameters = { date };
    const faults = pointer === null ? [] : [{ pointer, code: 'period-closed', parameters }];
    throw refuse('period-closed', { parameters, faults });
  }
}

/** The date of a reversal: its own where the ledgers still take entries then, otherwise today (B6). */
export async function openDate(from: ReadFrom, ledgers: Iterable<Ledger>, date: string): Promise<string> {
  for (const periods of periodsOf(ledgers)) {
    if (!(await isOpen(from, periods, date))) {
      await demandOpen(from, ledgers, from.today);
      return from.today;
    }
  }
  return date;
}

/** The periods of several ledgers, each once. */
function periodsOf(ledgers: Iterable<Ledger>): readonly Periods[] {
  const found = new Map<string, Periods>();
  for (const { periods } of ledgers) if (periods !== null) found.set(periods.entity.name, periods);
  return [...found.values()];
}

function lockOf({ dialect }: Reader): string {
  return dialect === 'mysql' ? ' LOCK IN SHARE MODE' : '';
}
