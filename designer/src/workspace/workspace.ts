import { useDebounceFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { DocumentKind } from '../../../engine/src/compiler/kinds.ts';
import { mergeBodies } from '../../../engine/src/compiler/fold.ts';
import type { Body } from '../../../engine/src/compiler/parse.ts';
import { moduleOf } from '../../../engine/src/metamodel/naming.ts';
import { ApiProblem } from '../../../runtime-ui/src/api/problem.ts';
import { askCompiler } from '../compiler/compiler.ts';
import type { DesignDocument, Outline, PlacedDiagnostic } from '../compiler/protocol.ts';
import { discardDraft, readDraft, readSources, saveDraft } from './draft-api.ts';
import type { Draft, DraftDocument, Presence, ServerDocument } from './draft-api.ts';
import { History } from './history.ts';
import { difference, isSame } from './layering.ts';
import { typingPlace } from './typing-place.ts';

const COMPILE_PAUSE_MS = 120;
const SAVE_PAUSE_MS = 700;
const LOOK_MS = 4_000;

/** What the company says of its own, by document; immutable, so that every state can be returned to. */
type Own = ReadonlyMap<string, DesignDocument>;

const EMPTY_OUTLINE: Outline = { entities: {}, ledgers: {}, settings: [], functions: [] };

export function keyOf({ kind, name }: Pick<DesignDocument, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** A change of one document that somebody else changed as well. */
export interface Clash {
  readonly key: string;
  readonly author: string;
  readonly theirs: DraftDocument;
}

/** Everything the designer works on: the standard, the company's layer with what is being changed, and its faults. */
export const useWorkspace = defineStore('workspace', () => {
  const isLoaded = shallowRef(false);
  const version = shallowRef(0);
  const standard = shallowRef<ReadonlyMap<string, DesignDocument>>(new Map());
  const published = shallowRef<Own>(new Map());
  const own = shallowRef<Own>(new Map());
  const history = new History<Own>();

  const diagnostics = shallowRef<readonly PlacedDiagnostic[]>([]);
  const outline = shallowRef<Outline>(EMPTY_OUTLINE);
  /** Grows with every compilation that is done; previews follow it. */
  const compiled = shallowRef(0);
  const compileMs = shallowRef(0);

  const people = shallowRef<readonly Presence[]>([]);
  const place = shallowRef<string | null>(null);
  const clashes = shallowRef<readonly Clash[]>([]);
  const saving = shallowRef<'saved' | 'waiting' | 'failed'>('saved');
  /** What the server has as draft, and its revision, by document. */
  let kept = new Map<string, DraftDocument>();

  /** Every document there is, standard and own folded. */
  const documents = computed<ReadonlyMap<string, DesignDocument>>(() => {
    const all = new Map(standard.value);
    for (const [key, document] of own.value) {
      const lower = standard.value.get(key);
      all.set(key, lower === undefined ? document : { ...document, body: mergeBodies(lower.body, document.body) });
    }
    return all;
  });

  /** What publishing would change. */
  const changes = computed<readonly ServerDocument[]>(() => [
    ...[...own.value]
      .filter(([key, document]) => !isSame(published.value.get(key)?.body, document.body))
      .map(([, { kind, name, body }]) => ({ kind, name, document: body })),
    ...[...published.value]
      .filter(([key]) => !own.value.has(key))
      .map(([, { kind, name }]) => ({ kind, name, document: null })),
  ]);

  const faults = computed(() => diagnostics.value.filter(({ severity }) => severity === 'error'));

  async function load(): Promise<void> {
    const [sources, draft] = await Promise.all([readSources(), readDraft()]);
    const folded = await askCompiler({ ask: 'begin', layers: sources.layers });
    standard.value = byKey(folded.filter(({ kind }) => kind !== 'translation'));
    published.value = byKey(sources.documents.map(({ kind, name, document }) => ({ kind, name, body: document })));
    version.value = sources.version;
    own.value = withDrafts(published.value, draft.documents);
    history.clear();
    remember(draft);
    await compileNow();
    isLoaded.value = true;
  }

  function remember(draft: Draft): void {
    kept = new Map(draft.documents.map((each) => [keyOf(each), each]));
    people.value = draft.people;
  }

  /** The body of a document, all layers folded. */
  function bodyOf(kind: DocumentKind, name: string): Body | undefined {
    return documents.value.get(keyOf({ kind, name }))?.body;
  }

  /** Changes a document; `body` is what it shall be as a whole. */
  function edit(kind: DocumentKind, name: string, body: Body): void {
    const key = keyOf({ kind, name });
    const place = typingPlace(bodyOf(kind, name) ?? {}, body);
    const at = place === null ? null : `${key} ${place}`;
    const lower = standard.value.get(key);
    const said = lower === undefined ? body : difference(lower.body, body);
    if (said === null) {
      if (own.value.has(key)) change(without(own.value, key), at);
      return;
    }
    const named = lower === undefined ? said : { [kind]: name, ...said };
    change(new Map(own.value).set(key, { kind, name, body: named }), at);
  }

  /** Changes what the company itself says of a document; null takes it out of the layer. */
  function say(kind: DocumentKind, name: string, said: Body | null): void {
    const key = keyOf({ kind, name });
    change(said === null ? without(own.value, key) : new Map(own.value).set(key, { kind, name, body: said }), null);
  }

  /** Takes a document out of the company's layer: what the standard says of it holds again. */
  function reset(kind: DocumentKind, name: string): void {
    const key = keyOf({ kind, name });
    if (own.value.has(key)) change(without(own.value, key), null);
  }

  function change(next: Own, at: string | null): void {
    history.note(own.value, at);
    own.value = next;
  }

  function undo(): void {
    own.value = history.undo(own.value) ?? own.value;
  }

  function redo(): void {
    own.value = history.redo(own.value) ?? own.value;
  }

  async function compileNow(): Promise<void> {
    const answer = await askCompiler({ ask: 'compile', documents: [...own.value.values()] });
    diagnostics.value = answer.diagnostics;
    outline.value = { ...answer.outline, entities: { ...stillThere(outline.value), ...answer.outline.entities } };
    compileMs.value = answer.milliseconds;
    compiled.value += 1;
  }

  /** A document with a fault in its form is no entity for a moment: whoever mends it still needs to know its fields. */
  function stillThere({ entities }: Outline): Outline['entities'] {
    return Object.fromEntries(Object.entries(entities).filter(([name]) => documents.value.has(`entity ${name}`)));
  }

  /** What the server has not got yet. */
  function unsaved(): (ServerDocument & { readonly revision: number })[] {
    const wanted = new Map<string, ServerDocument>(changes.value.map((each) => [keyOf(each), each]));
    // What is as published again still has a draft that says otherwise.
    for (const [key, { kind, name }] of kept) {
      if (!wanted.has(key)) wanted.set(key, { kind, name, document: published.value.get(key)?.body ?? null });
    }
    return [...wanted]
      .filter(([key, { document }]) => {
        const draft = kept.get(key);
        return draft === undefined || !isSame(draft.document, document);
      })
      .map(([key, each]) => ({ ...each, revision: kept.get(key)?.revision ?? 0 }));
  }

  let isBusy = false;

  /** Sends what changed and takes what others changed. */
  async function synchronise(): Promise<void> {
    if (isBusy || !isLoaded.value) return;
    isBusy = true;
    try {
      const sent = clashes.value.length > 0 ? [] : unsaved();
      take(await saveDraft(sent, place.value), new Set(sent.map(keyOf)));
      if (clashes.value.length === 0) saving.value = unsaved().length === 0 ? 'saved' : 'waiting';
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 409) await takeBoth();
      else saving.value = 'failed';
    } finally {
      isBusy = false;
    }
  }

  /** Takes over what others changed since the last look. What one has changed oneself and sent stays. */
  function take(draft: Draft, sent: ReadonlySet<string>): void {
    const fresh = draft.documents.filter((each) => {
      const known = kept.get(keyOf(each));
      return !sent.has(keyOf(each)) && (known === undefined || known.revision !== each.revision);
    });
    const mine = new Set(unsaved().map(keyOf));
    const others = fresh.filter((each) => !mine.has(keyOf(each)));
    remember(draft);
    if (draft.version !== version.value) {
      void load();
      return;
    }
    if (others.length > 0) own.value = withDrafts(own.value, others);
  }

  /** Somebody was faster with a document that was changed here as well: a person decides. */
  async function takeBoth(): Promise<void> {
    const mine = unsaved();
    const draft = await readDraft();
    const theirs = new Map(draft.documents.map((each) => [keyOf(each), each]));
    clashes.value = mine.flatMap((each) => {
      const key = keyOf(each);
      const other = theirs.get(key);
      const isTheirs =
        other !== undefined && other.revision !== each.revision && !isSame(other.document, each.document);
      return isTheirs ? [{ key, author: other.author, theirs: other }] : [];
    });
    const open = new Set(clashes.value.map(({ key }) => key));
    const others = draft.documents.filter(
      (each) => !open.has(keyOf(each)) && !mine.some((own) => keyOf(own) === keyOf(each)),
    );
    remember(draft);
    own.value = withDrafts(own.value, others);
  }

  /** Ends a clash: what was changed here stays, or what somebody else changed is taken over. */
  function settle(clash: Clash, whose: 'mine' | 'theirs'): void {
    if (whose === 'theirs') change(withDrafts(own.value, [clash.theirs]), null);
    clashes.value = clashes.value.filter((each) => each !== clash);
    void synchronise();
  }

  /** Forgets all that is not published, for everybody. */
  async function discard(): Promise<void> {
    await discardDraft();
    kept = new Map();
    clashes.value = [];
    change(published.value, null);
    saving.value = 'saved';
  }

  const compileSoon = useDebounceFn(compileNow, COMPILE_PAUSE_MS);
  const saveSoon = useDebounceFn(synchronise, SAVE_PAUSE_MS);
  watch(own, () => {
    if (!isLoaded.value) return;
    if (unsaved().length > 0) saving.value = 'waiting';
    void compileSoon();
    void saveSoon();
  });
  watch(place, () => void saveSoon());

  let timer: ReturnType<typeof setInterval> | undefined;
  /** Begins to look at what colleagues do; answers how to end it. */
  function follow(): () => void {
    timer = setInterval(() => void synchronise(), LOOK_MS);
    return () => clearInterval(timer);
  }

  return {
    isLoaded,
    version,
    standard,
    published,
    own,
    documents,
    changes,
    diagnostics,
    faults,
    outline,
    compiled,
    compileMs,
    people,
    place,
    clashes,
    saving,
    canUndo: history.canUndo,
    canRedo: history.canRedo,
    load,
    bodyOf,
    edit,
    say,
    reset,
    undo,
    redo,
    synchronise,
    settle,
    discard,
    follow,
  };
});

/** The module a document is listed under. */
export function moduleOfDocument({ kind, name, body }: DesignDocument): string {
  if (kind === 'module') return name;
  const named = kind === 'translation' && typeof body['module'] === 'string' ? body['module'] : name;
  return named.includes('.') ? moduleOf(named) : '';
}

function byKey(documents: readonly DesignDocument[]): ReadonlyMap<string, DesignDocument> {
  return new Map(documents.map((each) => [keyOf(each), each]));
}

function withDrafts(own: Own, drafts: readonly ServerDocument[]): Own {
  const next = new Map(own);
  for (const { kind, name, document } of drafts) {
    const key = keyOf({ kind, name });
    if (document === null) next.delete(key);
    else next.set(key, { kind, name, body: document });
  }
  return next;
}

function without(own: Own, key: string): Own {
  const next = new Map(own);
  next.delete(key);
  return next;
}
