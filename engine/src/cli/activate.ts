import { demandCompany, withEngine } from './open.ts';
import { command } from './command.ts';

/** Activates a module as the operator. */
export function activate(companySlug: string, moduleSlug: string): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const entry = await demandCompany(engine, companySlug);
      await engine.companies.open(entry);
      const actor = { kind: 'system', id: 'command-line', name: 'command line', roles: [], locale: 'en' } as const;
      const activated = await engine.changes.activate(entry, moduleSlug, null, actor);
      process.stdout.write(
        activated.length === 0 ? 'It was active already.\n' : `Activated: ${activated.join(', ')}\n`,
      );
    }),
  );
}
