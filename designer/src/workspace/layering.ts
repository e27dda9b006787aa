import type { Body } from '../../../engine/src/compiler/parse.ts';
import { isObject } from '../../../engine/src/compiler/parse.ts';

/** Whose things a layer can hide: the fields of an entity. */
const HIDEABLE = 'fields';

/**
 * What a company must say so that its words, folded over the standard, give what is wanted; null when it need say
 * nothing. The opposite of the compiler's fold: objects differ key by key, lists of named things by their names,
 * anything else as a whole.
 *
 * A layer takes nothing away: a field that is missing in `wanted` is hidden, other things of the standard stay.
 */
export function difference(standard: Body, wanted: Body): Body | null {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) {
    const lower = standard[key];
    const part =
      key === HIDEABLE && isObject(lower) && isObject(value) ? withHidden(lower, value) : partDifference(lower, value);
    if (part !== undefined) said[key] = part;
  }
  return Object.keys(said).length === 0 ? null : said;
}

function withHidden(standard: Body, wanted: Body): Body | undefined {
  const gone = Object.keys(standard).filter((name) => !Object.hasOwn(wanted, name));
  const said = { ...difference(standard, wanted), ...Object.fromEntries(gone.map((name) => [name, { hidden: true }])) };
  return Object.keys(said).length === 0 ? undefined : said;
}

function partDifference(standard: unknown, wanted: unknown): unknown {
  if (isSame(standard, wanted)) return undefined;
  if (isObject(standard) && isObject(wanted)) return difference(standard, wanted) ?? undefined;
  if (!isNamedList(standard) || !isNamedList(wanted)) return wanted;
  const named = namedDifference(standard, wanted);
  return named === null ? wanted : named.length === 0 ? undefined : named;
}

type Named = Body & { readonly name: string };

/** Null when the order or a removal asks for the whole list. */
function namedDifference(standard: readonly Named[], wanted: readonly Named[]): readonly Body[] | null {
  const kept = wanted.filter(({ name }) => standard.some((each) => each.name === name));
  const isInOrder = standard.length === kept.length && kept.every(({ name }, place) => standard[place]?.name === name);
  const isAppended = wanted.slice(0, kept.length).every((each, place) => each === kept[place]);
  if (!isInOrder || !isAppended) return null;
  return wanted.flatMap((item) => {
    const lower = standard.find(({ name }) => name === item.name);
    if (lower === undefined) return [item];
    const part = difference(lower, item);
    return part === null ? [] : [{ name: item.name, ...part }];
  });
}

function isNamedList(value: unknown): value is readonly Named[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && typeof item['name'] === 'string')
  );
}

/** Whether two documents say the same; the order of keys counts, since it is the order of fields. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
