import type { Automation } from '../compiler/workflow-model.ts';
import { latestDue, parseCron } from '../compiler/cron.ts';
import { conditionToSql } from '../expression/sql/index.ts';
import type { SqlExpression } from '../expression/sql/index.ts';
import { readingFrom } from '../records/write-unit.ts';
import { PathJoins } from '../records/path-joins.ts';
import type { RecordContext } from '../records/context.ts';
import { SCHEDULE_TOPIC, SCHEDULED_RECORD_TOPIC, schedulesOf } from '../workflow/events.ts';
import { partsOf } from '../expression/parts.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { Database, Dialect } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import { recordContext } from './company.ts';
import type { CompanyRuntime } from './company.ts';
import { addRow, rewrite } from './outbox-queue.ts';
import type { OutboxRow } from './outbox-queue.ts';

/** Records that one transaction gives a row in the outbox. */
const PORTION = 200;

const SCHEDULE = table('rk_schedule');
const FIND = statement(`SELECT automation, last_due FROM ${SCHEDULE}`);
const INSERT = statement(`INSERT INTO ${SCHEDULE} (automation, last_due) VALUES (?, ?)`);
const MOVE_ON = statement(`UPDATE ${SCHEDULE} SET last_due = ? WHERE automation = ? AND last_due < ?`);

/** The wall clock of a time zone, `YYYY-MM-DD HH:MM`. The Swedish way of writing is that of ISO 8601. */
export function wallClock(timezone: string, milliseconds: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(milliseconds);
}

/** The last moments of a company's schedules, as this process knows them. */
export type KnownDue = Map<string, string>;

/**
 * Puts schedules that have come up into the outbox. The moment is written down in the same transaction and only ever
 * moves on: neither several processes nor a clock that jumps back make it come twice. What was missed while nobody
 * served comes once; a schedule that is new waits for its first moment. Answers whether any has come up.
 */
export async function putUpDue(company: CompanyRuntime, known: KnownDue, now: number): Promise<boolean> {
  const { database, model, entry } = company;
  const schedules = schedulesOf(model);
  if (schedules.size === 0) return false;
  const clock = wallClock(entry.timezone, now);
  let hasNew = false;
  for (const automation of schedules.values()) {
    const due = dueAt(automation, clock);
    if (due === null || (known.get(automation.name) ?? '') >= due) continue;
    if (!known.has(automation.name)) await learn(database, known);
    const last = known.get(automation.name);
    if (last === undefined) await begin(database, automation.name, due);
    else if (last < due && (await moveOn(database, automation.name, due))) hasNew = true;
    known.set(automation.name, due);
  }
  return hasNew;
}

function dueAt({ on }: Automation, clock: string): string | null {
  return on.kind === 'schedule' ? latestDue(parseCron(on.cron), clock) : null;
}

async function learn(database: Database, known: KnownDue): Promise<void> {
  for (const [automation, due] of await database.tuples(FIND)) known.set(String(automation), String(due));
}

async function begin(database: Database, automation: string, due: string): Promise<void> {
  try {
    await database.transaction(async (transaction) => {
      await transaction.run(INSERT, [automation, due]);
    });
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'unique') throw error;
  }
}

function moveOn(database: Database, automation: string, due: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const { changes } = await transaction.run(MOVE_ON, [due, automation, due]);
    if (changes === 0) return false;
    await addRow(transaction, SCHEDULE_TOPIC, { automation, due, after: '0' });
    return true;
  });
}

/**
 * Gives each record that a schedule is for a row of its own, portion by portion; each portion is written down with
 * the rows, so that a killed process goes on where it was. Answers when all have theirs.
 */
export async function spreadOut(company: CompanyRuntime, row: OutboxRow): Promise<void> {
  const { automation: name, due } = JSON.parse(row.payload) as { automation: string; due: string };
  let { after } = JSON.parse(row.payload) as { after: string };
  const automation = schedulesOf(company.model).get(name);
  if (automation === undefined) return;
  const { locale } = company.entry;
  const context = recordContext(company, { kind: 'system', id: 'schedule', name: 'schedule', roles: [], locale });
  for (;;) {
    const ids = await idsAfter(context, automation, after);
    const last = ids.at(-1);
    if (last === undefined) return;
    await company.database.transaction(async (transaction) => {
      for (const id of ids) {
        await addRow(transaction, SCHEDULED_RECORD_TOPIC, { entity: automation.entity.name, id, automation: name });
      }
      await rewrite(transaction, row, { automation: name, due, after: last });
    });
    after = last;
    if (ids.length < PORTION) return;
  }
}

/** The next records that a schedule may be for; its condition is asked once more when their turn comes. */
async function idsAfter(context: RecordContext, automation: Automation, after: string): Promise<readonly string[]> {
  const { reader, ...from } = readingFrom(context, context.database);
  const { entity } = automation;
  const joins = new PathJoins(entity, 't', reader.dialect);
  const where = conditionOf(automation, joins, reader.dialect);
  const text =
    `SELECT t.${quoted('id')} FROM ${table(entity.table)} t${joins.text} ` +
    `WHERE t.${quoted('id')} > ${parameter(reader.dialect, { kind: 'id' })}${where === null ? '' : ` AND (${where.sql})`} ` +
    `ORDER BY t.${quoted('id')} LIMIT ${PORTION}`;
  const bindings = where === null ? [after] : [after, ...where.bindings(from)];
  return (await reader.tuples(statement(text), bindings)).map(([id]) => String(id));
}

/** The condition as SQL, so that the work does not grow with the table; null where only the engine can ask it. */
function conditionOf({ when }: Automation, joins: PathJoins, dialect: Dialect): SqlExpression | null {
  if (when === null || !isPlain(when)) return null;
  return conditionToSql(when, dialect, {
    column(_frame, path) {
      const { sql, column } = joins.follow(path.map((step) => step.field));
      return { sql, type: column.type };
    },
    rows() {
      throw new Error('A condition with aggregates is not asked of the database.');
    },
  });
}

const ASKED_BY_ENGINE: ReadonlySet<TypedExpression['node']> = new Set([
  'aggregate',
  'find',
  'pick',
  'balance',
  'moved',
  'local',
]);

function isPlain(expression: TypedExpression): boolean {
  return !ASKED_BY_ENGINE.has(expression.node) && readsColumns(expression) && partsOf(expression).every(isPlain);
}

/** Encrypted fields, rows and what is computed when read have no column that could be compared. */
function readsColumns(expression: TypedExpression): boolean {
  return expression.node !== 'path' || expression.path.every(({ kind }) => kind !== 'rows');
}
