import { closest, distance } from 'fastest-levenshtein';
import type { Diagnostic } from '../metamodel/diagnostic.ts';

/** Takes one diagnostic; every stage is given one of these. */
export type Report = (diagnostic: Diagnostic) => void;

/** The valid name that was probably meant, as a hint; undefined when none is near. */
export function nearestHint(name: string, valid: Iterable<string>): string | undefined {
  const names = [...valid];
  if (names.length === 0) return undefined;
  const nearest = closest(name, names);
  const farthest = Math.max(2, Math.floor(name.length / 2));
  return distance(name, nearest) <= farthest ? `Did you mean “${nearest}”?` : undefined;
}

/** Reports a fault at a pointer of a folded document, in the file that says what stands there. */
export function faultAt(
  report: Report,
  at: { readonly document: { fileAt(pointer: string): string } },
  pointer: string,
  code: string,
  message: string,
  hint?: string,
): void {
  report({
    code,
    severity: 'error',
    file: at.document.fileAt(pointer),
    pointer,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}
