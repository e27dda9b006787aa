import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { companyLayer, COMPANY_KINDS } from '../runtime/company-layer.ts';
import type { CompanyDocument, CompanyLayer, DocumentChange } from '../runtime/company-layer.ts';
import { isScope, PACKAGE_FORMAT, strangersOf } from '../runtime/metadata-package.ts';
import type { PackageScope } from '../runtime/metadata-package.ts';
import type { DraftChange } from '../runtime/metadata-drafts.ts';
import { Input } from './input.ts';
import type { JsonObject } from './body.ts';

/** More documents than any company writes; each is compiled at every look at a plan. */
const DOCUMENTS_MAX = 2_000;
/** Characters of all documents of a layer together. */
const LAYER_LENGTH_MAX = 5_000_000;
const NAME_LENGTH_MAX = 150;

/** Reads `changes` of a plan, and its `note`. Throws `invalid` with every fault. */
export function readPlanned(body: unknown): {
  readonly changes: readonly DocumentChange[];
  readonly note: string | null;
} {
  const input = new Input(body);
  const note = input.optionalText('note', { lengthMax: 500 });
  input.has('changes');
  const read = readDocuments(body as JsonObject, 'changes', true);
  input.finish();
  if (read.faults.length > 0) throw refuse('invalid', { faults: read.faults });
  return { changes: read.documents, note };
}

/**
 * Reads changes of drafts: documents as a plan takes them, each with the `revision` it was made from, which is 0 for a
 * document without a draft. Throws `invalid` with every fault.
 */
export function readDrafted(list: unknown): readonly DraftChange[] {
  if (list === undefined) return [];
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const plain = Array.isArray(list) ? items.map(withoutRevision) : list;
  const { documents, faults } = readDocuments({ changes: plain }, 'changes', true);
  const wrong: Fault[] = [...faults];
  const revisions = items.map((item, place) => {
    const revision: unknown = isObject(item) ? (item['revision'] ?? 0) : 0;
    if (Number.isSafeInteger(revision) && Number(revision) >= 0) return Number(revision);
    const parameters = { minimum: '0', maximum: String(Number.MAX_SAFE_INTEGER) };
    wrong.push({ pointer: `/changes/${place}/revision`, code: 'whole-number', parameters });
    return 0;
  });
  if (wrong.length > 0) throw refuse('invalid', { faults: wrong });
  return documents.map((change, place) => ({ ...change, revision: revisions[place] ?? 0 }));
}

function withoutRevision(item: unknown): unknown {
  if (!isObject(item)) return item;
  const { revision: _revision, ...rest } = item;
  return rest;
}

/** Reads a file that export wrote. Throws `invalid` with every fault. */
export function readPackage(body: unknown): {
  readonly scope: PackageScope;
  readonly documents: readonly CompanyDocument[];
} {
  const input = new Input(body);
  const format = input.text('format', { lengthMax: 50 });
  if (format !== '' && format !== PACKAGE_FORMAT) input.fault('format', 'option', { options: PACKAGE_FORMAT });
  const named = input.text('scope', { lengthMax: 100 });
  const scope = isScope(named) ? named : 'company';
  if (named !== '' && !isScope(named)) input.fault('scope', 'option', { options: 'company, module:{slug}' });
  input.has('hash');
  const hash: unknown = (body as JsonObject)['hash'];
  if (typeof hash !== 'string') input.fault('hash', 'required');
  input.has('documents');
  const { documents: read, faults } = readDocuments(body as JsonObject, 'documents', false);
  input.finish();
  if (faults.length > 0) throw refuse('invalid', { faults });
  const documents = read.flatMap(({ kind, name, document }) => (document === null ? [] : [{ kind, name, document }]));
  const wrong: Fault[] = strangersOf(scope, documents).map((each) => ({
    pointer: `/documents/${documents.indexOf(each)}`,
    code: 'outside-scope',
    parameters: { scope },
  }));
  if (companyLayer(documents).hash !== hash) wrong.push({ pointer: '/hash', code: 'hash-differs' });
  if (wrong.length > 0) throw refuse('invalid', { faults: wrong });
  return { scope, documents };
}

/** Refuses a layer that is larger than the engine compiles. */
export function demandSize({ documents }: CompanyLayer, pointer: string): void {
  const length = documents.reduce((sum, { document }) => sum + JSON.stringify(document).length, 0);
  const parameters =
    documents.length > DOCUMENTS_MAX
      ? { maximum: String(DOCUMENTS_MAX) }
      : length > LAYER_LENGTH_MAX
        ? { maximum: String(LAYER_LENGTH_MAX) }
        : null;
  if (parameters !== null) throw refuse('invalid', { faults: [{ pointer, code: 'too-many', parameters }] });
}

interface Reading {
  readonly documents: readonly DocumentChange[];
  readonly faults: readonly Fault[];
}

function readDocuments(body: JsonObject, property: string, mayRemove: boolean): Reading {
  const list: unknown = Object.hasOwn(body, property) ? body[property] : undefined;
  const at = `/${property}`;
  if (!Array.isArray(list))
    return { documents: [], faults: [{ pointer: at, code: 'type', parameters: { expected: 'array' } }] };
  if (list.length > DOCUMENTS_MAX) {
    return {
      documents: [],
      faults: [{ pointer: at, code: 'too-many', parameters: { maximum: String(DOCUMENTS_MAX) } }],
    };
  }
  const faults: Fault[] = [];
  const seen = new Set<string>();
  const documents = (list as readonly unknown[]).flatMap((item, place) => {
    const pointer = `${at}/${place}`;
    const change = readDocument(item, pointer, mayRemove, faults);
    if (change === null) return [];
    const key = `${change.kind} ${change.name}`;
    if (seen.has(key)) faults.push({ pointer, code: 'document-repeated' });
    seen.add(key);
    return [change];
  });
  return { documents, faults };
}

function readDocument(item: unknown, pointer: string, mayRemove: boolean, faults: Fault[]): DocumentChange | null {
  if (!isObject(item)) {
    faults.push({ pointer, code: 'type', parameters: { expected: 'object' } });
    return null;
  }
  for (const property of Object.keys(item)) {
    if (['kind', 'name', 'document'].includes(property)) continue;
    const parameters = { known: 'kind, name, document' };
    faults.push({ pointer: `${pointer}/${property}`, code: 'unknown-property', parameters });
  }
  const { kind: named, name, document } = item;
  const kind = COMPANY_KINDS.find((each) => each === named);
  if (kind === undefined) {
    faults.push({ pointer: `${pointer}/kind`, code: 'option', parameters: { options: COMPANY_KINDS.join(', ') } });
  }
  const isName = typeof name === 'string' && name !== '' && name.length <= NAME_LENGTH_MAX;
  if (!isName) faults.push({ pointer: `${pointer}/name`, code: 'required' });
  if (kind === undefined || !isName) return null;
  if (document === null && mayRemove) return { kind, name, document };
  if (!isObject(document)) {
    faults.push({ pointer: `${pointer}/document`, code: 'type', parameters: { expected: 'object' } });
    return null;
  }
  if (!Object.hasOwn(document, kind) || document[kind] !== name) {
    faults.push({ pointer: `${pointer}/document/${kind}`, code: 'option', parameters: { options: name } });
    return null;
  }
  return { kind, name, document };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
