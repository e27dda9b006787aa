import { SQL_LENGTH_MAX } from '../limits.ts';
import type { GlobalName } from '../ast.ts';

/** How a value of the operation is bound: as text, as an id, as 0 or 1, as a stored instant, or as units of a scale. */
export type BindingForm = 'text' | 'identifier' | 'boolean' | 'instant' | { readonly scale: number };

/** A value that is bound when a statement runs, so that its text can be prepared once. */
export type SqlParameter =
  | { readonly kind: 'constant'; readonly value: string | bigint }
  | { readonly kind: 'local'; readonly local: string; readonly field: string | null; readonly form: BindingForm }
  | { readonly kind: 'clock'; readonly clock: 'today' | 'now' }
  | { readonly kind: 'global'; readonly global: GlobalName; readonly field: string; readonly form: BindingForm };

/** A piece of SQL text with the parameters of its question marks, in order. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly SqlParameter[];
}

/** SQL text without parameters. Never made from anything that a request or a record holds. */
export function raw(text: string): Sql {
  return { text, parameters: [] };
}

/** A question mark for a value bound later. */
export function bound(parameter: SqlParameter): Sql {
  return { text: '?', parameters: [parameter] };
}

/** Puts pieces of SQL together: `` sql`ABS(${value})` ``. Throws RangeError when the text grows too long. */
export function sql(strings: TemplateStringsArray, ...pieces: readonly Sql[]): Sql {
  let text = strings[0] ?? '';
  const parameters: SqlParameter[] = [];
  pieces.forEach((piece, index) => {
    text += piece.text + (strings[index + 1] ?? '');
    parameters.push(...piece.parameters);
  });
  return withinLimit({ text, parameters });
}

/** The pieces one after the other, `separator` between them. */
export function joined(pieces: readonly Sql[], separator: string): Sql {
  return withinLimit({
    text: pieces.map((piece) => piece.text).join(separator),
    parameters: pieces.flatMap((piece) => piece.parameters),
  });
}

function withinLimit(piece: Sql): Sql {
  if (piece.text.length > SQL_LENGTH_MAX) throw new RangeError('The SQL of an expression is too long.');
  return piece;
}
