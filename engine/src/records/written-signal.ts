import type { Database } from '../storage/database.ts';

const listeners = new WeakMap<Database, Set<() => void>>();

/** Calls `listener` after each commit of records to a database, once however often it was given. */
export function onWritten(database: Database, listener: () => void): void {
  const known = listeners.get(database);
  if (known === undefined) listeners.set(database, new Set([listener]));
  else known.add(listener);
}

/** Tells that records of a database were written, and the outbox has rows. */
export function tellWritten(database: Database): void {
  for (const listener of listeners.get(database) ?? []) listener();
}
