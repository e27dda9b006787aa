import type { Cipher } from '../access/encryption.ts';
import { storedInstant } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Database, Dialect, Session } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import type { Mailer } from './mail.ts';

/** A letter to a person about their account. */
export interface AccountLetter {
  readonly receiver: string;
  readonly subject: string;
  readonly body: string;
  /** After so long nobody can use what it says. */
  readonly minutes: number;
}

/** A letter that waits to be sent, as an operator without a mail server reads it. */
export interface WaitingLetter {
  readonly receiver: string;
  readonly subject: string;
  readonly body: string;
}

const LETTER = table('letters');
const INSERT = statement(
  `INSERT INTO ${LETTER} (receiver, subject, body, created_at, expires_at, attempts, next_attempt_at) ` +
    'VALUES (?, ?, ?, ?, ?, 0, ?)',
);
const take = (lock: string): ReturnType<typeof statement> =>
  statement(
    `SELECT id, receiver, subject, body, attempts FROM ${LETTER} WHERE next_attempt_at <= ? ORDER BY id LIMIT 20${lock}`,
  );
const TAKE: Readonly<Record<Dialect, ReturnType<typeof statement>>> = {
  sqlite: take(''),
  mysql: take(' FOR UPDATE SKIP LOCKED'),
};
const LIST = statement(`SELECT receiver, subject, body FROM ${LETTER} WHERE expires_at > ? ORDER BY id DESC LIMIT 50`);
const REMOVE_OLD = statement(`DELETE FROM ${LETTER} WHERE expires_at <= ?`);

/** Whoever took a letter has so long to send it before others try. */
const LEASE_MS = 60_000;
const PAUSE_MS = 30_000;
const TICK_MS = 10_000;

/** Puts a letter up, in the transaction that causes it. Its text is encrypted until it is sent. */
export async function putUpLetter(writer: Session, letter: AccountLetter, cipher: Cipher): Promise<void> {
  const now = Date.now();
  await writer.run(INSERT, [
    letter.receiver,
    letter.subject,
    cipher.encrypt(letter.body),
    storedInstant(now),
    storedInstant(now + letter.minutes * 60_000),
    storedInstant(now),
  ]);
}

/** Letters that were not sent yet, the latest first. */
export async function waitingLetters(catalog: Database, cipher: Cipher): Promise<readonly WaitingLetter[]> {
  const rows = await catalog.all(LIST, [storedInstant(Date.now())]);
  return rows.map((row) => ({
    receiver: String(row['receiver']),
    subject: String(row['subject']),
    body: cipher.decrypt(String(row['body'])),
  }));
}

/**
 * Sends the letters of the catalog (promise C7): at least once, and again and again until nobody can use what they say.
 * Without a mail server they wait. Nothing here keeps a closing process alive.
 */
export class Letters {
  readonly #catalog: Database;
  readonly #cipher: Cipher;
  readonly #mailer: Mailer | null;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  #isWanted = false;

  /** @param mailer null when no mail server is set */
  constructor(catalog: Database, cipher: Cipher, mailer: Mailer | null, log: Log) {
    this.#catalog = catalog;
    this.#cipher = cipher;
    this.#mailer = mailer;
    this.#log = log;
    this.#timer = setInterval(() => void this.send(), TICK_MS).unref();
  }

  /** Puts a letter up; it leaves a moment after the commit. */
  async put(writer: Session, letter: AccountLetter): Promise<void> {
    await putUpLetter(writer, letter, this.#cipher);
    setTimeout(() => void this.send(), 10).unref();
  }

  /** Sends what is due, also what was put up while others were being sent. */
  send(): Promise<void> {
    this.#isWanted = true;
    return (this.#running ??= this.#sendWanted().finally(() => {
      this.#running = null;
    }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #sendWanted(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#sendDue();
    }
  }

  async #sendDue(): Promise<void> {
    try {
      const due = await this.#take();
      for (const letter of due) await this.#sendOne(letter);
    } catch (error) {
      this.#log.warn({ err: error }, 'Letters to people wait');
    }
  }

  /** Takes letters that are due; while they are ours nobody else sends them. */
  #take(): Promise<readonly Taken[]> {
    return this.#catalog.transaction(async (transaction) => {
      const now = Date.now();
      await transaction.run(REMOVE_OLD, [storedInstant(now)]);
      if (this.#mailer === null) return [];
      const { dialect } = transaction;
      const rows = await transaction.all(TAKE[dialect], [storedInstant(now)]);
      const id = parameter(dialect, { kind: 'id' });
      const lease = statement(`UPDATE ${LETTER} SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ${id}`);
      for (const row of rows) await transaction.run(lease, [storedInstant(now + LEASE_MS), String(row['id'])]);
      return rows.map((row) => ({
        id: String(row['id']),
        receiver: String(row['receiver']),
        subject: String(row['subject']),
        body: String(row['body']),
      }));
    });
  }

  async #sendOne({ id, receiver, subject, body }: Taken): Promise<void> {
    const same = parameter(this.#catalog.dialect, { kind: 'id' });
    try {
      const letter = { to: receiver, subject, body: this.#cipher.decrypt(body), delivery: `account-${id}` };
      await this.#mailer?.send({ ...letter, attachments: [] });
      const remove = statement(`DELETE FROM ${LETTER} WHERE id = ${same}`);
      await this.#catalog.transaction((transaction) => Promise.resolve(transaction.run(remove, [id])));
    } catch (error) {
      this.#log.warn({ err: error }, 'A letter could not be sent');
      const later = statement(`UPDATE ${LETTER} SET next_attempt_at = ? WHERE id = ${same}`);
      const at = storedInstant(Date.now() + PAUSE_MS);
      await this.#catalog.transaction((transaction) => Promise.resolve(transaction.run(later, [at, id])));
    }
  }
}

interface Taken extends WaitingLetter {
  readonly id: string;
}
