import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Writes a text into a file of its own and hands it to a program; answers what that prints. Throws what it refuses. */
async function read(program: string, words: readonly string[], name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rangka-books-'));
  try {
    await writeFile(join(folder, name), text);
    // Names of accounts are UTF-8, whatever the machine is set to.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    return (await execute(program, words, { cwd: folder, env })).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets hledger check a journal strictly and add it up: amounts by the last part of the accounts' names. */
export async function hledgerBalances(program: string, journal: string): Promise<Readonly<Record<string, string>>> {
  const file = 'books.journal';
  await read(program, ['-f', file, 'check', '--strict'], file, journal);
  const csv = await read(program, ['-f', file, 'balance', '--flat', '--no-total', '-O', 'csv'], file, journal);
  const rows = csv.trim().split('\n').slice(1);
  return Object.fromEntries(
    rows.map((row) => {
      const [, account = '', amount = ''] = /^"([^"]*)","(-?[\d.]+) IDR"$/.exec(row) ?? [];
      return [lastPart(account), amount];
    }),
  );
}

/**
 * Lets bean-check read a journal and claims a balance for each of its accounts on a day; those that `expected` does not
 * name must be empty. Throws what bean-check finds wrong.
 * @param expected amounts by the last part of the accounts' names, as `beancountName` writes it
 */
export async function beanCheck(
  program: string,
  journal: string,
  expected: ReadonlyMap<string, string>,
  day: string,
): Promise<void> {
  const accounts = [...journal.matchAll(/^\d{4}-\d\d-\d\d open (\S+)/gm)].map(([, account = '']) => account);
  // The balance of a group of accounts is that of its members.
  const leaves = accounts.filter((account) => !accounts.some((other) => other.startsWith(`${account}:`)));
  const names = new Set(leaves.map(lastPart));
  const unknown = [...expected.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0) throw new Error(`The export has no ${unknown.join(', ')}.`);
  const claims = leaves.map((name) => `${day} balance ${name}  ${expected.get(lastPart(name)) ?? '0.00'} ~ 0 IDR\n`);
  const file = 'books.beancount';
  await read(program, [file], file, `${journal}\n${claims.join('')}`);
}

/** A name of an account as beancount takes it. */
export function beancountName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

function lastPart(account: string): string {
  return account.split(':').at(-1) ?? account;
}
