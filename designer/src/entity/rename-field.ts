import type { Body } from '../../../engine/src/compiler/parse.ts';
import { isObject } from '../../../engine/src/compiler/parse.ts';

/** Properties of an entity that hold names of its fields. */
const LISTS = ['key', 'picker', 'sort'] as const;

/**
 * An entity whose field has another name: its place stays, `was` lets its column go along, and the entity's own lists
 * and layout follow. Expressions do not: the compiler names those that still say the old name.
 *
 * @param hasColumn whether the field was ever published: only then there is a column to go along
 */
export function renameField(entity: Body, from: string, to: string, hasColumn = true): Body {
  const fields = isObject(entity['fields']) ? entity['fields'] : {};
  const renamed = Object.fromEntries(
    Object.entries(fields).map(([name, source]) =>
      name === from && isObject(source)
        ? [to, hasColumn ? { ...source, was: source['was'] ?? from } : source]
        : [name, source],
    ),
  );
  const next: Record<string, unknown> = { ...entity, fields: renamed };
  const inList = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map((name) => (name === from ? to : name === `-${from}` ? `-${to}` : (name as unknown)))
      : value;
  for (const list of LISTS) if (next[list] !== undefined) next[list] = inList(next[list]);
  if (isObject(next['list'])) {
    next['list'] = Object.fromEntries(Object.entries(next['list']).map(([name, value]) => [name, inList(value)]));
  }
  const { form } = next;
  if (isObject(form) && Array.isArray(form['sections'])) {
    const sections = (form['sections'] as readonly unknown[]).map((section) =>
      isObject(section) ? { ...section, fields: inList(section['fields']) } : section,
    );
    next['form'] = { ...form, sections };
  }
  return next;
}
