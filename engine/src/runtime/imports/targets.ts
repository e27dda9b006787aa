import type { Entity, Field } from '../../compiler/model.ts';
import { LOCALES } from '../../metamodel/text.ts';
import type { Text } from '../../metamodel/text.ts';
import { isWritable } from '../../records/read-input.ts';

/** Types that no cell can hold. */
const WITHOUT_CELL: ReadonlySet<string> = new Set(['file', 'image', 'lines']);

/** Names the record itself, for changes. */
export const ID = 'id';

/** Stands before the path of an amount that goes out: banks and books often have a column for each direction. */
const MINUS = '-';

/** What a column of a file may bring: a field of the record, or of its rows. */
export interface Target {
  /** `customer`, `lines.item`, `-lines.amount`, or `id`. */
  readonly path: string;
  /** Whether what it brings counts as negative. */
  readonly isMinus: boolean;
  readonly field: Field;
  /** The lines field whose rows hold it; null for the record's own. */
  readonly lines: Field | null;
}

/** Whether the caller may write a field, of the record or of its rows. */
export type MayWrite = (entity: Entity, name: string, ofRow?: string) => boolean;

/** All that columns may bring of an entity, in the order of its fields. */
export function targetsOf(entity: Entity, mayWrite: MayWrite): readonly Target[] {
  const own = entity.fields
    .filter((field) => takesCell(field) && mayWrite(entity, field.name))
    .flatMap((field) => signed({ path: field.name, isMinus: false, field, lines: null }));
  const ofRows = entity.linesFields
    .filter((lines) => isWritable(lines))
    .flatMap((lines) =>
      (lines.target as Entity).fields
        .filter((field) => takesCell(field) && mayWrite(entity, lines.name, field.name))
        .flatMap((field) => signed({ path: `${lines.name}.${field.name}`, isMinus: false, field, lines })),
    );
  const id = entity.fieldByName.get(ID);
  return [...(id === undefined ? [] : [{ path: ID, isMinus: false, field: id, lines: null }]), ...own, ...ofRows];
}

/** An amount may stand in two columns, of which one counts as negative. */
function signed(target: Target): readonly Target[] {
  return target.field.type === 'money' ? [target, { ...target, path: MINUS + target.path, isMinus: true }] : [target];
}

function takesCell(field: Field): boolean {
  return isWritable(field) && !WITHOUT_CELL.has(field.type);
}

/** Which target each column of a heading means, by path or by label in either language; null where none is meant. */
export function guessTargets(heading: readonly string[], targets: readonly Target[]): readonly (string | null)[] {
  const byName = new Map<string, string>();
  const add = (name: string, { path }: Target): void => {
    if (!byName.has(plain(name))) byName.set(plain(name), path);
  };
  for (const target of targets) if (target.isMinus) byName.set(target.path, target.path);
  const plus = targets.filter(({ isMinus }) => !isMinus);
  for (const target of plus) add(target.path, target);
  for (const target of plus) for (const label of labelsOf(target)) add(label, target);
  // The bare label of a field of rows, where the record has none of that name.
  for (const target of plus) for (const label of textsOf(target.field.label)) add(label, target);
  const taken = new Set<string>();
  return heading.map((name) => {
    const path = byName.get(name.trim()) ?? byName.get(plain(name)) ?? null;
    if (path === null || taken.has(path)) return null;
    taken.add(path);
    return path;
  });
}

/** `Item`, and `Lines / Item` for a field of rows. */
function labelsOf({ field, lines }: Target): readonly string[] {
  if (lines === null) return textsOf(field.label);
  return LOCALES.flatMap((locale) => {
    const [of, name] = [lines.label[locale] ?? lines.label.en, field.label[locale] ?? field.label.en];
    return of === undefined || name === undefined ? [] : [`${of} / ${name}`];
  });
}

function textsOf(text: Text): readonly string[] {
  return LOCALES.flatMap((locale) => text[locale] ?? []);
}

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[*\s_-]+/g, ' ')
    .replace(/ ?([./:]) ?/g, '.')
    .trim();
}
