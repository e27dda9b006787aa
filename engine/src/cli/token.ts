import { isAbility } from '../access/abilities.ts';
import { issueToken, TOKEN_DAYS_MAX } from '../access/tokens.ts';
import { demandCompany, withEngine } from './open.ts';
import { command, CommandFault } from './command.ts';
import { demandPerson } from './user.ts';

interface TokenChoices {
  readonly name: string;
  /** Separated by commas. */
  readonly abilities: string;
  readonly days: string;
}

/** Makes a token and prints its secret. */
export function createToken(email: string, company: string, { name, abilities, days }: TokenChoices): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const listed = abilities.split(',').map((ability) => ability.trim());
      const wrong = listed.find((ability) => !isAbility(ability));
      if (wrong !== undefined) {
        throw new CommandFault(
          `“${wrong}” is not an ability: write *, records:read, records:write or entity.name:read.`,
        );
      }
      const count = /^\d{1,4}$/.test(days) ? Number(days) : 0;
      if (count < 1 || count > TOKEN_DAYS_MAX)
        throw new CommandFault(`--days takes a number from 1 to ${TOKEN_DAYS_MAX}.`);
      const userId = await demandPerson(engine, email);
      const { id: companyId } = await demandCompany(engine, company);
      const wish = { userId, companyId, name, abilities: listed, days: count };
      const { secret } = await engine.server.catalog.transaction((transaction) => issueToken(transaction, wish));
      process.stdout.write(`${secret}\n`);
    }),
  );
}
