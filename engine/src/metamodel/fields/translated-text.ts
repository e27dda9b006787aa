import type { InputFault, Json } from '../field-type.ts';
import { LOCALES } from '../text.ts';
import { fault } from './faults.ts';
import { PRESENCE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readLine, textSchema } from './written-text.ts';

/** A text of one line in several languages: `{ "en": "Flour", "id": "Tepung" }`. The value is its JSON text. */
export const translatedText: ShapedFieldType = {
  name: 'translated-text',
  defaults: { ...NO_LIMITS, maxLength: 500 },
  column: () => ({ kind: 'json' }),
  valueType: () => ({ kind: 'json' }),
  read(input, field) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return fault('type', { expected: 'object' });
    }
    const unknown = Object.keys(input).find((key) => !LOCALES.some((locale) => locale === key));
    if (unknown !== undefined) return fault('language', { found: unknown, known: LOCALES.join(', ') });
    const texts: Record<string, string> = {};
    for (const locale of LOCALES) {
      const written = (input as Readonly<Record<string, unknown>>)[locale];
      if (written === undefined || written === null) continue;
      const read: { readonly value: string | null } | InputFault = readLine(written, field);
      if (!('value' in read)) return read;
      if (read.value !== null) texts[locale] = read.value;
    }
    return { value: Object.keys(texts).length === 0 ? null : JSON.stringify(texts) };
  },
  write: (value) => JSON.parse(String(value)) as Json,
  jsonSchema: (field) => ({
    type: 'object',
    properties: Object.fromEntries(LOCALES.map((locale) => [locale, textSchema(field)])),
    additionalProperties: false,
  }),
  operators: PRESENCE,
  sortable: false,
};
