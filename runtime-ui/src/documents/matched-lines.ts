import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';

/** Rows that each stand for something recorded elsewhere, such as the lines of a bank statement. */
export interface MatchedLines {
  readonly name: string;
  /** The field that names the record. */
  readonly link: ScreenField;
  readonly date: ScreenField;
  readonly amount: ScreenField;
  /** Fields whose words may name the record: references, descriptions. */
  readonly texts: readonly ScreenField[];
}

/** The lines of a document that can be matched; null when it has none. */
export function matchedLines(entity: ScreenEntity): MatchedLines | null {
  if (entity.kind !== 'document') return null;
  for (const [name, { fields, derived }] of Object.entries(entity.lines)) {
    const link = fields.find(({ type }) => type === 'dynamic-link');
    const date = fields.find(({ type }) => type === 'date');
    const amount = fields.find(({ name: field, type }) => type === 'money' && field === 'amount');
    if (derived || link === undefined || date === undefined || amount === undefined) continue;
    const texts = fields.filter(({ type }) => type === 'text' || type === 'longtext');
    return { name, link, date, amount, texts };
  }
  return null;
}
