import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError } from './fault.ts';

const ATTEMPTS_MAX = 5;
const PAUSE_MS_FIRST = 4;

/**
 * Runs a transaction, and runs it again from its start when contention alone undid it: after 4, 8, 16, 32 ms, each
 * drawn at random between half and all of that, so that those who collided do not collide again. Throws the last
 * StorageError (`busy`) when the attempts are used up, and any other error at once.
 */
export async function rerunning<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StorageError) || !error.rerun || attempts === ATTEMPTS_MAX) throw error;
      await sleep(PAUSE_MS_FIRST * 2 ** (attempts - 1) * (0.5 + Math.random() / 2));
    }
  }
}
