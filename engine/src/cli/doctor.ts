import { examineBooks } from '../ledger/doctor.ts';
import { unsettledCosts } from '../ledger/valuation/recost-queue.ts';
import { readingFrom } from '../records/write-unit.ts';
import { examineRecords } from '../runtime/doctor.ts';
import { listCompanies } from '../runtime/company-entries.ts';
import { recordContext } from '../runtime/company.ts';
import { command } from './command.ts';
import { demandCompany, withEngine } from './open.ts';

/** Keys with unsettled costs that are named at most. */
const UNSETTLED_MAX = 20;

/** Proves the promises about the books on live data, company by company, and names whatever breaks one. */
export function doctor(slug: string | null): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const entries = slug === null ? await listCompanies(engine.server.catalog) : [await demandCompany(engine, slug)];
      for (const entry of entries) {
        const company = await engine.companies.open(entry);
        const context = recordContext(company, {
          kind: 'system',
          id: 'doctor',
          name: 'doctor',
          roles: [],
          locale: 'en',
        });
        const from = readingFrom(context, context.database);
        const findings = [...(await examineBooks(from)), ...(await examineRecords(company.database, company.model))];
        for (const { promise, subject, message } of findings) {
          process.stdout.write(`${entry.slug}: ${promise} ${subject}: ${message}\n`);
        }
        // Neither breaks a promise: stock and accounts agree, only how costs are spread may still change.
        for (const { ledger, key, date, state, note } of await unsettledCosts(from.reader, UNSETTLED_MAX)) {
          const what =
            state === 'waiting' ? 'wait to be found anew' : `lead in a circle and were stopped (${note ?? ''})`;
          process.stdout.write(`${entry.slug}: ${ledger} ${key}: costs from ${date} on ${what}\n`);
        }
        if (findings.length === 0) process.stdout.write(`${entry.slug}: sound\n`);
        else process.exitCode = 1;
      }
    }),
  );
}
