import { describe, expect, test } from 'vitest';
import type { ColumnType } from '../../metamodel/column.ts';
import { declaredType, readDeclaredType } from './declared-type.ts';

const money: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };

describe('a declared type', () => {
  test.each<[ColumnType, string, string]>([
    [{ kind: 'id' }, 'BIGINT UNSIGNED', 'INTEGER'],
    [{ kind: 'integer' }, 'BIGINT', 'BIGINT'],
    [money, 'DECIMAL(18,2)', 'DECIMAL_INT(2)'],
    [{ kind: 'boolean' }, 'TINYINT(1)', 'BOOLEAN_INT'],
    [{ kind: 'date' }, 'DATE', 'DATE_TEXT'],
    [{ kind: 'datetime' }, 'DATETIME(3)', 'DATETIME_TEXT'],
    [{ kind: 'time' }, 'TIME', 'TIME_TEXT'],
    [{ kind: 'json' }, 'JSON', 'JSON_TEXT'],
    [{ kind: 'longtext' }, 'MEDIUMTEXT', 'TEXT COLLATE NOCASE'],
  ])('of %j is %s on MySQL and %s on SQLite, and read back as the same', (type, mysql, sqlite) => {
    expect(declaredType('mysql', { type })).toBe(mysql);
    expect(declaredType('sqlite', { type })).toBe(sqlite);
    expect(readDeclaredType('mysql', mysql)).toEqual(type);
    expect(readDeclaredType('sqlite', sqlite.replace(' COLLATE NOCASE', ''))).toEqual(type);
  });

  test('of text has a length on MySQL alone', () => {
    const type: ColumnType = { kind: 'text', length: 140 };
    expect(declaredType('mysql', { type })).toBe('VARCHAR(140)');
    expect(readDeclaredType('mysql', 'varchar(140)')).toEqual(type);
    expect(declaredType('sqlite', { type })).toBe('TEXT COLLATE NOCASE');
  });

  test('of exact text compares bytes', () => {
    const column = { type: { kind: 'text', length: 64 }, exact: true } as const;
    expect(declaredType('mysql', column)).toBe('VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    expect(declaredType('sqlite', column)).toBe('TEXT');
  });

  test.each<['mysql' | 'sqlite', string, ColumnType | null]>([
    ['mysql', 'bigint(20) unsigned', { kind: 'id' }],
    ['mysql', 'bigint(20)', { kind: 'integer' }],
    ['mysql', 'longtext', { kind: 'json' }],
    ['mysql', 'double', null],
    ['mysql', 'varchar(140) binary', null],
    ['sqlite', 'REAL', null],
    ['sqlite', '', null],
  ])('on %s, %s is understood as %j', (dialect, declared, type) => {
    expect(readDeclaredType(dialect, declared)).toEqual(type);
  });
});
