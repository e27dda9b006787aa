import { createHash } from 'node:crypto';
import { storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import type { Database } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RateLimiter } from './rate-limit.ts';

/** Failed tries within the window before an account, or an address, must wait. */
const ACCOUNT_FAILURES_MAX = 10;
const ADDRESS_FAILURES_MAX = 50;
const WINDOW_MS = 15 * 60_000;

const COUNT_BY_ACCOUNT = statement(
  `SELECT COUNT(*) AS failures FROM ${table('sign_in_attempts')} WHERE account = ? AND at > ? AND succeeded = 0`,
);
const COUNT_BY_ADDRESS = statement(
  `SELECT COUNT(*) AS failures FROM ${table('sign_in_attempts')} WHERE ip = ? AND at > ? AND succeeded = 0`,
);
const INSERT = statement(`INSERT INTO ${table('sign_in_attempts')} (account, ip, succeeded, at) VALUES (?, ?, 0, ?)`);
const REMOVE_OLD = statement(`DELETE FROM ${table('sign_in_attempts')} WHERE at < ?`);

/**
 * Keeps guessing of passwords slow: one try a second for each account (R-B7), and after many failures within a quarter
 * of an hour none for a while. Failures are rows of the catalog, so they count over restarts and processes, for
 * accounts that exist and for those that do not (promise I6).
 */
export class SignInGuard {
  readonly #catalog: Database;
  readonly #perSecond: RateLimiter | null;

  /** @param perSecond null when the operator switched limits off */
  constructor(catalog: Database, perSecond: RateLimiter | null) {
    this.#catalog = catalog;
    this.#perSecond = perSecond;
  }

  /** Throws `too-many-requests` when this try must wait. */
  async admit(email: string, address: string): Promise<void> {
    await this.#perSecond?.demand(`${accountKey(email)} ${address}`);
    const since = storedInstant(Date.now() - WINDOW_MS);
    const byAccount = await this.#catalog.get(COUNT_BY_ACCOUNT, [accountKey(email), since]);
    const byAddress = await this.#catalog.get(COUNT_BY_ADDRESS, [address, since]);
    if (
      Number(byAccount?.['failures'] ?? 0) < ACCOUNT_FAILURES_MAX &&
      Number(byAddress?.['failures'] ?? 0) < ADDRESS_FAILURES_MAX
    ) {
      return;
    }
    const seconds = String(WINDOW_MS / 1000);
    throw refuse('too-many-requests', { parameters: { seconds }, headers: { 'Retry-After': seconds } });
  }

  async noteFailure(email: string, address: string): Promise<void> {
    const now = Date.now();
    await this.#catalog.transaction(async (transaction) => {
      await transaction.run(INSERT, [accountKey(email), address, storedInstant(now)]);
      await transaction.run(REMOVE_OLD, [storedInstant(now - WINDOW_MS)]);
    });
  }
}

/** The table need not hold what people type, which may be a password in the wrong box. */
function accountKey(email: string): string {
  return createHash('sha256').update(email).digest('hex');
}
