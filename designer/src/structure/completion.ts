import { textIn } from '../../../engine/src/metamodel/text.ts';
import type { Locale } from '../../../engine/src/metamodel/text.ts';
import type { Outline } from '../compiler/protocol.ts';

/** A name that may stand where the cursor is. */
export interface Completion {
  readonly text: string;
  /** What people call it, or what a function takes. */
  readonly detail: string;
  readonly kind: 'field' | 'function' | 'global';
  /** Where the cursor goes, counted from the end of the text: into the brackets of a function. */
  readonly back: number;
}

const PATH = /[a-z_][\w.]*$/i;
const GLOBALS: Readonly<Record<string, readonly string[]>> = {
  user: ['id', 'name', 'approval_limit'],
  company: ['name', 'currency', 'country', 'locale', 'timezone'],
};
const OFFERED_MAX = 12;

/** The part of a name or path before the cursor. */
export function pathBefore(source: string, cursor: number): string {
  return PATH.exec(source.slice(0, cursor))?.[0] ?? '';
}

/** Names that begin with what stands before the cursor, along links and rows. */
export function completionsAt(
  source: string,
  cursor: number,
  outline: Outline,
  entity: string | null,
  locale: Locale,
): readonly Completion[] {
  const path = pathBefore(source, cursor);
  const steps = path.split('.');
  const typed = (steps.pop() ?? '').toLowerCase();
  const offered = steps.length === 0 ? firstNames(outline, entity, locale) : namesAfter(steps, outline, entity, locale);
  return offered
    .filter(({ text }) => text.toLowerCase().startsWith(typed) && text.toLowerCase() !== typed)
    .slice(0, OFFERED_MAX);
}

function firstNames(outline: Outline, entity: string | null, locale: Locale): readonly Completion[] {
  const owner = entity === null ? null : (outline.entities[entity]?.owner ?? null);
  return [
    ...fieldsOf(entity, outline, locale),
    ...(owner === null ? [] : [global('parent')]),
    ...['user', 'company', 'settings'].map(global),
    ...outline.functions.map(({ name, parameters }): Completion => ({
      text: `${name}()`,
      detail: `(${parameters})`,
      kind: 'function',
      back: parameters === '' ? 0 : 1,
    })),
  ];
}

function namesAfter(
  steps: readonly string[],
  outline: Outline,
  entity: string | null,
  locale: Locale,
): readonly Completion[] {
  const [first = '', ...rest] = steps;
  if (rest.length === 0 && first === 'settings') return outline.settings.map(global);
  if (rest.length === 0 && GLOBALS[first] !== undefined) return GLOBALS[first].map(global);
  let place = entity;
  for (const step of steps) {
    const known = place === null ? undefined : outline.entities[place];
    place =
      step === 'parent' && known !== undefined && known.owner !== null
        ? known.owner
        : (known?.fields.find(({ name }) => name === step)?.leadsTo ?? null);
  }
  return fieldsOf(place, outline, locale);
}

function fieldsOf(entity: string | null, outline: Outline, locale: Locale): readonly Completion[] {
  const fields = entity === null ? [] : (outline.entities[entity]?.fields ?? []);
  return fields.map(({ name, label }) => ({ text: name, detail: textIn(label, locale), kind: 'field', back: 0 }));
}

function global(text: string): Completion {
  return { text, detail: '', kind: 'global', back: 0 };
}
