import type { Model } from '../compiler/model.ts';
import type { Finding } from '../ledger/doctor.ts';
import { examineHistory } from '../records/history-chain.ts';
import type { BrokenSeal } from '../records/history-chain.ts';
import type { Database } from '../storage/database.ts';
import { planSchema } from '../storage/schema/plan.ts';
import { quoted, statement, table } from '../storage/statement.ts';

/** Checks the promises about records and tables on live data: their history (B8, C3) and their tables (M2). */
export async function examineRecords(database: Database, model: Model): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const entity of model.entities.values()) {
    if (entity.owner !== null) continue;
    const text =
      `SELECT COUNT(*) FROM ${table(entity.table)} r WHERE NOT EXISTS (SELECT 1 FROM ${table('rk_history')} h ` +
      `WHERE h.entity = ? AND h.record_id = r.${quoted('id')} AND h.version = r.${quoted('version')})`;
    const [row] = await database.tuples(statement(text), [entity.name]);
    const count = Number(row?.[0] ?? 0);
    if (count > 0) {
      const message = `${count} records without the history row of their version`;
      findings.push({ promise: 'B8', subject: entity.name, message });
    }
  }
  for (const broken of await examineHistory(database)) {
    findings.push({ promise: 'B8', subject: 'history', message: sentenceOf(broken) });
  }
  const { steps, blocked } = await planSchema(database, model.tables);
  for (const { description } of steps) findings.push({ promise: 'M2', subject: 'tables', message: description });
  for (const { table: name, reason } of blocked) findings.push({ promise: 'M2', subject: name, message: reason });
  return findings;
}

function sentenceOf({ kind, ids, rows }: BrokenSeal): string {
  const shown = ids.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(', ');
  switch (kind) {
    case 'changed':
      return `the changes ${shown} are not the ${rows} that were sealed`;
    case 'order':
      return `the seal of the changes ${shown} does not follow the seal before it`;
    case 'unsealed':
      return `${rows} changes among ${shown} were added after their time was sealed`;
  }
}
