import { hash, verify } from '@node-rs/argon2';

export const PASSWORD_LENGTH_MIN = 8;
/** Longer ones are refused rather than cut: hashing them would let a stranger keep our processors busy. */
export const PASSWORD_LENGTH_MAX = 200;

/** Argon2id with 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, first recommendation. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes at a time; each holds 19 MiB, and more would keep the other work of the thread pool waiting. */
const CONCURRENT_MAX = 2;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  while (running >= CONCURRENT_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** The hash to store, in PHC format with its parameters and salt. Runs off the main thread. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, PARAMETERS));
}

/** Made once; its password is known to nobody. */
let unmatchable: Promise<string> | null = null;

/**
 * Whether the password belongs to the hash. Without a hash (no such account) it takes the same time and answers false,
 * so that nobody learns from the clock which accounts exist.
 */
export async function passwordMatches(password: string, storedHash: string | null): Promise<boolean> {
  unmatchable ??= hashPassword(crypto.randomUUID());
  const compareWith = storedHash ?? (await unmatchable);
  const matches = await inTurn(() => verify(compareWith, password));
  return storedHash !== null && matches;
}
