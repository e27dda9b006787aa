import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { statement, table } from '../../storage/statement.ts';
import { testBackends } from '../../storage/test-server.ts';
import type { TestServer } from '../../storage/test-server.ts';
import { Account } from './account.ts';
import { importDatabase, tableCsv } from './database.ts';
import { settle } from './module-draft.ts';
import type { JsonDocument } from './module-draft.ts';

describe.each(testBackends)('a database on $name', (backend) => {
  let opened: TestServer;
  const isMysql = backend.name.includes('MySQL');

  beforeAll(async () => {
    opened = await backend.open(['old']);
    const key = isMysql ? 'BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY' : 'INTEGER PRIMARY KEY';
    const number = isMysql ? 'BIGINT UNSIGNED' : 'INTEGER';
    const state = isMysql ? "ENUM('open', 'sent & paid')" : 'VARCHAR(20)';
    const texts = [
      `CREATE TABLE ${table('client')} (code VARCHAR(20) NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, logo BLOB)`,
      `CREATE TABLE ${table('invoice')} (id ${key}, client_code VARCHAR(20) NOT NULL, parent ${number}, total DECIMAL(12,2), ` +
        `state ${state}, made_at DATETIME, is_old TINYINT(1) NOT NULL, note TEXT, \`order\` VARCHAR(5), ` +
        `FOREIGN KEY (client_code) REFERENCES ${table('client')} (code), FOREIGN KEY (parent) REFERENCES ${table('invoice')} (id))`,
      `INSERT INTO ${table('client')} VALUES ('A', '=Toko A', NULL), ('B', 'Toko, B', NULL)`,
      `INSERT INTO ${table('invoice')} VALUES (7, 'A', NULL, 12.5, 'open', '2026-01-31 10:00:00', 1, 'x', 'y')`,
    ];
    await opened.server.company('old').session(async (session) => {
      for (const text of texts) {
        // SQLite names no schema in what a table refers to.
        await session.run(statement(text));
      }
    });
  });
  afterAll(() => opened.remove());

  it('becomes a module that compiles, and its records files', async () => {
    const reader = opened.server.company('old');
    const account = new Account();
    const { modules, tables } = await importDatabase(reader, 'old books', [], account);
    expect(settle(modules, account)).toEqual([]);
    expect(
      compile(
        modules.map((draft) => draft.layer()),
        '',
      ).diagnostics,
    ).toEqual([]);
    const invoice = modules[0]?.documents.get('entities/old-books.invoice.json') as JsonDocument;
    expect(invoice['fields']).toMatchObject({
      id_value: { type: 'integer', unique: true },
      client_code: { type: 'link', to: 'old-books.client', required: true },
      parent_value: { type: 'link', to: 'old-books.invoice' },
      total: { type: 'decimal', ...(isMysql ? { scale: 2, precision: 12 } : {}) },
      made_at: { type: 'datetime' },
      is_old: { type: 'boolean' },
      note: { type: 'longtext' },
      order: { type: 'text' },
    });
    expect(account.entries.find(({ pointer }) => pointer === '/logo')?.fate).toBe('left-out');
    expect(tables.map(({ source }) => source.name)).toEqual(['client', 'invoice']);
    const [client] = tables;
    const pieces: string[] = [];
    if (client !== undefined) for await (const piece of tableCsv(reader, client)) pieces.push(piece);
    expect(pieces.join('')).toBe('\uFEFFcode,name\r\nA,\'=Toko A\r\nB,"Toko, B"\r\n');
  });
});
