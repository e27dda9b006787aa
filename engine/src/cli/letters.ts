import { waitingLetters } from '../runtime/letters.ts';
import { command } from './command.ts';
import { withEngine } from './open.ts';

/** Prints the letters to people that were not sent, for installations without a mail server. */
export function printLetters(): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      const letters = await waitingLetters(engine.server.catalog, engine.personCipher);
      for (const { receiver, subject, body } of letters) {
        process.stdout.write(`To: ${receiver}\nSubject: ${subject}\n\n${body}\n`);
      }
      if (letters.length === 0) process.stdout.write('No letter waits.\n');
    }),
  );
}
