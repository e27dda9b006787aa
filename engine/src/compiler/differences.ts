import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Body } from './parse.ts';
import { isObject } from './parse.ts';

/** One place where an upper layer says something else than the layers below it. */
export interface Difference {
  /** JSON pointer (RFC 6901); things of named lists are stepped to by their names, since their places move. */
  readonly pointer: string;
  /** What the lower layers say there; undefined where they say nothing. */
  readonly standard: unknown;
  readonly said: unknown;
}

/** What a layer says of a document, place by place. The name of the document is no difference. */
export function differencesOf(kind: string, standard: Body, said: Body): readonly Difference[] {
  const { [kind]: _name, $schema: _schema, ...rest } = said;
  return within(standard, rest, '');
}

function within(standard: unknown, said: unknown, pointer: string): readonly Difference[] {
  if (isObject(standard) && isObject(said)) {
    return Object.entries(said).flatMap(([key, value]) => within(standard[key], value, pointer + pointerStep(key)));
  }
  const items = namedItems(said);
  const lower = namedItems(standard);
  if (items === null || lower === null) {
    return JSON.stringify(standard) === JSON.stringify(said) ? [] : [{ pointer, standard, said }];
  }
  return [...items].flatMap(([name, item]) => {
    const { name: _name, ...rest } = item;
    const known = lower.get(name);
    return within(known, known === undefined ? item : rest, pointer + pointerStep(name));
  });
}

/** What a layer says without one of its differences; null when nothing is left. */
export function withoutDifference(kind: string, said: Body, pointer: string): Body | null {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  const rest = without(said, steps);
  if (!isObject(rest)) return null;
  return Object.keys(rest).some((key) => key !== kind && key !== '$schema') ? rest : null;
}

function without(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return undefined;
  if (isObject(value)) {
    const entries = Object.entries(value).flatMap(([key, each]) => {
      const left = key === step ? without(each, rest) : each;
      return left === undefined ? [] : [[key, left] as const];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  const items = namedItems(value);
  if (items === null) return value;
  const left = [...items].flatMap(([name, item]) => {
    if (name !== step) return [item];
    const remaining = without(item, rest);
    // A name alone says nothing.
    return isObject(remaining) && Object.keys(remaining).length > 1 ? [remaining] : [];
  });
  return left.length === 0 ? undefined : left;
}

function namedItems(value: unknown): ReadonlyMap<string, Body> | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const items = new Map<string, Body>();
  for (const item of value as readonly unknown[]) {
    if (!isObject(item) || typeof item['name'] !== 'string') return null;
    items.set(item['name'], item);
  }
  return items;
}
