import { instantOf, storedInstant } from '../../base/clock.ts';
import type { Fault } from '../../base/errors.ts';
import type { Locale } from '../../metamodel/text.ts';
import type { Reader, Session } from '../../storage/database.ts';
import { statement, table } from '../../storage/statement.ts';
import type { RawRow } from '../../storage/statement.ts';
import type { ImportChoices } from './choices.ts';

const IMPORT = table('rk_import');
const REJECT = table('rk_import_reject');

const INSERT = statement(
  `INSERT INTO ${IMPORT} (entity, file_name, format, sha256, sample, rows_total, state, user_id, abilities, locale, created_at, updated_at) ` +
    "VALUES (?, ?, ?, ?, ?, ?, 'new', ?, ?, ?, ?, ?)",
);
const FIND = statement(`SELECT * FROM ${IMPORT} WHERE id = ?`);
const RUNNING = statement(`SELECT id, held_until FROM ${IMPORT} WHERE state = 'running' ORDER BY id`);
const BEGIN = statement(
  `UPDATE ${IMPORT} SET state = 'running', choices = ?, is_trial = ?, position = 0, created = 0, updated = 0, rejected = 0, ` +
    'failure = NULL, user_id = ?, abilities = ?, locale = ?, holder = NULL, held_until = NULL, updated_at = ? ' +
    "WHERE id = ? AND state <> 'running'",
);
const HOLD = statement(
  `UPDATE ${IMPORT} SET holder = ?, held_until = ? WHERE id = ? AND state = 'running' AND (held_until IS NULL OR held_until < ?)`,
);
const ADVANCE = statement(
  `UPDATE ${IMPORT} SET position = ?, created = created + ?, updated = updated + ?, rejected = rejected + ?, ` +
    "held_until = ?, updated_at = ? WHERE id = ? AND holder = ? AND state = 'running'",
);
const RESTART = statement(`UPDATE ${IMPORT} SET position = 0, created = 0, updated = 0, rejected = 0 WHERE id = ?`);
const FINISH = statement(
  `UPDATE ${IMPORT} SET state = ?, failure = ?, holder = NULL, held_until = NULL, updated_at = ? WHERE id = ? AND state = 'running' AND holder = ?`,
);
const RELEASE = statement(`UPDATE ${IMPORT} SET holder = NULL, held_until = NULL WHERE id = ? AND holder = ?`);
const CANCEL = statement(`UPDATE ${IMPORT} SET state = 'cancelled', updated_at = ? WHERE id = ? AND state = 'running'`);
const INSERT_REJECT = statement(
  `INSERT INTO ${REJECT} (import_id, position, cells, plain, faults) VALUES (?, ?, ?, ?, ?)`,
);
const CLEAR_REJECTS = statement(`DELETE FROM ${REJECT} WHERE import_id = ?`);
const REJECTS = statement(
  `SELECT position, cells, plain, faults FROM ${REJECT} WHERE import_id = ? AND position > ? ORDER BY position LIMIT ?`,
);
const FAULTS = statement(
  `SELECT position, cells, plain, faults FROM ${REJECT} WHERE import_id = ? AND position > ? AND faults <> '[]' ORDER BY position LIMIT ?`,
);

const LATEST = statement(
  `SELECT * FROM ${IMPORT} WHERE (? IS NULL OR entity = ?) AND user_id = ? ORDER BY id DESC LIMIT 10`,
);

type ImportState = 'new' | 'running' | 'done' | 'failed' | 'cancelled';
export type TableFormat = 'csv' | 'xlsx' | 'mt940' | 'camt';

