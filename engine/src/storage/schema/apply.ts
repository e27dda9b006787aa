import type { Database, Dialect, Session } from '../database.ts';
import { StorageError } from '../fault.ts';
import { withLock } from '../lock.ts';
import { statement } from '../statement.ts';
import type { BlockedChange } from './change.ts';
import type { Finding } from './findings.ts';
import { Journal } from './journal.ts';
import { SCHEMA_LOCK } from './migrate.ts';
import { planSchema } from './plan.ts';
import type { SchemaPlan } from './plan.ts';
import type { Undo } from './step.ts';
import type { WantedTable } from './wanted.ts';

/** A plan that would lose data, or that the data stands against. Nothing was changed. */
export class SchemaRefusal extends Error {
  readonly blocked: readonly BlockedChange[];
  readonly findings: readonly Finding[];

  constructor({ blocked, findings }: SchemaPlan) {
    super('The tables cannot become what the model wants without losing data.');
    this.name = 'SchemaRefusal';
    this.blocked = blocked;
    this.findings = findings;
  }
}

async function runAll(session: Session, texts: readonly string[]): Promise<void> {
  for (const text of texts) await session.run(statement(text));
}

/** For what follows a failure: the first error tells more than that a broken connection is broken here too. */
async function runIfPossible(session: Session, text: string): Promise<void> {
  try {
    await session.run(statement(text));
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
}

/** What frames a plan on each database. */
interface Frame {
  readonly begin: readonly string[];
  readonly commit: readonly string[];
  readonly rollback: readonly string[];
}

/**
 * SQLite makes the whole plan in one transaction, with foreign keys off, as copying a table requires. MySQL commits
 * each statement; there foreign keys go unchecked on this one connection, so that tables may be created in any order
 * and a key is added without copying its table. `findObstacles` has looked for what the check would find.
 */
const FRAMES: Readonly<Record<Dialect, Frame>> = {
  sqlite: {
    begin: ['PRAGMA foreign_keys = OFF', 'BEGIN IMMEDIATE'],
    commit: ['COMMIT', 'PRAGMA foreign_keys = ON'],
    rollback: ['ROLLBACK', 'PRAGMA foreign_keys = ON'],
  },
  mysql: {
    begin: ['SET SESSION foreign_key_checks = 0'],
    commit: ['SET SESSION foreign_key_checks = 1'],
    rollback: ['SET SESSION foreign_key_checks = 1'],
  },
};

async function framed<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const frame = FRAMES[session.dialect];
  await runAll(session, frame.begin);
  try {
    const value = await work();
    await runAll(session, frame.commit);
    return value;
  } catch (error) {
    for (const text of frame.rollback) await runIfPossible(session, text);
    throw error;
  }
}

/** One at a time in a database, over all processes, on a connection of its own. */
function alone<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  return withLock(database, SCHEMA_LOCK, () => database.session((session) => framed(session, () => work(session))));
}

/**
 * Makes a database what is wanted, and answers the plan it carried out; one without steps when nothing was to do.
 *
 * `change` names the change in the journal. After a failure or a kill at any moment, calling this again with the same
 * tables goes on where it stopped; calling it with the former tables, or `undoSchema`, goes back. What was made so far
 * does not disturb the former model: tables, columns and indexes come first, and nothing is dropped.
 *
 * Throws SchemaRefusal before anything changes, and StorageError.
 */
export function applySchema(database: Database, wanted: readonly WantedTable[], change: string): Promise<SchemaPlan> {
  return alone(database, async (session) => {
    const plan = await planSchema(session, wanted);
    if (plan.blocked.length + plan.findings.length > 0) throw new SchemaRefusal(plan);
    const journal = new Journal(session, change);
    await journal.plan(plan.steps);
    for (const [place, step] of plan.steps.entries()) {
      await journal.advance(place);
      await runAll(session, step.statements);
    }
    if (plan.steps.length > 0) await journal.advance(plan.steps.length);
    return plan;
  });
}

/** Takes one step back, unless that would lose something; tells whether the step is gone. */
async function takeBack(session: Session, undo: Undo): Promise<boolean> {
  try {
    if (undo.unless !== null && (await session.get(statement(undo.unless))) !== undefined) return false;
    await runAll(session, undo.statements);
  } catch (error) {
    // The journal names a step before it is made: what is not there need not be taken back.
    if (!(error instanceof StorageError) || error.kind !== 'other') throw error;
  }
  return true;
}

/**
 * Takes back what a change made, the latest step first, as long as nobody has put anything into it: a table with rows
 * or a column with values stays. May be repeated after a kill. Throws StorageError.
 */
export function undoSchema(database: Database, change: string): Promise<void> {
  return alone(database, async (session) => {
    const journal = new Journal(session, change);
    for (const { id, undo } of await journal.undoable()) {
      if (await takeBack(session, undo)) await journal.undone(id);
    }
  });
}
