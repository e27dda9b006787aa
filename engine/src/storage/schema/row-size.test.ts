import { describe, expect, test } from 'vitest';
import type { ColumnType } from '../../metamodel/column.ts';
import { fitRow, rowFits } from './row-size.ts';
import type { WantedTable } from './wanted.ts';

function tableOf(count: number, type: ColumnType, indexed: readonly string[] = []): WantedTable {
  return {
    name: 'shelf',
    primaryKey: ['id'],
    columns: [
      { name: 'id', type: { kind: 'id' }, nullable: false },
      ...Array.from({ length: count }, (_, place) => ({ name: `c${place}`, type, nullable: true })),
    ],
    indexes: indexed.map((column) => ({ name: `shelf__${column}_index`, columns: [column], unique: false })),
    foreignKeys: [],
    search: [],
  };
}

function kinds(table: WantedTable): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of fitRow(table)) {
    const name = type.kind === 'text' ? `text ${type.length}` : type.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('a row on MySQL', () => {
  test('that fits stays as it is', () => {
    const table = tableOf(20, { kind: 'text', length: 140 });
    expect(fitRow(table)).toEqual(table.columns);
  });

  test('of many long texts gives up as many lengths as it must', () => {
    expect(kinds(tableOf(100, { kind: 'text', length: 255 }))).toEqual({ id: 1, 'text 255': 58, longtext: 42 });
  });

  test('keeps the length of what is indexed', () => {
    const columns = fitRow(tableOf(100, { kind: 'text', length: 255 }, ['c0', 'c1']));
    expect(columns.filter(({ name }) => ['c0', 'c1'].includes(name)).map(({ type }) => type.kind)).toEqual([
      'text',
      'text',
    ]);
  });

  test('of many short texts moves some out of the page', () => {
    expect(kinds(tableOf(60, { kind: 'text', length: 50 }))).toEqual({ id: 1, 'text 50': 34, 'text 64': 26 });
  });

  test('may still be too large, and says so', () => {
    expect(rowFits(fitRow(tableOf(190, { kind: 'longtext' })))).toBe(true);
    expect(rowFits(fitRow(tableOf(200, { kind: 'longtext' })))).toBe(false);
  });
});
