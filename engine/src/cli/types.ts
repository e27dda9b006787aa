import { writeFile } from 'node:fs/promises';
import { ALL_ABILITIES } from '../access/abilities.ts';
import { ADMIN_ROLE } from '../access/member.ts';
import { describedTo } from '../api/description/described-company.ts';
import { typeScript } from '../api/description/typescript.ts';
import { command } from './command.ts';
import { demandCompany, withEngine } from './open.ts';

/** Writes the TypeScript types and the client of a company's records, as its admins see them. */
export function writeTypes(slug: string, output: string | null): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const { model } = await engine.companies.open(await demandCompany(engine, slug));
      const actor = { kind: 'system', id: 'types', name: 'types', roles: [ADMIN_ROLE], locale: 'en' } as const;
      const text = await typeScript(describedTo(actor, [ALL_ABILITIES], model));
      if (output === null) process.stdout.write(text);
      else await writeFile(output, text);
    }),
  );
}
