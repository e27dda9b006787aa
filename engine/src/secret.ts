import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';

const SECRET_BYTES = 48;

/**
 * The secret from which all keys are derived: the one of the environment, or the one kept in the data folder, made on
 * the first start with mode 0600. Processes that start at once agree on one secret.
 */
export async function obtainSecret(config: Pick<Config, 'secret' | 'dataFolder'>): Promise<string> {
  if (config.secret !== null) return config.secret;
  const file = join(config.dataFolder, 'secret');
  return (await keptSecret(file)) ?? (await makeSecret(config.dataFolder, file));
}

async function keptSecret(file: string): Promise<string | null> {
  let text;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  if (text === '') throw new Error(`${file} is empty: restore it from a backup, or set RANGKA_SECRET.`);
  return text;
}

/** The file appears under its name only when it is whole, so that a crash leaves no half secret. */
async function makeSecret(folder: string, file: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, file);
    return secret;
  } catch (error) {
    const other = hasCode(error, 'EEXIST') ? await keptSecret(file) : null;
    if (other === null) throw error;
    return other;
  } finally {
    await rm(draft, { force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
