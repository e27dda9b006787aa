import { createHash } from 'node:crypto';
import { storedInstant } from '../base/clock.ts';
import type { Database, Dialect, Reader, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { StorageError } from '../storage/fault.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow, RawValue } from '../storage/statement.ts';

/**
 * The history of records as a chain of hashes (promise B8). Rows are sealed a moment after their commit, many at a
 * time: writers would queue behind one another if each row had to know the hash of the one before it.
 */

/** Ids from the first to the last, both included. */
type Range = readonly [first: number, last: number];

/** Ids that were not there when later ones were sealed: still being written, or rolled back. */
interface Gap {
  readonly ids: Range;
  /** When nothing can come any more, in milliseconds since 1970. */
  readonly until: number;
}

interface Seal {
  readonly lastId: number;
  readonly gaps: readonly Gap[];
  readonly hash: string;
}

const HISTORY = table('rk_history');
const SEAL = table('rk_history_seal');
const RESEAL = table('rk_history_reseal');

/** Rows that one seal covers at most: its transaction stays short. */
const ROWS_MAX = 1_000;
/** Gaps that are looked at together; a gap is rare. */
const GAPS_MAX = 200;
/** Far longer than any transaction may take. */
const GAP_MS = 60 * 60 * 1_000;
/** What the first seal follows. */
const ORIGIN: Seal = { lastId: 0, gaps: [], hash: '0'.repeat(64) };

const COLUMNS = 'id, entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes';
const LAST: Readonly<Record<Dialect, string>> = { sqlite: '', mysql: ' FOR UPDATE' };
const INSERT = statement(
  `INSERT INTO ${SEAL} (last_id, row_count, ranges, gaps, previous_hash, hash, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
);

/** Seals what was written since the last seal. Answers how many rows were sealed. Throws StorageError. */
export async function sealHistory(database: Database, now = Date.now()): Promise<number> {
  let total = 0;
  for (;;) {
    try {
      const sealed = await database.transaction((transaction) => sealSome(transaction, now));
      total += sealed;
      if (sealed < ROWS_MAX) return total;
    } catch (error) {
      // Another process sealed the same rows first: that is all that was wanted.
      if (error instanceof StorageError && error.kind === 'unique') return total;
      throw error;
    }
  }
}

async function sealSome(transaction: Transaction, now: number): Promise<number> {
  const { dialect } = transaction;
  const text = `SELECT last_id, gaps, hash FROM ${SEAL} ORDER BY id DESC LIMIT 1${LAST[dialect]}`;
  const row = await transaction.get(statement(text));
  const previous = row === undefined ? ORIGIN : sealFrom(row);
  const rows = await rowsIn(transaction, [...previous.gaps.map(({ ids }) => ids), [previous.lastId + 1, null]]);
  const ids = rows.map(([id]) => Number(id));
  const lastId = ids.at(-1);
  if (lastId === undefined) return 0;
  const ranges = rangesOf(ids);
  const reached = Math.max(lastId, previous.lastId);
  const gaps = gapsAfter(previous, ranges, reached, now);
  await transaction.run(INSERT, [
    reached,
    rows.length,
    JSON.stringify(ranges),
    JSON.stringify(gaps.map(({ ids: [first, last], until }) => [first, last, until])),
    previous.hash,
    hashOf(previous.hash, rows),
    storedInstant(now),
  ]);
  return rows.length;
}

/** Rows whose ids lie in the ranges, in the order of their ids; a range without an end goes to the last row. */
async function rowsIn(
  reader: Reader,
  ranges: readonly (readonly [number, number | null])[],
  limit: number | null = ROWS_MAX,
): Promise<RawValue[][]> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const conditions = ranges.map(([, last]) => (last === null ? `id >= ${id}` : `id BETWEEN ${id} AND ${id}`));
  const text =
    `SELECT ${COLUMNS} FROM ${HISTORY} WHERE ${conditions.join(' OR ')} ORDER BY id` +
    (limit === null ? '' : ` LIMIT ${limit}`);
  const bindings = ranges.flatMap(([first, last]) => (last === null ? [String(first)] : [String(first), String(last)]));
  return reader.tuples(statement(text), bindings);
}

function hashOf(previous: string, rows: readonly (readonly RawValue[])[]): string {
  const hash = createHash('sha256').update(previous);
  for (const row of rows) hash.update(`\n${JSON.stringify(row.map(String))}`);
  return hash.digest('hex');
}

/** `1, 2, 3, 7` as `1–3, 7–7`. */
function rangesOf(ids: readonly number[]): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last?.[1] === id - 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}

/** What is still missing below the last id that was reached, and may still come. */
function gapsAfter(previous: Seal, sealed: readonly Range[], reached: number, now: number): readonly Gap[] {
  const fresh: Gap = { ids: [previous.lastId + 1, reached], until: now + GAP_MS };
  const open = [...previous.gaps.filter(({ until }) => until > now), fresh];
  return open
    .flatMap(({ ids, until }) => without(ids, sealed).map((rest): Gap => ({ ids: rest, until })))
    .slice(-GAPS_MAX);
}

/** A range without others, which are in order and do not overlap. */
function without([first, last]: Range, others: readonly Range[]): readonly Range[] {
  const rest: Range[] = [];
  let next = first;
  for (const [from, to] of others) {
    if (to < next || from > last) continue;
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) rest.push([next, last]);
  return rest;
}

function sealFrom(row: RawRow): Seal {
  const gaps = JSON.parse(String(row['gaps'])) as readonly (readonly [number, number, number])[];
  return {
    lastId: Number(row['last_id']),
    gaps: gaps.map(([first, last, until]) => ({ ids: [first, last], until })),
    hash: String(row['hash']),
  };
}

/** A part of the history that is not what was sealed. */
export interface BrokenSeal {
  /** `changed`: its rows are others. `order`: it does not follow the seal before it. `unsealed`: rows slipped in. */
  readonly kind: 'changed' | 'order' | 'unsealed';
  readonly ids: readonly Range[];
  readonly rows: number;
}

const PAGE = 50;

/**
 * Seals rows anew whose values were erased, within the transaction that does so; their ids are sealed or not yet. The
 * chain itself stays: seals that follow go on with the hashes they followed.
 */
export async function resealErased(transaction: Transaction, ids: readonly number[], erasureId: string): Promise<void> {
  const { dialect } = transaction;
  const last = await transaction.get(statement(`SELECT last_id FROM ${SEAL} ORDER BY id DESC LIMIT 1${LAST[dialect]}`));
  const open = new Set(ids.filter((each) => each <= Number(last?.['last_id'] ?? 0)));
  const id = parameter(dialect, { kind: 'id' });
  const page = statement(
    `SELECT id, ranges, previous_hash FROM ${SEAL} WHERE id > ${id} AND last_id >= ${id} ORDER BY id LIMIT ${PAGE}`,
  );
  let after = '0';
  while (open.size > 0) {
    const seals = await transaction.all(page, [after, String(Math.min(...open))]);
    for (const seal of seals) {
      after = String(seal['id']);
      const ranges = JSON.parse(String(seal['ranges'])) as readonly Range[];
      const covered = [...open].filter((each) => ranges.some(([first, end]) => each >= first && each <= end));
      if (covered.length === 0) continue;
      for (const each of covered) open.delete(each);
      const hash = hashOf(String(seal['previous_hash']), await rowsIn(transaction, ranges, null));
      await transaction.run(statement(`DELETE FROM ${RESEAL} WHERE seal_id = ${id}`), [after]);
      await transaction.run(statement(`INSERT INTO ${RESEAL} (seal_id, erasure_id, hash) VALUES (?, ?, ?)`), [
        after,
        erasureId,
        hash,
      ]);
    }
    if (seals.length < PAGE) return;
  }
}

/** Reads the whole history against its seals, in portions. Answers what is not as it was sealed. */
export async function examineHistory(reader: Reader): Promise<readonly BrokenSeal[]> {
  const broken: BrokenSeal[] = [];
  const id = parameter(reader.dialect, { kind: 'id' });
  const page = statement(
    `SELECT s.id, s.last_id, s.row_count, s.ranges, s.gaps, s.previous_hash, s.hash, n.hash AS resealed ` +
      `FROM ${SEAL} s LEFT JOIN ${RESEAL} n ON n.seal_id = s.id WHERE s.id > ${id} ORDER BY s.id LIMIT ${PAGE}`,
  );
  let previous = ORIGIN;
  let after = '0';
  let count = 0;
  for (;;) {
    const seals = await reader.all(page, [after]);
    for (const row of seals) {
      const ranges = JSON.parse(String(row['ranges'])) as readonly Range[];
      const rows = await rowsIn(reader, ranges, null);
      const expected = Number(row['row_count']);
      if (String(row['previous_hash']) !== previous.hash) broken.push({ kind: 'order', ids: ranges, rows: expected });
      const isSame =
        rows.length === expected && hashOf(String(row['previous_hash']), rows) === (row['resealed'] ?? row['hash']);
      if (!isSame) broken.push({ kind: 'changed', ids: ranges, rows: expected });
      count += rows.length;
      previous = sealFrom(row);
      after = String(row['id']);
    }
    if (seals.length < PAGE) break;
  }
  const foreign = (await countBelow(reader, previous)) - count;
  if (foreign > 0) broken.push({ kind: 'unsealed', ids: [[1, previous.lastId]], rows: foreign });
  return broken;
}

/** Rows up to the last sealed one that are no longer waited for. */
async function countBelow(reader: Reader, { lastId, gaps }: Seal): Promise<number> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const waiting = gaps.map(() => ` AND NOT (id BETWEEN ${id} AND ${id})`).join('');
  const bindings = [lastId, ...gaps.flatMap(({ ids }) => ids)].map(String);
  const text = `SELECT COUNT(*) FROM ${HISTORY} WHERE id <= ${id}${waiting}`;
  const [row] = await reader.tuples(statement(text), bindings);
  return Number(row?.[0] ?? 0);
}
