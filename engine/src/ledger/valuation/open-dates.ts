import type { Ledger, Periods } from '../../compiler/ledger-model.ts';
import type { ReadFrom } from '../../records/context.ts';
import { quoted, statement, table } from '../../storage/statement.ts';
import { isOpen } from '../periods.ts';

const DAY_MS = 86_400_000;

/**
 * The first date from this one on at which all of the ledgers take entries. The same closed date always leads to the
 * same open one, so a correction that was moved there once is found there again.
 */
export class OpenDates {
  readonly #from: ReadFrom;
  readonly #known = new Map<string, string>();

  constructor(from: ReadFrom) {
    this.#from = from;
  }

  async firstFrom(ledgers: Iterable<Ledger>, date: string): Promise<string> {
    const periods = new Map<string, Periods>();
    for (const ledger of ledgers) if (ledger.periods !== null) periods.set(ledger.periods.entity.name, ledger.periods);
    if (periods.size === 0) return date;
    const text = `${[...periods.keys()].sort().join(' ')} ${date}`;
    let found = this.#known.get(text);
    if (found === undefined) {
      found = await this.#find([...periods.values()], date);
      this.#known.set(text, found);
    }
    return found;
  }

  async #find(all: readonly Periods[], date: string): Promise<string> {
    let day = date;
    for (;;) {
      const before = day;
      for (const periods of all) {
        while (!(await isOpen(this.#from, periods, day))) day = await this.#dayAfter(periods, day);
      }
      if (day === before) return day;
    }
  }

  /** The day after the last of the periods that cover a date. */
  async #dayAfter(periods: Periods, date: string): Promise<string> {
    const to = quoted(String(periods.to.column));
    const text =
      `SELECT MAX(${to}) FROM ${table(periods.entity.table)} ` +
      `WHERE ${quoted(String(periods.from.column))} <= ? AND ${to} >= ?`;
    const [row] = await this.#from.reader.tuples(statement(text), [date, date]);
    const end = row?.[0] ?? date;
    return new Date(Date.parse(`${String(end)}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  }
}
