import { describeConfig } from '../config.ts';
import { demandConfig } from './open.ts';
import { command } from './command.ts';

/** Prints one line for each setting. */
export function printConfig(): Promise<void> {
  return command(async () => {
    process.stdout.write(`${describeConfig(demandConfig()).join('\n')}\n`);
  });
}