export interface RecordImport {
  readonly id: string;
  readonly entity: string;
  readonly fileName: string;
  readonly format: TableFormat;
  readonly sha256: string;
  /** The heading and the first rows. */
  readonly sample: readonly (readonly string[])[];
  readonly rowsTotal: number;
  readonly state: ImportState;
  readonly choices: ImportChoices | null;
  /** Tries everything and keeps nothing. */
  readonly isTrial: boolean;
  readonly position: number;
  readonly created: number;
  readonly updated: number;
  readonly rejected: number;
  readonly failure: { readonly code: string; readonly parameters: Readonly<Record<string, string>> } | null;
  readonly userId: string;
  readonly abilities: readonly string[];
  readonly locale: Locale;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A row that was refused; without faults where it goes with a refused one. */
export interface RejectedRow {
  readonly position: number;
  readonly cells: readonly string[];
  /** Columns that the file itself held as a number or a date. */
  readonly plain: readonly number[];
  readonly faults: readonly RowFault[];
}

/** What is wrong with a row. `refusal` says that the code is one of the catalogue, about the record as a whole. */
export interface RowFault extends Fault {
  readonly refusal?: true;
}

type NewImport = Pick<
  RecordImport,
  'entity' | 'fileName' | 'format' | 'sha256' | 'sample' | 'rowsTotal' | 'userId' | 'abilities' | 'locale'
>;

export async function addImport(writer: Session, fresh: NewImport): Promise<string> {
  const now = storedInstant(Date.now());
  const { entity, fileName, format, sha256, sample, rowsTotal, userId, abilities, locale } = fresh;
  const facts = [entity, fileName, format, sha256, JSON.stringify(sample), rowsTotal];
  const { lastId } = await writer.run(INSERT, [...facts, userId, JSON.stringify(abilities), locale, now, now]);
  return lastId;
}

export async function findImport(reader: Reader, id: string): Promise<RecordImport | null> {
  const row = await reader.get(FIND, [id]);
  return row === undefined ? null : importOf(row);
}

/** The latest files that somebody brought, for one entity or for all. */
export async function latestImports(
  reader: Reader,
  entity: string | null,
  userId: string,
): Promise<readonly RecordImport[]> {
  return (await reader.all(LATEST, [entity, entity, userId])).map(importOf);
}

function importOf(row: RawRow): RecordImport {
  const json = (name: string): unknown => (row[name] === null ? null : JSON.parse(String(row[name])));
  return {
    id: String(row['id']),
    entity: String(row['entity']),
    fileName: String(row['file_name']),
    format: String(row['format']) as TableFormat,
    sha256: String(row['sha256']),
    sample: json('sample') as RecordImport['sample'],
    rowsTotal: Number(row['rows_total']),
    state: String(row['state']) as ImportState,
    choices: json('choices') as ImportChoices | null,
    isTrial: Number(row['is_trial']) === 1,
    position: Number(row['position']),
    created: Number(row['created']),
    updated: Number(row['updated']),
    rejected: Number(row['rejected']),
    failure: json('failure') as RecordImport['failure'],
    userId: String(row['user_id']),
    abilities: json('abilities') as readonly string[],
    locale: String(row['locale']) as Locale,
    createdAt: instantOf(String(row['created_at'])),
    updatedAt: instantOf(String(row['updated_at'])),
  };
}

/** Imports under way, with the moment until which a process holds each; null where none does. */
export async function runningImports(
  reader: Reader,
): Promise<readonly { readonly id: string; readonly heldUntil: number | null }[]> {
  return (await reader.all(RUNNING)).map((row) => ({
    id: String(row['id']),
    heldUntil: row['held_until'] === null ? null : Date.parse(instantOf(String(row['held_until']))),
  }));
}

/** Starts an import, from its first row. False when it is under way. */
export async function beginImport(
  writer: Session,
  id: string,
  begin: Pick<RecordImport, 'isTrial' | 'userId' | 'abilities' | 'locale'> & { readonly choices: ImportChoices },
): Promise<boolean> {
  const { choices, isTrial, userId, abilities, locale } = begin;
  const now = storedInstant(Date.now());
  const facts = [JSON.stringify(choices), isTrial, userId, JSON.stringify(abilities), locale, now, id];
  const { changes } = await writer.run(BEGIN, facts);
  if (changes > 0) await writer.run(CLEAR_REJECTS, [id]);
  return changes > 0;
}

/** Takes an import for this process; false when another one has it. */
export async function holdImport(writer: Session, id: string, holder: string, until: number): Promise<boolean> {
  const now = storedInstant(Date.now());
  return (await writer.run(HOLD, [holder, storedInstant(until), id, now])).changes > 0;
}

/** Lets a trial, of which nothing was kept, begin anew. */
export async function restartImport(writer: Session, id: string): Promise<void> {
  await writer.run(RESTART, [id]);
  await writer.run(CLEAR_REJECTS, [id]);
}

export interface Progress {
  readonly position: number;
  readonly created: number;
  readonly updated: number;
  readonly rejected: number;
  readonly rows: readonly RejectedRow[];
}

/** Writes down how far an import has come; false when it was cancelled or another process took it over. */
export async function advanceImport(
  writer: Session,
  id: string,
  holder: string,
  until: number,
  { position, created, updated, rejected, rows }: Progress,
): Promise<boolean> {
  const counts = [position, created, updated, rejected];
  const now = storedInstant(Date.now());
  const { changes } = await writer.run(ADVANCE, [...counts, storedInstant(until), now, id, holder]);
  if (changes === 0) return false;
  for (const row of rows) {
    await writer.run(INSERT_REJECT, [
      id,
      row.position,
      ...[row.cells, row.plain, row.faults].map((part) => JSON.stringify(part)),
    ]);
  }
  return true;
}

export async function finishImport(
  writer: Session,
  id: string,
  holder: string,
  state: 'done' | 'failed',
  failure: RecordImport['failure'],
): Promise<void> {
  const now = storedInstant(Date.now());
  await writer.run(FINISH, [state, failure === null ? null : JSON.stringify(failure), now, id, holder]);
}

export async function releaseImport(writer: Session, id: string, holder: string): Promise<void> {
  await writer.run(RELEASE, [id, holder]);
}

/** False when it is not under way. */
export async function cancelImport(writer: Session, id: string): Promise<boolean> {
  return (await writer.run(CANCEL, [storedInstant(Date.now()), id])).changes > 0;
}

/** Refused rows in the order of the file, after a row of it. */
export async function rejectedRows(
  reader: Reader,
  id: string,
  { after, count, withFaults }: { readonly after: number; readonly count: number; readonly withFaults: boolean },
): Promise<readonly RejectedRow[]> {
  return (await reader.all(withFaults ? FAULTS : REJECTS, [id, after, count])).map((row) => ({
    position: Number(row['position']),
    cells: JSON.parse(String(row['cells'])) as readonly string[],
    plain: JSON.parse(String(row['plain'])) as readonly number[],
    faults: JSON.parse(String(row['faults'])) as readonly RowFault[],
  }));
}
