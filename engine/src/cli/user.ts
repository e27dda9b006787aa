import { addMember, findPersonByEmail } from '../access/members.ts';
import { hashPassword } from '../access/password.ts';
import { addPerson, changePassword, normalEmail } from '../access/people.ts';
import { endOtherSessions } from '../access/sessions.ts';
import { randomSecret } from '../base/ids.ts';
import type { Engine } from '../runtime/engine.ts';
import { demandCompany, withEngine } from './open.ts';
import { command, CommandFault } from './command.ts';

const PASSWORD_LENGTH = 20;

function madeUpPassword(): string {
  return randomSecret().slice(0, PASSWORD_LENGTH);
}

/** Adds a person, and makes them a member of a company if one is named. */
export function createUser(email: string, name: string, company: string | null, role: string): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const entry = company === null ? null : await demandCompany(engine, company);
      const { catalog } = engine.server;
      if ((await findPersonByEmail(catalog, normalEmail(email))) !== null) {
        throw new CommandFault(`${email} has an account already.`);
      }
      const password = madeUpPassword();
      const passwordHash = await hashPassword(password);
      await catalog.transaction(async (transaction) => {
        const person = {
          name,
          email,
          passwordHash,
          businessTypeId: null,
          companyName: null,
          phone: null,
          address: null,
        };
        const id = await addPerson(transaction, person, engine.personCipher);
        if (entry !== null) await addMember(transaction, entry.id, id, [role]);
      });
      process.stdout.write(`${password}\n`);
    }),
  );
}

/** Prints a new password and ends all sessions of the person. */
export function resetPassword(email: string): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const id = await demandPerson(engine, email);
      const password = madeUpPassword();
      const passwordHash = await hashPassword(password);
      await engine.server.catalog.transaction(async (transaction) => {
        await changePassword(transaction, id, passwordHash);
        await endOtherSessions(transaction, id, '');
      });
      await engine.identities.forget();
      process.stdout.write(`${password}\n`);
    }),
  );
}

/** The id of the person with an e-mail address. Throws CommandFault. */
export async function demandPerson(engine: Engine, email: string): Promise<string> {
  const id = await findPersonByEmail(engine.server.catalog, normalEmail(email));
  if (id === null) throw new CommandFault(`Nobody has the e-mail address ${email}.`);
  return id;
}
