import { openSqlite } from './sqlite-driver.ts';
import { StorageError } from './fault.ts';

const LOCK_FILE = 'lock.sqlite';

/** A data folder that another process works on. The message is for the person who starts the program. */
export class FolderInUseError extends Error {
  constructor(folder: string, holder: string) {
    super(
      `The data folder ${folder} is in use by process ${holder}. ` +
        'Stop that process first, or choose another folder with RANGKA_DATA.',
    );
    this.name = 'FolderInUseError';
  }
}

/**
 * Claims a data folder for this process, until the answered function is called or the process ends. The claim is a
 * lock on a file that the operating system drops with the process, so a killed one leaves nothing to clean up and no
 * process number has to be trusted. Throws FolderInUseError.
 */
export function claimFolder(folder: string): () => void {
  const handle = openSqlite(`${folder}/${LOCK_FILE}`);
  try {
    handle.exec('PRAGMA busy_timeout = 0');
    handle.exec('CREATE TABLE IF NOT EXISTS holder (process INTEGER)');
    handle.exec(`BEGIN IMMEDIATE; DELETE FROM holder; INSERT INTO holder VALUES (${process.pid}); COMMIT`);
    handle.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const holder = currentHolder(folder);
    handle.close();
    if (holder === undefined) throw new StorageError('unavailable', { cause: error });
    throw new FolderInUseError(folder, holder);
  }
  return () => {
    if (handle.isOpen) handle.close();
  };
}

/** A reserved lock keeps writers out and lets readers in, so the holder's process number can be read. */
function currentHolder(folder: string): string | undefined {
  const handle = openSqlite(`${folder}/${LOCK_FILE}`);
  try {
    const row = handle.prepare('SELECT process FROM holder').get() as { process: number } | undefined;
    return row === undefined ? undefined : String(row.process);
  } catch {
    return undefined;
  } finally {
    handle.close();
  }
}
