import type { Session } from '../database.ts';
import { statement, table } from '../statement.ts';
import type { Step, Undo } from './step.ts';

const JOURNAL = table('rk_schema_journal');
const COLUMNS = 'change_id, step, kind, description, statements, take_back, state, started_at, finished_at';

const LAST_STEP = statement(`SELECT COALESCE(MAX(step), 0) AS step FROM ${JOURNAL} WHERE change_id = ?`);
const UNFINISHED = statement(
  `SELECT id, state, description FROM ${JOURNAL} WHERE change_id = ? AND state IN ('planned', 'doing') ORDER BY step`,
);
const ADVANCE = statement(
  `UPDATE ${JOURNAL} SET state = CASE WHEN step < ? THEN 'done' ELSE 'doing' END,
    started_at = CASE WHEN step < ? THEN started_at ELSE ? END,
    finished_at = CASE WHEN step < ? THEN ? ELSE NULL END
  WHERE change_id = ? AND step BETWEEN ? AND ?`,
);
const SETTLE = statement(`UPDATE ${JOURNAL} SET state = 'done', finished_at = ? WHERE id = ?`);
const FORGET = statement(`DELETE FROM ${JOURNAL} WHERE id = ?`);
const UNDONE = statement(`UPDATE ${JOURNAL} SET state = 'undone', finished_at = ? WHERE id = ?`);
const UNDOABLE = statement(
  `SELECT id, take_back FROM ${JOURNAL} WHERE change_id = ? AND state IN ('doing', 'done') ORDER BY step DESC`,
);

/** Rows of one INSERT. */
const ROWS_MAX = 100;

function insertion(rows: number): string {
  const row = `(?, ?, ?, ?, ?, ?, 'planned', NULL, NULL)`;
  return `INSERT INTO ${JOURNAL} (${COLUMNS}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`;
}

function now(): string {
  return new Date().toISOString().replace('T', ' ').replace('Z', '');
}

/**
 * The journal of one schema change, in the company's own database (table rk_schema_journal). A step is `planned`, then
 * `doing`, then `done`; taken back it is `undone`. A killed process leaves a step at `doing` which the database may
 * have made or not. Nobody guesses: whoever resumes compares the database with what is wanted again, and a step that
 * is no longer needed was made.
 */
export class Journal {
  readonly #session: Session;
  readonly #change: string;
  #firstStep = 1;

  constructor(session: Session, change: string) {
    this.#session = session;
    this.#change = change;
  }

  /** Writes the whole plan down before its first step, and closes what an earlier run of the change left open. */
  async plan(steps: readonly Step[]): Promise<void> {
    const needed = new Set(steps.map(({ description }) => description));
    for (const { id = null, state, description } of await this.#session.all(UNFINISHED, [this.#change])) {
      const wasMade = state === 'doing' && !needed.has(String(description));
      if (wasMade) await this.#session.run(SETTLE, [now(), id]);
      else await this.#session.run(FORGET, [id]);
    }
    const last = await this.#session.get(LAST_STEP, [this.#change]);
    this.#firstStep = Number(last?.step ?? 0) + 1;
    for (let start = 0; start < steps.length; start += ROWS_MAX) {
      const portion = steps.slice(start, start + ROWS_MAX);
      const bindings = portion.flatMap((step, place) => [
        this.#change,
        this.#firstStep + start + place,
        step.kind,
        step.description,
        JSON.stringify(step.statements),
        step.undo === null ? null : JSON.stringify(step.undo),
      ]);
      await this.#session.run(statement(insertion(portion.length)), bindings);
    }
  }

  /**
   * Notes that the step at `place`, counted from 0, begins, and with it that the one before is done: one write for
   * both, since each waits for the disk. After the last step, `place` is their number.
   */
  async advance(place: number): Promise<void> {
    const step = this.#firstStep + place;
    const at = now();
    await this.#session.run(ADVANCE, [step, step, at, step, at, this.#change, step - 1, step]);
  }

  /** What was begun and can be taken back, the latest first. */
  async undoable(): Promise<readonly { readonly id: string; readonly undo: Undo }[]> {
    const rows = await this.#session.all(UNDOABLE, [this.#change]);
    return rows.flatMap(({ id, take_back: undo }) =>
      typeof undo === 'string' ? [{ id: String(id), undo: JSON.parse(undo) as Undo }] : [],
    );
  }

  async undone(id: string): Promise<void> {
    await this.#session.run(UNDONE, [now(), id]);
  }
}
