import type { Actor } from '../metamodel/operation.ts';
import type { Transaction } from '../storage/database.ts';
import type { ReadFrom, RecordContext } from './context.ts';
import type { NewRecordNotes } from './new-record-notes.ts';
import { addToCounts, withShard } from './counts.ts';
import { forgetWritten } from './remembered.ts';
import { tellWritten } from './written-signal.ts';

/** Writes that commit together: one operation, or all operations of a bulk. */
export interface WriteUnit {
  readonly transaction: Transaction;
  /** Reads inside the transaction. */
  readonly from: ReadFrom;
  /** Records that came and went, by entity; added to the counts at the end. */
  readonly added: Map<string, number>;
  /** Entities whose records were created, changed or deleted. */
  readonly written: Set<string>;
  /** Search words, history and outbox of new records, where many are written together; written last, all at once. */
  readonly later?: NewRecordNotes;
}

/**
 * Runs `work` in one transaction and answers what it answers. The counts come after everything else, since their rows
 * stay locked until the commit; then the context's `beforeCommit`.
 */
export async function writeUnit<T>(context: RecordContext, work: (unit: WriteUnit) => Promise<T>): Promise<T> {
  const { database } = context;
  const written = new Set<string>();
  const answer = await withShard(database.dialect, (shard) =>
    database.transaction(async (transaction) => {
      const unit: WriteUnit = { transaction, from: readingFrom(context, transaction), added: new Map(), written };
      const made = await work(unit);
      await addToCounts(transaction, shard, unit.added);
      await context.beforeCommit?.(transaction, made);
      return made;
    }),
  );
  if (written.size > 0) {
    forgetWritten(database, written);
    tellWritten(database);
  }
  return answer;
}

export function readingFrom(context: RecordContext, reader: ReadFrom['reader']): ReadFrom {
  const { model, globals, today, now, cipher } = context;
  return { model, globals, today, now, cipher, reader };
}

/** How the system columns name who wrote a record. */
export function signatureOf(actor: Actor): string {
  return actor.kind === 'system' ? `system:${actor.id}` : actor.id;
}
