import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../engine/src/storage/database.ts';
import type { ActualTable } from '../engine/src/storage/schema/actual.ts';
import { diff } from '../engine/src/storage/schema/difference.ts';
import { isMigrated, migrate } from '../engine/src/storage/schema/migrate.ts';
import { readTables } from '../engine/src/storage/schema/read-tables.ts';
import { createTableTexts } from '../engine/src/storage/schema/table-text.ts';
import { quoted, statement, table as tableName } from '../engine/src/storage/statement.ts';
import type { Binding } from '../engine/src/storage/statement.ts';
import { testBackends } from '../engine/src/storage/test-server.ts';
import type { TestServer } from '../engine/src/storage/test-server.ts';
import { catalogTables } from './catalog/index.ts';
import { companyTables } from './company/index.ts';
import { creatingTables } from './create-tables.ts';
import { defineTable, id, text } from './define-table.ts';
import { catalogMigrations, companyMigrations } from './index.ts';

/** R-A1 to R-A5 of the requirements: columns with their types on MySQL (`?` may be empty), then every index named. */
const SPECIFIED: Readonly<Record<string, { columns: Readonly<Record<string, string>>; indexes: readonly string[] }>> = {
  users: {
    columns: {
      id: 'bigint unsigned',
      name: 'varchar(255)',
      email: 'varchar(255)',
      email_verified_at: 'datetime(3)?',
      password: 'varchar(255)',
      business_type_id: 'bigint unsigned?',
      company_name: 'varchar(255)?',
      phone: 'varchar(255)?',
      address: 'mediumtext?',
      is_active: 'tinyint(1)',
      created_at: 'datetime(3)',
      updated_at: 'datetime(3)',
    },
    indexes: ['unique email', 'business_type_id', 'is_active'],
  },
  business_types: {
    columns: {
      id: 'bigint unsigned',
      name: 'varchar(100)',
      slug: 'varchar(100)',
      description: 'mediumtext?',
      icon: 'varchar(100)?',
      color: 'varchar(7)?',
      is_active: 'tinyint(1)',
      sort_order: 'bigint',
      created_at: 'datetime(3)',
      updated_at: 'datetime(3)',
    },
    indexes: ['unique slug', 'is_active', 'sort_order'],
  },
  modules: {
    columns: {
      id: 'bigint unsigned',
      name: 'varchar(100)',
      slug: 'varchar(100)',
      description: 'mediumtext?',
      category: 'varchar(50)',
      icon: 'varchar(100)?',
      version: 'varchar(20)',
      is_core: 'tinyint(1)',
      is_active: 'tinyint(1)',
      sort_order: 'bigint',
      created_at: 'datetime(3)',
      updated_at: 'datetime(3)',
    },
    indexes: ['unique slug', 'category', 'is_core', 'is_active', 'category, is_active'],
  },
  module_recommendations: {
    columns: {
      id: 'bigint unsigned',
      business_type_id: 'bigint unsigned',
      module_id: 'bigint unsigned',
      priority: 'bigint',
      is_required: 'tinyint(1)',
      created_at: 'datetime(3)',
      updated_at: 'datetime(3)',
    },
    indexes: ['unique business_type_id, module_id', 'business_type_id', 'module_id', 'business_type_id, priority'],
  },
  user_modules: {
    columns: {
      id: 'bigint unsigned',
      user_id: 'bigint unsigned',
      module_id: 'bigint unsigned',
      is_active: 'tinyint(1)',
      activated_at: 'datetime(3)?',
      configuration: 'json?',
      created_at: 'datetime(3)',
      updated_at: 'datetime(3)',
    },
    indexes: ['unique user_id, module_id', 'user_id', 'module_id', 'is_active', 'user_id, is_active'],
  },
};

const NOW = '2026-01-31 08:00:00.000';

async function insert(database: Database, table: string, row: Readonly<Record<string, Binding>>): Promise<void> {
  const columns = Object.keys(row).map(quoted).join(', ');
  const places = Object.keys(row).map(() => '?');
  const sql = `INSERT INTO ${tableName(table)} (${columns}) VALUES (${places.join(', ')})`;
  await database.transaction(async (transaction) => {
    await transaction.run(statement(sql), Object.values(row));
  });
}

function indexesOf({ indexes }: ActualTable): readonly string[] {
  return indexes.map(({ unique, columns }) => (unique ? 'unique ' : '') + columns.join(', '));
}

