import type { Model } from '../compiler/model.ts';
import type { Row } from '../expression/evaluation.ts';
import type { Awaitable, Database, Reader, Transaction } from '../storage/database.ts';

/** Keeps the values of encrypted fields unreadable at rest; access/ holds the keys. */
export interface FieldCipher {
  encrypt(text: string): string;
  /** Throws when the text was not made by `encrypt` with a key that is still known. */
  decrypt(text: string): string;
}

/** What every operation on records has at hand: one company at one moment. */
export interface RecordContext {
  readonly database: Database;
  readonly model: Model;
  /** The company's date, `YYYY-MM-DD`, and the instant, RFC 3339 in UTC with milliseconds. Fixed per operation. */
  readonly today: string;
  readonly now: string;
  /** What expressions may read beside records. */
  readonly globals: { readonly user: Row; readonly company: Row; readonly settings: Row };
  readonly cipher: FieldCipher;
  /**
   * Runs in the transaction of a write, last before its commit, with the answer that the caller will get. What it
   * throws undoes the write. It may run more than once, when contention reruns the transaction.
   */
  readonly beforeCommit?: (transaction: Transaction, answer: unknown) => Awaitable<void>;
}

/** Where an operation reads: the database, or the transaction that it is a part of. */
export type ReadFrom = Pick<RecordContext, 'globals' | 'today' | 'now' | 'cipher' | 'model'> & {
  readonly reader: Reader;
};
