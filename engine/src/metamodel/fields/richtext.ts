import { fault } from './faults.ts';
import { safeMarkup } from './safe-markup.ts';
import { PASSAGE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readPassage, textSchema } from './written-text.ts';

/** A text with headings, lists, emphasis and links, as the small part of HTML that safe-markup.ts allows. */
export const richtext: ShapedFieldType = {
  name: 'richtext',
  defaults: { ...NO_LIMITS, maxLength: 50_000 },
  column: () => ({ kind: 'longtext' }),
  valueType: () => ({ kind: 'text' }),
  read(input, field) {
    const read = readPassage(input, field);
    if (!('value' in read) || read.value === null) return read;
    const markup = safeMarkup(read.value);
    if ('refused' in markup) return fault('markup', { found: markup.refused });
    // Escaping can make it longer than what was sent.
    return readPassage(markup.text, field);
  },
  write: String,
  jsonSchema: textSchema,
  operators: PASSAGE,
  sortable: false,
};
