import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import { StorageError } from './fault.ts';
import { statement } from './statement.ts';

/** How long to wait for somebody else's lock. */
const WAIT_SECONDS_MAX = 10;

const TAKE = statement('SELECT GET_LOCK(?, ?) AS taken');
const GIVE_BACK = statement('SELECT RELEASE_LOCK(?) AS given');

/** Who holds or awaits each lock of a SQLite file: all in this process, which alone may use the file. */
const holders = new WeakMap<Database, Map<string, Promise<unknown>>>();

/** Names of MySQL's locks are the server's, of any length up to 64, so they carry the schema and are hashed. */
function serverLockName(database: Database, name: string): string {
  return `rangka-${createHash('sha256').update(`${database.schema}/${name}`).digest('hex').slice(0, 40)}`;
}

async function withServerLock<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  return database.lockSession(async (session) => {
    const lock = serverLockName(database, name);
    const row = await session.get(TAKE, [lock, WAIT_SECONDS_MAX]);
    if (row?.taken !== 1) throw new StorageError('busy');
    try {
      return await work();
    } finally {
      await session.get(GIVE_BACK, [lock]);
    }
  });
}

async function settled(previous: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new StorageError('busy')), WAIT_SECONDS_MAX * 1000);
  });
  const ended = previous.then(
    () => undefined,
    () => undefined,
  );
  try {
    await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function withProcessLock<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  const locks = holders.get(database) ?? new Map<string, Promise<unknown>>();
  holders.set(database, locks);
  const previous = locks.get(name);
  const mine = (async () => {
    if (previous !== undefined) await settled(previous);
    return work();
  })();
  // Whoever comes next waits for both: giving up on the previous holder does not end its work.
  const both = Promise.allSettled([previous, mine]);
  locks.set(name, both);
  try {
    return await mine;
  } finally {
    void both.then(() => {
      if (locks.get(name) === both) locks.delete(name);
    });
  }
}

/**
 * Runs `work` while nobody else, in any process, runs work under the same name on the same database. It is freed when
 * the process dies. Not for use inside itself. Throws StorageError `busy` after ten seconds of waiting.
 *
 * On MySQL the lock belongs to a connection that `work` does not use: should that connection break, the lock is lost
 * while `work` goes on. So what runs under it is also safe to repeat, step by step.
 */
export function withLock<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  return database.dialect === 'mysql' ? withServerLock(database, name, work) : withProcessLock(database, name, work);
}
