import type { DesignDocument } from '../compiler/protocol.ts';

/** A place where a name stands. */
export interface Use {
  readonly kind: DesignDocument['kind'];
  readonly name: string;
  /** JSON pointer (RFC 6901) of the value that names it. */
  readonly pointer: string;
  readonly text: string;
}

const USES_MAX = 200;

/** Values of all documents in which a name stands as a word of its own: as a reference, or within an expression. */
export function usesOf(documents: Iterable<DesignDocument>, word: string, except: string): readonly Use[] {
  const uses: Use[] = [];
  const form = new RegExp(`(?<![\\w.-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`);
  for (const { kind, name, body } of documents) {
    if (`${kind} ${name}` === except) continue;
    walk(body, '', (pointer, text) => {
      if (uses.length < USES_MAX && form.test(text)) uses.push({ kind, name, pointer, text });
    });
  }
  return uses;
}

function walk(value: unknown, pointer: string, visit: (pointer: string, text: string) => void): void {
  if (typeof value === 'string') visit(pointer, value);
  else if (Array.isArray(value)) value.forEach((item, place) => walk(item, `${pointer}/${place}`, visit));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      walk(item, `${pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`, visit);
    }
  }
}