/** MariaDB shows a width for whole numbers, and JSON as what it is made of. */
function shownType(declared: string): string {
  return declared.replace(/^bigint\(\d+\)/, 'bigint').replace(/^longtext$/, 'json');
}

describe.each(testBackends)('migrations on $name', ({ open }) => {
  let opened: TestServer;

  beforeAll(async () => {
    opened = await open(['acme', 'killed', 'crowd', 'later']);
    await migrate(opened.server.catalog, catalogMigrations);
    await migrate(opened.server.company('acme'), companyMigrations);
  });

  afterAll(() => opened.remove());

  test('make exactly the tables they describe', async () => {
    expect(diff(await readTables(opened.server.catalog), catalogTables)).toEqual([]);
    expect(diff(await readTables(opened.server.company('acme')), companyTables)).toEqual([]);
  });

  test.each(Object.entries(SPECIFIED))('make %s as the requirements say', async (name, { columns, indexes }) => {
    const { dialect, tables } = await readTables(opened.server.catalog);
    const actual = tables.get(name);
    expect(actual?.primaryKey).toEqual(['id']);
    const shown = [...(actual?.columns.values() ?? [])]
      .filter((column) => column.name !== 'translations')
      .map((column) => [column.name, shownType(column.declared) + (column.nullable ? '?' : '')]);
    if (dialect === 'mysql') expect(Object.fromEntries(shown)).toEqual(columns);
    else expect(shown.map(([column]) => column)).toEqual(Object.keys(columns));
    expect(actual === undefined ? [] : [...indexesOf(actual)].sort()).toEqual([...indexes].sort());
  });

  test('give the defaults the requirements name', async () => {
    const { catalog } = opened.server;
    const times = { created_at: NOW, updated_at: NOW };
    await insert(catalog, 'users', { name: 'Sari', email: 'sari@roti.id', password: 'x', ...times });
    await insert(catalog, 'modules', { name: 'Sales', slug: 'sales', category: 'core', ...times });
    await insert(catalog, 'user_modules', { user_id: 1, module_id: 1, ...times });
    expect(await catalog.get(statement(`SELECT version, is_core, is_active FROM ${tableName('modules')}`))).toEqual({
      version: '1.0.0',
      is_core: 0,
      is_active: 1,
    });
    expect(await catalog.get(statement(`SELECT is_active FROM ${tableName('users')}`))).toEqual({ is_active: 1 });
    await expect(
      insert(catalog, 'users', { name: 'Sari', email: 'SARI@roti.id', password: 'x', ...times }),
    ).rejects.toMatchObject({ kind: 'unique', constraint: 'users__email_unique' });
    await catalog.transaction(async (transaction) => {
      await transaction.run(statement(`DELETE FROM ${tableName('users')}`));
    });
    expect(await catalog.all(statement(`SELECT id FROM ${tableName('user_modules')}`))).toEqual([]);
  });

  test('are known to have run after one read', async () => {
    const company = opened.server.company('acme');
    let reads = 0;
    const counting = new Proxy(company, {
      get(target, property) {
        reads += 1;
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    await migrate(counting, companyMigrations);
    expect(reads).toBe(1);
  });

  test('go on where a killed run stopped', async () => {
    const company = opened.server.company('killed');
    const [first, second] = companyTables;
    await migrate(company, { '0000-none': creatingTables([]) });
    await company.session(async (session) => {
      for (const table of [first, second]) {
        if (table === undefined) continue;
        for (const sql of createTableTexts(company.dialect, table)) await session.run(statement(sql));
      }
      await session.run(statement(`UPDATE ${tableName('rk_migration_lock')} SET is_locked = 1`));
    });
    const migrations = { '0000-none': creatingTables([]), ...companyMigrations };
    expect(await isMigrated(company, migrations)).toBe(false);
    await migrate(company, migrations);
    expect(await isMigrated(company, migrations)).toBe(true);
    expect(diff(await readTables(company), companyTables)).toEqual([]);
  });

  test('run once when several start them', async () => {
    const company = opened.server.company('crowd');
    await Promise.all([1, 2, 3].map(() => migrate(company, companyMigrations)));
    expect(diff(await readTables(company), companyTables)).toEqual([]);
  });

  test('of a later release run alone', async () => {
    const company = opened.server.company('later');
    await migrate(company, companyMigrations);
    const shelf = defineTable('rk_shelf', { id: id(), place: text(20) });
    await migrate(company, { ...companyMigrations, '0002-shelf': creatingTables([shelf]) });
    expect(diff(await readTables(company), [...companyTables, shelf])).toEqual([]);
  });
});
