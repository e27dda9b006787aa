import { listCompanies } from '../runtime/company-entries.ts';
import { withEngine } from './open.ts';
import { command } from './command.ts';

/** Brings every company up to date with the shipped modules; those that cannot be are named at the end. */
export function migrateAll(): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      let faults = 0;
      for (const entry of await listCompanies(engine.server.catalog)) {
        try {
          await engine.companies.open(entry);
          process.stdout.write(`${entry.slug}: up to date\n`);
        } catch (error) {
          faults += 1;
          process.stderr.write(`${entry.slug}: ${error instanceof Error ? error.message : String(error)}\n`);
        }
      }
      if (faults > 0) process.exitCode = 1;
    }),
  );
}
