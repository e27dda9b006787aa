import type { Entity, Field } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { RecordInput } from '../metamodel/operation.ts';
import type { Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { CONCEALED } from './changes.ts';
import type { JsonRecord } from './stored-entity.ts';

/** Personal data of records: which fields hold it, what takes its place, and how it leaves the history. */

/** What stands for a name that was erased, and the number of its record. */
const ERASED = 'Erased';
const DAY_OF_NOBODY = '1900-01-01';

export function personalFields(entity: Entity): readonly Field[] {
  return entity.fields.filter(({ personal }) => personal);
}

/** Lines fields whose rows hold personal data. */
export function personalLines(entity: Entity): readonly Field[] {
  return entity.linesFields.filter((lines) => personalFields(lines.target as Entity).length > 0);
}

export function holdsPersonalData(entity: Entity): boolean {
  return personalFields(entity).length + personalLines(entity).length > 0;
}

/** What a field holds once it was erased: nothing, or a word and a number where it may not be empty. */
export function erasedValue(field: Field, id: string): string | null {
  if (field.required === false) return null;
  switch (field.type) {
    case 'email':
      return `erased-${id}@erased.invalid`;
    case 'url':
      return `https://erased.invalid/${id}`;
    case 'phone':
      return '000';
    case 'date':
      return DAY_OF_NOBODY;
    default:
      return `${ERASED} ${id}`.slice(0, field.maxLength).padEnd(field.minLength, '.');
  }
}

/** The change that erases the personal data of a record; null when there is none left. */
export function erasingInput(entity: Entity, record: JsonRecord): RecordInput | null {
  const input: Record<string, Json> = { ...erasedFields(entity, record) };
  for (const lines of personalLines(entity)) {
    const rows = (record[lines.name] ?? []) as readonly JsonRecord[];
    const erased = rows.map((row) => ({ id: row.id, ...erasedFields(lines.target as Entity, row) }));
    if (erased.some((row) => Object.keys(row).length > 1)) input[lines.name] = erased;
  }
  return Object.keys(input).length === 0 ? null : input;
}

function erasedFields(entity: Entity, record: JsonRecord): Readonly<Record<string, Json>> {
  const found = personalFields(entity).flatMap((field) => {
    const value = record[field.name] ?? null;
    const erased = erasedValue(field, record.id);
    return value === null || value === '' || value === erased ? [] : [[field.name, erased] as const];
  });
  return Object.fromEntries(found);
}

type Sides = readonly [Json, Json];

/**
 * Takes the personal data of a record out of its history: values become a mark that there was one. Answers the ids of
 * the rows that changed.
 */
export async function eraseFromHistory(
  transaction: Transaction,
  entity: Entity,
  recordId: string,
): Promise<readonly number[]> {
  const id = parameter(transaction.dialect, { kind: 'id' });
  const history = table('rk_history');
  const rows = await transaction.tuples(
    statement(`SELECT id, changes FROM ${history} WHERE entity = ? AND record_id = ${id} ORDER BY id`),
    [entity.name, recordId],
  );
  const update = statement(`UPDATE ${history} SET changes = ? WHERE id = ${id}`);
  const changed: number[] = [];
  for (const [own, text] of rows) {
    const before = String(text);
    const after = JSON.stringify(concealedChanges(entity, JSON.parse(before) as Readonly<Record<string, Sides>>));
    if (after === before) continue;
    await transaction.run(update, [after, String(own)]);
    changed.push(Number(own));
  }
  return changed;
}

function concealedChanges(
  entity: Entity,
  changes: Readonly<Record<string, Sides>>,
): Readonly<Record<string, readonly [Json, Json]>> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, [old, now]]) => {
      const field = entity.fieldByName.get(name);
      if (field?.personal === true) return [name, [concealed(old), concealed(now)]];
      if (field === undefined || !personalLines(entity).includes(field)) return [name, [old, now]];
      const rows = field.target as Entity;
      return [name, [concealedRows(rows, old), concealedRows(rows, now)]];
    }),
  );
}

function concealed(value: Json): Json {
  return value === null ? null : CONCEALED;
}

function concealedRows(entity: Entity, rows: Json): Json {
  if (!Array.isArray(rows)) return rows;
  const names = new Set(personalFields(entity).map(({ name }) => name));
  return (rows as readonly JsonRecord[]).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, names.has(name) ? concealed(value as Json) : value]),
    ),
  ) as Json;
}
