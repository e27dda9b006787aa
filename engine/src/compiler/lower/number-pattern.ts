import type { NumberPart, NumberPattern } from '../model.ts';

const DATE_PARTS = ['yyyy', 'yy', 'mm', 'dd'] as const;

/**
 * Reads a number pattern: `INV-{yyyy}-{seq:5}` counts up within each year, in five digits. The parts of the date make
 * the series; without `{seq}` a sequence is added at the end.
 */
export function parseNumberPattern(source: string): NumberPattern {
  const parts: NumberPart[] = [];
  for (const piece of source.split(/(\{[^}]*\})/)) {
    if (piece === '') continue;
    const placeholder = /^\{(\w+)(?::(\d+))?\}$/.exec(piece);
    const name = placeholder?.[1];
    const datePart = DATE_PARTS.find((part) => part === name);
    if (name === 'seq') parts.push({ kind: 'sequence', digits: Number(placeholder?.[2] ?? 1) });
    else if (datePart !== undefined) parts.push({ kind: 'date', part: datePart });
    else parts.push({ kind: 'literal', text: piece });
  }
  if (!parts.some((part) => part.kind === 'sequence')) parts.push({ kind: 'sequence', digits: 1 });
  return { source, parts };
}
