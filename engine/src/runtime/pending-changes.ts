import { storedInstant } from '../base/clock.ts';
import type { Database, Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';

/**
 * Changes that take steps in a company's database and in the catalog. The row is written before the first step and
 * closed by the transaction that is the last one, so what a killed process left open is found and taken up again.
 */
export interface PendingChange {
  readonly id: string;
  readonly companyId: string;
  readonly kind: 'activate' | 'upgrade' | 'publish';
  /** The module that was asked for; the plan that is published; '' for an upgrade. */
  readonly subject: string;
  readonly payload: ChangePayload;
  readonly attempts: number;
}

export interface ChangePayload {
  /** Modules to mark active. */
  readonly modules: readonly string[];
  readonly configurations: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly actorName: string;
}

const INSERT = statement(`
  INSERT INTO ${table('changes')}
    (company_id, kind, subject, state, payload, actor_id, attempts, created_at, updated_at)
  VALUES (?, ?, ?, 'pending', ?, ?, 0, ?, ?)`);
const LIST_OF_COMPANY = statement(`
  SELECT id, company_id, kind, subject, payload, attempts FROM ${table('changes')}
  WHERE company_id = ? AND state = 'pending' ORDER BY id`);
const LIST_COMPANIES = statement(`SELECT DISTINCT company_id FROM ${table('changes')} WHERE state = 'pending'`);
const COUNT_ATTEMPT = statement(`UPDATE ${table('changes')} SET attempts = attempts + 1, updated_at = ? WHERE id = ?`);
const CLOSE = statement(
  `UPDATE ${table('changes')} SET state = ?, fault = ?, updated_at = ?, finished_at = ? WHERE id = ?`,
);

export type NewChange = Pick<PendingChange, 'companyId' | 'kind' | 'subject' | 'payload'> & {
  /** Null when the engine itself wants it. */
  readonly actorId: string | null;
};

export async function beginChange(catalog: Database, change: NewChange): Promise<PendingChange> {
  const now = storedInstant(Date.now());
  const { companyId, kind, subject, payload, actorId } = change;
  const bindings = [companyId, kind, subject, JSON.stringify(payload), actorId, now, now];
  const { lastId } = await catalog.transaction(async (transaction) => transaction.run(INSERT, bindings));
  return { id: lastId, companyId, kind, subject, payload, attempts: 0 };
}

/** What was begun for a company and not ended, the oldest first. */
export async function openChanges(reader: Reader, companyId: string): Promise<readonly PendingChange[]> {
  const rows = await reader.all(LIST_OF_COMPANY, [companyId]);
  return rows.map((row) => ({
    id: String(row['id']),
    companyId: String(row['company_id']),
    kind: row['kind'] as PendingChange['kind'],
    subject: String(row['subject']),
    payload: JSON.parse(String(row['payload'])) as ChangePayload,
    attempts: Number(row['attempts']),
  }));
}

/** Ids of the companies that have open changes. */
export async function companiesWithOpenChanges(reader: Reader): Promise<readonly string[]> {
  return (await reader.all(LIST_COMPANIES)).map((row) => String(row['company_id']));
}

export async function countAttempt(catalog: Database, id: string): Promise<void> {
  await catalog.transaction(async (transaction) => transaction.run(COUNT_ATTEMPT, [storedInstant(Date.now()), id]));
}

/** @param fault why it failed, for the operator; null when it is done */
export async function closeChange(writer: Session, id: string, fault: string | null): Promise<void> {
  const now = storedInstant(Date.now());
  await writer.run(CLOSE, [fault === null ? 'done' : 'failed', fault, now, now, id]);
}
