import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer } from './connect.ts';
import type { DatabaseServer } from './database.ts';
import type { SqliteFunction } from './sqlite-driver.ts';
import { quoted, statement } from './statement.ts';

export interface TestServer {
  readonly server: DatabaseServer;
  /** Closes it and leaves nothing behind. */
  remove(): Promise<void>;
}

export interface TestBackend {
  readonly name: string;
  /** A server of its own, with an empty catalog and the companies named. */
  open(companies: readonly string[], functions?: Readonly<Record<string, SqliteFunction>>): Promise<TestServer>;
}

function failOn(error: unknown): never {
  throw error;
}

async function fill(server: DatabaseServer, companies: readonly string[]): Promise<void> {
  await server.createCatalog();
  for (const key of companies) await server.createCompany(key);
}

const sqlite: TestBackend = {
  name: 'SQLite',
  open: async (companies, functions = {}) => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'rangka-test-'));
    const server = openServer({ dataFolder, functions, onCallbackError: failOn });
    await fill(server, companies);
    const remove = async (): Promise<void> => {
      await server.close();
      rmSync(dataFolder, { recursive: true });
    };
    return { server, remove };
  },
};

function mysqlAt(address: string): TestBackend {
  return {
    name: 'MySQL',
    open: async (companies) => {
      const url = new URL(address);
      const schema = `rk_test_${randomBytes(5).toString('hex')}`;
      url.pathname = `/${schema}`;
      const server = openServer({ url: url.href, dataFolder: '', onCallbackError: failOn });
      await fill(server, companies);
      const remove = async (): Promise<void> => {
        for (const key of companies) await server.dropCompany(key);
        await server.catalog.session(async (session) => session.run(statement(`DROP DATABASE ${quoted(schema)}`)));
        await server.close();
      };
      return { server, remove };
    },
  };
}

const mysqlAddress = process.env['RANGKA_TEST_DATABASE_URL'];

/** What storage tests run on: SQLite always, and the server that RANGKA_TEST_DATABASE_URL points to. */
export const testBackends: readonly TestBackend[] =
  mysqlAddress === undefined ? [sqlite] : [sqlite, mysqlAt(mysqlAddress)];
