import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FolderInUseError } from './sqlite-folder-lock.ts';
import { SqliteServer } from './sqlite-server.ts';
import type { SqliteSettings } from './sqlite-server.ts';
import { statement, table } from './statement.ts';

const CHILD = fileURLToPath(new URL('sqlite-child.ts', import.meta.url));
const CHILD_START_MS_MAX = 20_000;

let folder: string;
const servers: SqliteServer[] = [];

function open(settings: Partial<SqliteSettings> = {}): SqliteServer {
  const onCallbackError = (error: unknown): never => {
    throw error;
  };
  const server = new SqliteServer({ folder, onCallbackError, ...settings });
  servers.push(server);
  return server;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rangka-test-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

/** Starts a process that writes to the folder without pause; `acknowledged` grows while it lives. */
async function startWriting(): Promise<{
  child: ChildProcessByStdio<null, Readable, null>;
  acknowledged: () => number;
}> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await vi.waitFor(() => expect(output).toMatch(/^ready\n\d+\n/), CHILD_START_MS_MAX);
  return { child, acknowledged: () => Number(/(\d+)\n[^\n]*$/.exec(output)?.[1]) };
}

async function kill(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  const ended = new Promise((resolve) => child.stdout.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

describe('a data folder', () => {
  test('is refused to a second process with a sentence that says what to do, and free again after a kill', async () => {
    const { child } = await startWriting();
    expect(() => open()).toThrow(FolderInUseError);
    expect(() => open()).toThrow(`is in use by process ${child.pid}`);
    expect(() => open()).toThrow('choose another folder with RANGKA_DATA');
    await kill(child);
    await expect(open().ping()).resolves.toBeUndefined();
  }, 30_000);

  test('is refused to a second opening in the same process', async () => {
    open();
    expect(() => open()).toThrow(FolderInUseError);
  });

  test('is free again after closing', async () => {
    await open().close();
    await expect(open().ping()).resolves.toBeUndefined();
  });
});

test('a killed process loses nothing it acknowledged, and leaves no half of a transaction', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { child, acknowledged } = await startWriting();
    const enough = acknowledged() + 20;
    await vi.waitFor(() => expect(acknowledged()).toBeGreaterThan(enough), CHILD_START_MS_MAX);
    await kill(child);
    const server = open();
    const halves = statement(`SELECT number, COUNT(*) AS n FROM ${table('pair')} GROUP BY number ORDER BY number`);
    const pairs = await server.company('acme').all(halves);
    expect(pairs.length).toBeGreaterThanOrEqual(acknowledged());
    expect(pairs.every((pair) => pair.n === 2)).toBe(true);
    await server.company('acme').session(async (session) => session.run(statement(`DELETE FROM ${table('pair')}`)));
    await server.close();
  }
}, 90_000);

test('many companies share few open files, and each keeps its data', async () => {
  const server = open({ openFilesMax: 3 });
  const keys = Array.from({ length: 12 }, (_, at) => `company-${at}`);
  for (const key of keys) {
    await server.createCompany(key);
    await server
      .company(key)
      .session(async (session) => session.run(statement(`CREATE TABLE ${table('t')} (key TEXT)`)));
  }
  const insert = statement(`INSERT INTO ${table('t')} VALUES (?)`);
  const write = (key: string): Promise<unknown> => server.company(key).transaction(async (tx) => tx.run(insert, [key]));
  await Promise.all(keys.map(write));
  await server.createCompany('one-more');
  for (const key of keys) {
    expect(await server.company(key).all(statement(`SELECT key FROM ${table('t')}`))).toMatchObject([{ key }]);
  }
  expect(server.openCompanies).toBe(3);
});

test('SQL may call functions that take whole numbers exactly, on every connection', async () => {
  const server = open({ functions: { twice: (value: unknown) => (typeof value === 'bigint' ? value * 2n : null) } });
  const select = statement('SELECT CAST(twice(?) AS TEXT) AS doubled');
  expect(await server.catalog.get(select, [4503599627370497n])).toEqual({ doubled: '9007199254740994' });
  const doubled = await server.catalog.transaction(async (transaction) => transaction.get(select, [2]));
  expect(doubled).toEqual({ doubled: '4' });
});

test('the connection for reading refuses to write', () => {
  const { catalog } = open();
  expect(() => catalog.all(statement(`CREATE TABLE ${table('t')} (a INTEGER)`))).toThrow('cannot write');
});

test('an operation in a damaged file is told as unavailable', async () => {
  const server = open();
  await server.createCompany('acme');
  await server.company('acme').close();
  writeFileSync(`${folder}/companies/acme.sqlite`, 'this is not a database '.repeat(100));
  await expect((async () => server.company('acme').get(statement('SELECT 1')))()).rejects.toMatchObject({
    kind: 'unavailable',
  });
});
