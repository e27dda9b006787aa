import { storedInstant } from '../base/clock.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';

const INSERT = statement(`
  INSERT INTO ${table('activities')} (company_id, actor_kind, actor_id, actor_name, action, subject, detail, at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);

/** What somebody did to a company, for its activity log (R-E6). */
export interface Activity {
  readonly companyId: string;
  readonly actor: Actor;
  /** For example `module.activate`. */
  readonly action: string;
  /** What it was done to, for example a module's slug. */
  readonly subject: string;
  readonly detail?: unknown;
}

/** Notes an activity in the transaction of what it tells of. */
export async function noteActivity(writer: Session, activity: Activity): Promise<void> {
  const { companyId, actor, action, subject, detail } = activity;
  await writer.run(INSERT, [
    companyId,
    actor.kind,
    actor.id,
    actor.name,
    action,
    subject,
    detail === undefined ? null : JSON.stringify(detail),
    storedInstant(Date.now()),
  ]);
}
