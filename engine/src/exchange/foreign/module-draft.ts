import { compile } from '../../compiler/compile.ts';
import type { SourceLayer } from '../../compiler/source-layer.ts';
import type { Diagnostic } from '../../metamodel/diagnostic.ts';
import type { Account } from './account.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonDocument = { [key: string]: Json };

interface Origin {
  readonly source: string;
  readonly pointer: string;
}

/** A module as it is being made out of a foreign source. */
export class ModuleDraft {
  readonly slug: string;
  readonly documents = new Map<string, JsonDocument>();
  readonly #origins = new Map<string, Origin>();

  constructor(slug: string) {
    this.slug = slug;
  }

  add(path: string, document: JsonDocument, origin: Origin): void {
    this.documents.set(path, document);
    this.#origins.set(`${path}#`, origin);
  }

  /** Says where a part of a document came from, so that what it lacks can be told there. */
  trace(path: string, pointer: string, origin: Origin): void {
    this.#origins.set(`${path}#${pointer}`, origin);
  }

  /** Where the nearest part around a place came from. */
  originOf(path: string, pointer: string): Origin | null {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const origin = this.#origins.get(`${path}#${at}`);
      if (origin !== undefined || at === '') return origin ?? null;
    }
  }

  layer(): SourceLayer {
    const files = [...this.documents].map(([path, document]) => ({ path, text: JSON.stringify(document) }));
    return { kind: 'module', name: this.slug, files };
  }
}

const ROUNDS_MAX = 20;

/**
 * Takes out of modules whatever the compiler finds fault with, and tells it in the account, until they compile. So what
 * was understood of a source only by half never stands in the way of the rest.
 *
 * @returns faults that nothing could be taken out for; none where the modules compile
 */
export function settle(drafts: readonly ModuleDraft[], account: Account): readonly Diagnostic[] {
  let errors: readonly Diagnostic[] = [];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const files = new Map<string, readonly [ModuleDraft, string]>();
    const layers = drafts.map((draft) => {
      const layer = draft.layer();
      const named = layer.files.map(({ path, text }) => {
        files.set(`${draft.slug}/${path}`, [draft, path]);
        return { path: `${draft.slug}/${path}`, text };
      });
      return { ...layer, files: named };
    });
    errors = compile(layers, '').diagnostics;
    if (errors.length === 0) return [];
    let hasChanged = false;
    const taken = new Set<string>();
    for (const fault of errors) {
      const [draft, path] = files.get(fault.file) ?? [];
      if (draft === undefined || path === undefined) continue;
      if (takeOut(draft, path, fault, account, taken)) hasChanged = true;
    }
    if (!hasChanged) return errors;
  }
  return errors;
}

/** Properties without which the rest of what holds them means nothing. */
const ESSENTIAL: ReadonlySet<string> = new Set(['type', 'to', 'of', 'options', 'pattern', 'entity', 'role', 'actions']);

/** How far into a part of a document what is taken out may lie. */
const DEPTHS: Readonly<Record<string, number>> = { list: 3, form: 5, menu: 2 };

function takeOut(draft: ModuleDraft, path: string, fault: Diagnostic, account: Account, taken: Set<string>): boolean {
  const document = draft.documents.get(path);
  if (document === undefined) return false;
  const whole = fault.pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [part] = whole;
  const tell = (pointer: string): void => {
    const origin = draft.originOf(path, pointer);
    if (origin !== null) account.note(origin.source, origin.pointer, 'left-out', sentence(fault));
  };
  if (part === undefined || part === 'entity' || part === 'permission' || part === 'module') {
    if (path === 'module.json') return false;
    draft.documents.delete(path);
    tell('');
    return true;
  }
  const steps = removable(part, whole);
  const pointer = `/${steps.join('/')}`;
  // Places in lists move when something before them is taken out: one for each list and round.
  const list = `${path}#/${steps.slice(0, -1).join('/')}`;
  const isListed = /^\d+$/.test(steps.at(-1) ?? '');
  if (isListed && taken.has(list)) return true;
  if (!remove(document, steps)) return false;
  if (isListed) taken.add(list);
  tell(pointer);
  return true;
}

/** How much is taken out: a field or a grant stands or falls with what is essential to it. */
function removable(part: string, steps: readonly string[]): readonly string[] {
  const isEssential = ESSENTIAL.has(steps[2] ?? '');
  if (part === 'fields') return steps.slice(0, isEssential ? 2 : 3);
  if (part === 'grants') return steps.slice(0, isEssential ? 2 : 4);
  return steps.slice(0, DEPTHS[part] ?? 1);
}

function sentence({ message, hint }: Diagnostic): string {
  return `${message}${hint === undefined ? '' : ` (${hint})`}`.replace(/“[^”]*”/g, '“…”');
}

function remove(document: JsonDocument, steps: readonly string[]): boolean {
  let holder: Json | undefined = document;
  for (const step of steps.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null) return false;
    holder = Array.isArray(holder) ? holder[Number(step)] : holder[step];
  }
  const last = steps.at(-1) ?? '';
  if (Array.isArray(holder)) return holder.splice(Number(last), 1).length > 0;
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, last)) return false;
  delete holder[last];
  return true;
}
