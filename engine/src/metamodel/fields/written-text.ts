import type { FieldShape, InputFault, JsonSchema } from '../field-type.ts';
import { fault } from './faults.ts';

/** Control characters, halves of characters, and the separators that end a line. */
const NOT_IN_LINE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
/** The same, but line feeds and tabs belong into longer texts. */
const NOT_IN_PASSAGE = /[^\P{Cc}\n\t]|\p{Cs}/u;

type Read = { readonly value: string | null } | InputFault;
type Lengths = Pick<FieldShape, 'minLength' | 'maxLength'>;

/**
 * Reads a text of one line: in Unicode's composed form (NFC), without spaces around it, because databases disagree on
 * whether spaces at the end make a difference. An empty text is no text, so that “empty” means one thing in filters,
 * in `required` and in `unique`. Lengths count code points, as columns do.
 */
export function readLine(input: unknown, lengths: Lengths): Read {
  if (typeof input !== 'string') return fault('type', { expected: 'string' });
  return measured(input.normalize('NFC').trim(), NOT_IN_LINE, lengths);
}

/** Reads a text of many lines, which end in a line feed. A text of nothing but space is no text. */
export function readPassage(input: unknown, lengths: Lengths): Read {
  if (typeof input !== 'string') return fault('type', { expected: 'string' });
  const text = input.normalize('NFC').replace(/\r\n?/g, '\n');
  return text.trim() === '' ? { value: null } : measured(text, NOT_IN_PASSAGE, lengths);
}

function measured(text: string, forbidden: RegExp, { minLength, maxLength }: Lengths): Read {
  if (text === '') return { value: null };
  if (forbidden.test(text)) return fault('character');
  // Code points are counted only where the quicker count of code units leaves it open.
  if (text.length > maxLength && codePoints(text) > maxLength) return fault('too-long', { maximum: String(maxLength) });
  if (minLength > 0 && codePoints(text) < minLength) return fault('too-short', { minimum: String(minLength) });
  return { value: text };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function textSchema({ minLength, maxLength }: Lengths): JsonSchema {
  return { type: 'string', ...(minLength > 0 ? { minLength } : {}), maxLength };
}
