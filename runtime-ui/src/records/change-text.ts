import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { Json } from '../../../engine/src/metamodel/field-type.ts';
import { displayText } from './field-values.ts';

/** A change of one field, as the history keeps it. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Values that read well on a line of their own. */
const SHOWN_TYPES: ReadonlySet<string> = new Set([
  ...['text', 'date', 'datetime', 'time', 'boolean', 'enumeration', 'email', 'phone', 'sequence'],
  ...['integer', 'decimal', 'money', 'percent', 'quantity'],
]);

/** A change in a line: the field's label, and where they are short its value before and after. */
export function changeText(entity: ScreenEntity, { field: name, before, after }: FieldChange): string {
  const field = entity.fields.find((each) => each.name === name);
  if (field === undefined) return name;
  if (!SHOWN_TYPES.has(field.type)) return field.label;
  if (before === null || before === undefined) return `${field.label}: ${valueText(field, after)}`;
  return `${field.label}: ${valueText(field, before)} → ${valueText(field, after)}`;
}

function valueText(field: ScreenField, value: unknown): string {
  const text = displayText(field, value as Json, { currency: null, titleOf: () => undefined });
  return text === '' ? '–' : text;
}
