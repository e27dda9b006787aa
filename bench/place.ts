import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import type { Installation } from './engine.ts';

/** A database of the bench's own, removed when it is done with. */
export interface Place {
  readonly database: string;
  readonly installation: Installation;
  /** What `openStore` takes for the catalog, or for the company of a slug. */
  address(slug: string | null): string;
  remove(): Promise<void>;
}

const DEFAULT_URL = 'mysql://root@127.0.0.1:3306';
const ANSWER_MS_MAX = 3_000;

export async function sqlitePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'rangka-bench-'));
  return {
    database: 'SQLite',
    installation: { folder, databaseUrl: null },
    address: (slug) => join(folder, slug === null ? 'catalog.sqlite' : `companies/${slug}.sqlite`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * On the server of RANGKA_BENCH_DATABASE_URL, else on the one that listens at the default address and lets root in.
 * Null when none answers.
 */
export async function mysqlPlace(): Promise<Place | null> {
  const given = process.env['RANGKA_BENCH_DATABASE_URL'];
  const server = new URL(given ?? DEFAULT_URL);
  const catalog = `rk_bench_${process.pid}`;
  let version: string;
  try {
    version = await onServer(server, async (connection) => {
      const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
      await connection.query('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', [catalog]);
      return String(rows[0]?.['version']);
    });
  } catch (error) {
    if (given !== undefined) throw error;
    return null;
  }
  const addressOf = (name: string): string => {
    const address = new URL(server);
    address.pathname = `/${name}`;
    return address.href;
  };
  const folder = await mkdtemp(join(tmpdir(), 'rangka-bench-'));
  return {
    database: version.includes('MariaDB') ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version}`,
    installation: { folder, databaseUrl: addressOf(catalog) },
    address: (slug) => addressOf(slug === null ? catalog : `${catalog}_${slug}`),
    async remove() {
      await onServer(server, async (connection) => {
        const [rows] = await connection.query<mysql.RowDataPacket[]>('SHOW DATABASES');
        for (const row of rows) {
          const name = String(row['Database']);
          if (name === catalog || name.startsWith(`${catalog}_`)) await connection.query('DROP DATABASE ??', [name]);
        }
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onServer<T>(server: URL, work: (connection: mysql.Connection) => Promise<T>): Promise<T> {
  const connection = await mysql.createConnection({
    host: server.hostname,
    port: Number(server.port === '' ? 3306 : server.port),
    user: decodeURIComponent(server.username),
    password: decodeURIComponent(server.password),
    connectTimeout: ANSWER_MS_MAX,
  });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
