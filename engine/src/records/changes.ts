import type { Entity, Field } from '../compiler/model.ts';
import type { Dialect } from '../storage/database.ts';
import { storedEntity } from './stored-entity.ts';
import type { JsonRecord, StoredEntity } from './stored-entity.ts';

/** `[before, after]` by field, as clients see them. Of lines only the rows that differ are there. */
export type Changes = Readonly<Record<string, readonly [unknown, unknown]>>;

/** What history shows instead of a value that is encrypted or was erased: that there was one. */
export const CONCEALED = '•••';

/**
 * What differs between two states of a record, both as clients see them. Null stands for a record that is not there;
 * the fields that a new or a deleted record has empty are left out.
 */
export function changesBetween(
  stored: StoredEntity,
  before: JsonRecord | null,
  after: JsonRecord | null,
  dialect: Dialect,
): Changes {
  const changes: Record<string, readonly [unknown, unknown]> = {};
  for (const { name, encrypted } of stored.columns) {
    const old = before?.[name] ?? null;
    const now = after?.[name] ?? null;
    if (sameJson(old, now)) continue;
    changes[name] = encrypted ? [old && CONCEALED, now && CONCEALED] : [old, now];
  }
  for (const { name } of stored.joins) {
    const old = before?.[name] ?? [];
    const now = after?.[name] ?? [];
    if (!sameJson(old, now)) changes[name] = [old, now];
  }
  for (const field of stored.entity.linesFields) {
    const [old, now] = differingRows(rowsIn(before, field), rowsIn(after, field));
    if (old.length + now.length === 0) continue;
    const secrets = storedEntity(field.target as Entity, dialect).columns.filter(({ encrypted }) => encrypted);
    changes[field.name] = secrets.length === 0 ? [old, now] : [concealed(old, secrets), concealed(now, secrets)];
  }
  return changes;
}

function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  // Only lists and objects can be equal without being the same.
  return typeof left === 'object' && left !== null && JSON.stringify(left) === JSON.stringify(right);
}

function rowsIn(record: JsonRecord | null, field: Field): readonly JsonRecord[] {
  return (record?.[field.name] ?? []) as readonly JsonRecord[];
}

/** Rows that are the same before and after are left out; what their place was does not matter. */
function differingRows(
  before: readonly JsonRecord[],
  after: readonly JsonRecord[],
): readonly [readonly JsonRecord[], readonly JsonRecord[]] {
  if (before.length === 0 || after.length === 0) return [before, after];
  const old = new Map(before.map((row) => [row.id, JSON.stringify(row)]));
  const now = new Map(after.map((row) => [row.id, JSON.stringify(row)]));
  const differs = ({ id }: JsonRecord): boolean => old.get(id) !== now.get(id);
  return [before.filter(differs), after.filter(differs)];
}

function concealed(rows: readonly JsonRecord[], secrets: StoredEntity['columns']): readonly JsonRecord[] {
  return rows.map((row) => {
    const shown = { ...row };
    for (const { name } of secrets) if (shown[name] !== null) shown[name] = CONCEALED;
    return shown;
  });
}
