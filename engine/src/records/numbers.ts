import type { Entity, Field, NumberPart, NumberPattern } from '../compiler/model.ts';
import { NUMBER_FIELD } from '../metamodel/naming.ts';
import type { Transaction } from '../storage/database.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { DraftRow } from './compute.ts';

/*
 * One row per series and period holds the next number. Taking one locks that row until the commit, so that a number
 * is used exactly when its record is: a roll-back gives it back, and the next writer waits to see which it is.
 */
const SEQUENCE = table('rk_sequence');

/** The value that was taken comes back as the statement's insert id, in the same round trip. */
const TAKE_MYSQL = statement(
  `INSERT INTO ${SEQUENCE} (name, period, next_value) VALUES (?, ?, LAST_INSERT_ID(1) + 1) ` +
    'ON DUPLICATE KEY UPDATE next_value = LAST_INSERT_ID(next_value) + 1',
);
const TAKE_SQLITE = statement(
  `INSERT INTO ${SEQUENCE} (name, period, next_value) VALUES (?, ?, 2) ` +
    'ON CONFLICT (name, period) DO UPDATE SET next_value = next_value + 1 RETURNING next_value - 1 AS taken',
);

/** A field that takes its value from a number series when the record is created. */
export interface NumberedField {
  readonly field: Field;
  readonly pattern: NumberPattern;
}

const numbered = new WeakMap<Entity, readonly NumberedField[]>();

/** The fields of an entity that are numbered at creation. A document gets its number when it stops being a draft. */
export function fieldsNumberedAtCreation(entity: Entity): readonly NumberedField[] {
  let fields = numbered.get(entity);
  if (fields === undefined) {
    fields = entity.fields.flatMap((field) => {
      if (field.sequence !== null) return [{ field, pattern: field.sequence }];
      const isNumber = field.name === NUMBER_FIELD && entity.number !== null && entity.kind !== 'document';
      return isNumber && entity.number !== null ? [{ field, pattern: entity.number }] : [];
    });
    numbered.set(entity, fields);
  }
  return fields;
}

/**
 * Fills in the numbers of a new record that nobody typed. The last thing before it is inserted: until the commit,
 * others wait.
 *
 * @param skipTaken pass over numbers that a record already has, because somebody typed one
 */
export async function takeNumbers(
  transaction: Transaction,
  entity: Entity,
  draft: DraftRow,
  date: string,
  skipTaken: boolean,
): Promise<void> {
  for (const { field, pattern } of fieldsNumberedAtCreation(entity)) {
    if (typeof draft[field.name] === 'string') continue;
    let number: string;
    do number = await takeNumber(transaction, `${entity.name}.${field.name}`, pattern, date);
    while (skipTaken && (await isTaken(transaction, entity, field, number)));
    draft[field.name] = number;
  }
}

/**
 * The number of a document that stops being a draft. Its series is locked from here to the commit, so that numbers
 * have no gap (promise B4): take it late.
 *
 * @param date of the document; it chooses the period of the series
 */
export function takeDocumentNumber(
  transaction: Transaction,
  entity: Entity,
  pattern: NumberPattern,
  date: string,
): Promise<string> {
  return takeNumber(transaction, `${entity.name}.${NUMBER_FIELD}`, pattern, date);
}

async function isTaken(transaction: Transaction, entity: Entity, field: Field, number: string): Promise<boolean> {
  const text = `SELECT 1 FROM ${table(entity.table)} WHERE ${quoted(String(field.column))} = ? LIMIT 1`;
  return (await transaction.tuples(statement(text), [number])).length > 0;
}

/**
 * Takes the next number of a series, for example `INV-2026-00042`.
 *
 * @param date `YYYY-MM-DD`; the parts of it that the pattern shows make the period, within which numbers count up
 */
async function takeNumber(
  transaction: Transaction,
  series: string,
  pattern: NumberPattern,
  date: string,
): Promise<string> {
  const period = pattern.parts.map((part) => (part.kind === 'date' ? datePart(part.part, date) : '')).join('');
  const value =
    transaction.dialect === 'sqlite'
      ? String((await transaction.get(TAKE_SQLITE, [series, period]))?.['taken'])
      : (await transaction.run(TAKE_MYSQL, [series, period])).lastId;
  return pattern.parts.map((part) => render(part, date, value)).join('');
}

function render(part: NumberPart, date: string, value: string): string {
  switch (part.kind) {
    case 'literal':
      return part.text;
    case 'date':
      return datePart(part.part, date);
    case 'sequence':
      return value.padStart(part.digits, '0');
  }
}

function datePart(part: 'yyyy' | 'yy' | 'mm' | 'dd', date: string): string {
  switch (part) {
    case 'yyyy':
      return date.slice(0, 4);
    case 'yy':
      return date.slice(2, 4);
    case 'mm':
      return date.slice(5, 7);
    case 'dd':
      return date.slice(8, 10);
  }
}
