import type { Index } from '../../metamodel/column.ts';
import type { Dialect } from '../database.ts';
import { quoted, table as tableName } from '../statement.ts';
import { counted, listing } from './describe.ts';
import type { Step } from './step.ts';
import type { TableChanges } from './table-changes.ts';
import { createTableTexts, literal } from './table-text.ts';
import type { WantedColumn } from './wanted.ts';

export function createSteps(dialect: Dialect, { table, of }: TableChanges): readonly Step[] {
  return of('create-table').map(({ wanted }) => ({
    kind: 'create-table',
    table,
    description: `Create table ${table} with ${counted(wanted.columns.length, 'column')}.`,
    names: [],
    statements: createTableTexts(dialect, wanted),
    undo: {
      unless: `SELECT 1 AS found FROM ${tableName(table)} LIMIT 1`,
      statements: [`DROP TABLE IF EXISTS ${tableName(table)}`],
    },
    rows: 0,
    blocks: 'nobody',
  }));
}

function renameTable(from: string, to: string): string {
  return `ALTER TABLE ${tableName(from)} RENAME TO ${tableName(to)}`;
}

export function renameTableSteps({ table, of }: TableChanges): readonly Step[] {
  return of('rename-table').map(({ was }) => ({
    kind: 'rename-table',
    table,
    description: `Rename table ${was} to ${table}.`,
    names: [was],
    statements: [renameTable(was, table)],
    undo: { unless: null, statements: [renameTable(table, was)] },
    rows: 0,
    blocks: 'everybody',
  }));
}

export function renameColumnSteps({ table, of }: TableChanges): readonly Step[] {
  const renames = of('rename-column');
  if (renames.length === 0) return [];
  const rename = (from: string, to: string): string =>
    `ALTER TABLE ${tableName(table)} RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`;
  return [
    {
      kind: 'rename-columns',
      table,
      description: `Rename in ${table} ${listing(renames.map(({ column, was }) => `${was} to ${column}`))}.`,
      names: renames.map(({ column }) => column),
      statements: renames.map(({ column, was }) => rename(was, column)),
      undo: { unless: null, statements: renames.map(({ column, was }) => rename(column, was)).reverse() },
      rows: 0,
      blocks: 'everybody',
    },
  ];
}

/** Finds a row in which one of these columns holds more than what it was added with. */
export function filledText(table: string, columns: readonly WantedColumn[]): string {
  const conditions = columns.map(({ name, default: byDefault }) => {
    if (byDefault === undefined) return `${quoted(name)} IS NOT NULL`;
    return `${quoted(name)} <> ${literal(byDefault)}`;
  });
  return `SELECT 1 AS found FROM ${tableName(table)} WHERE ${conditions.join(' OR ')} LIMIT 1`;
}

/** What a step of indexes says. */
export function indexDescription(table: string, added: readonly Index[], dropped: readonly Index[]): string {
  const told = (verb: string, indexes: readonly Index[]): readonly string[] =>
    indexes.map(({ unique, columns }) => `${verb} ${unique ? 'unique index' : 'index'} (${columns.join(', ')})`);
  return `On ${table} ${listing([...told('add', added), ...told('drop', dropped)])}.`;
}
