import { refuse } from '../base/errors.ts';
import type { JsonRecord } from '../records/stored-entity.ts';

/** What is wanted of a record: fields, and of embedded records and rows what is wanted of them. */
export type Selection = ReadonlyMap<string, Selection | null>;

const LENGTH_MAX = 5_000;
const DEPTH_MAX = 4;

/** Fields that come with every record. */
const ALWAYS = ['id', 'version'];

/**
 * Reads `number,total,customer{name,city},lines{item{code},quantity}`. Throws `malformed-query` where it is not written
 * like that.
 */
export function readSelection(text: string): Selection {
  if (text.length > LENGTH_MAX) throw unreadable('too-long', { maximum: String(LENGTH_MAX) });
  const reader = new Reader(text);
  const selection = reader.level(1);
  if (!reader.isAtEnd) throw unreadable('unreadable');
  return selection;
}

function unreadable(
  code: 'unreadable' | 'too-long' | 'too-deep',
  parameters?: Readonly<Record<string, string>>,
): Error {
  const fault = { pointer: '/select', code, ...(parameters === undefined ? {} : { parameters }) };
  return refuse('malformed-query', { faults: [fault] });
}

const NAME = /[a-z][a-z0-9_]*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/\s+/g, '');
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  level(depth: number): Selection {
    if (depth > DEPTH_MAX) throw unreadable('too-deep', { maximum: String(DEPTH_MAX) });
    const fields = new Map<string, Selection | null>();
    do {
      NAME.lastIndex = this.#at;
      const name = NAME.exec(this.#text)?.[0];
      if (name === undefined) throw unreadable('unreadable');
      this.#at += name.length;
      fields.set(name, this.#takes('{') ? this.#nested(depth) : null);
    } while (this.#takes(','));
    return fields;
  }

  #nested(depth: number): Selection {
    const inner = this.level(depth + 1);
    if (!this.#takes('}')) throw unreadable('unreadable');
    return inner;
  }

  #takes(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }
}

/** The paths of a selection that lead into other records. */
export function includedPaths(selection: Selection, prefix: readonly string[] = []): readonly (readonly string[])[] {
  return [...selection].flatMap(([name, inner]) =>
    inner === null ? [] : [[...prefix, name], ...includedPaths(inner, [...prefix, name])],
  );
}

/** The record with what was selected, in embedded records and rows as well. */
export function selected(record: JsonRecord, selection: Selection): JsonRecord {
  const names = new Set([...ALWAYS, ...selection.keys()]);
  const entries = Object.entries(record).filter(([name]) => names.has(name) || name.startsWith('_'));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, within(value, selection.get(name) ?? null)]),
  ) as JsonRecord;
}

function within(value: unknown, selection: Selection | null): unknown {
  if (selection === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => within(each, selection));
  return selected(value as JsonRecord, selection);
}
