import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { JsonObject } from './body.ts';

/** One `@` with something before it and a name with a dot after it; whether it exists, only a mail can tell. */
const EMAIL =
  /^[^\s@"<>(),;:\\[\]]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i;
const PHONE = /^\+?[0-9 ().-]{3,}$/;

const FORMATS = { email: EMAIL, phone: PHONE } as const;

const CONTROL = /[^\P{Cc}\t\n]/u;

interface TextRule {
  readonly lengthMax: number;
  readonly lengthMin?: number;
  readonly format?: keyof typeof FORMATS;
  /** Kept as typed, spaces and all: passwords. */
  readonly verbatim?: boolean;
}

/** Reads the body of a request property by property, and collects all faults before it refuses. */
export class Input {
  readonly #body: JsonObject;
  readonly #known = new Set<string>();
  readonly #faults: Fault[] = [];

  constructor(body: unknown) {
    this.#body = body as JsonObject;
  }

  /** Whether the property was sent at all. */
  has(name: string): boolean {
    this.#known.add(name);
    return Object.hasOwn(this.#body, name);
  }

  /** A text that must be there. */
  text(name: string, rule: TextRule): string {
    const value = this.optionalText(name, rule);
    if (value === null && !this.#hasFault(name)) this.fault(name, 'required');
    return value ?? '';
  }

  /** A text, or null when it is absent, null or empty. */
  optionalText(name: string, rule: TextRule): string | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') {
      this.fault(name, 'type', { expected: 'text' });
      return null;
    }
    const text = rule.verbatim === true ? value : value.normalize('NFC').trim();
    if (text === '') return null;
    const length = [...text].length;
    if (length > rule.lengthMax) this.fault(name, 'too-long', { maximum: String(rule.lengthMax) });
    else if (length < (rule.lengthMin ?? 0)) this.fault(name, 'too-short', { minimum: String(rule.lengthMin) });
    else if (CONTROL.test(text)) this.fault(name, 'character');
    else if (rule.format !== undefined && !FORMATS[rule.format].test(text)) this.fault(name, rule.format);
    return text;
  }

  /** One of a few texts, or null when it is absent. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.fault(name, 'option', { options: choices.join(', ') });
    return chosen ?? null;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#value(name);
    if (value === undefined) return otherwise;
    if (typeof value !== 'boolean') this.fault(name, 'type', { expected: 'boolean' });
    return value === true;
  }

  wholeNumber(name: string, otherwise: number, minimum: number, maximum: number): number {
    const value = this.#value(name);
    if (value === undefined || value === null) return otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    this.fault(name, 'whole-number', { minimum: String(minimum), maximum: String(maximum) });
    return otherwise;
  }

  /** A list of texts; null when it is absent. One that is not valid is reported as `code`. */
  texts(name: string, countMax: number, isValid: (text: string) => boolean, code: string): readonly string[] | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value) || value.length > countMax) {
      this.fault(name, 'type', { expected: 'array' });
      return null;
    }
    const items = value as readonly unknown[];
    for (const [index, item] of items.entries()) {
      if (typeof item !== 'string' || !isValid(item)) {
        this.#faults.push({ pointer: `${pointerStep(name)}/${index}`, code, parameters: { found: String(item) } });
      }
    }
    return items.map(String);
  }

  /** A list of objects whose content is somebody else's to check; null when it is absent or null. */
  objects(name: string, countMax: number): readonly JsonObject[] | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value)) {
      this.fault(name, 'type', { expected: 'array' });
      return null;
    }
    if (value.length > countMax) this.fault(name, 'too-many', { maximum: String(countMax) });
    const items = value.slice(0, countMax) as readonly unknown[];
    for (const [index, item] of items.entries()) {
      if (typeof item === 'object' && item !== null && !Array.isArray(item)) continue;
      this.#faults.push({ pointer: `${pointerStep(name)}/${index}`, code: 'type', parameters: { expected: 'object' } });
      return null;
    }
    return items as readonly JsonObject[];
  }

  /** A text that stands for all languages, or one for each by its code; null when it is absent or null. */
  textOrTexts(name: string, locales: readonly string[], rule: TextRule): Readonly<Record<string, string>> | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value)) {
      const text = this.optionalText(name, rule);
      return text === null ? {} : { [locales[0] ?? 'en']: text };
    }
    const inner = new Input(value);
    const texts = Object.fromEntries(
      locales.flatMap((locale) => {
        const text = inner.optionalText(locale, rule);
        return text === null ? [] : [[locale, text]];
      }),
    );
    this.#faults.push(...inner.#left(name));
    return texts;
  }

  /** An object whose content is somebody else's to check; null when it is absent or null. */
  object(name: string): JsonObject | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.fault(name, 'type', { expected: 'object' });
      return null;
    }
    return value as JsonObject;
  }

  /** Adds a fault that the caller found. */
  fault(name: string, code: string, parameters?: Readonly<Record<string, string>>): void {
    this.#faults.push({ pointer: pointerStep(name), code, ...(parameters === undefined ? {} : { parameters }) });
  }

  /** Throws `invalid` with every fault, unknown properties among them. To be called after everything was read. */
  finish(more: readonly Fault[] = []): void {
    for (const name of Object.keys(this.#body)) {
      if (!this.#known.has(name)) this.fault(name, 'unknown-property', { known: [...this.#known].join(', ') });
    }
    const faults = [...this.#faults, ...more];
    if (faults.length > 0) throw refuse('invalid', { faults });
  }

  /** All faults, unknown properties among them, below the property of another object. */
  #left(name: string): readonly Fault[] {
    for (const each of Object.keys(this.#body)) {
      if (!this.#known.has(each)) this.fault(each, 'unknown-property', { known: [...this.#known].join(', ') });
    }
    return this.#faults.map((fault) => ({ ...fault, pointer: `${pointerStep(name)}${fault.pointer}` }));
  }

  #value(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#body, name) ? this.#body[name] : undefined;
  }

  #hasFault(name: string): boolean {
    return this.#faults.some(({ pointer }) => pointer === pointerStep(name));
  }
}
