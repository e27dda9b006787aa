import type { DocumentKind } from '../compiler/kinds.ts';
import { DOCUMENT_KINDS } from '../compiler/kinds.ts';
import type { SourceFile, SourceLayer } from '../compiler/source-layer.ts';
import { moduleOf } from '../metamodel/naming.ts';
import { hashOf } from './shipped.ts';

/** One document of a company's own layer; `document` names itself by its kind. */
export interface CompanyDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** A document to add or replace, or with `document: null` to take out of the layer. */
export interface DocumentChange {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>> | null;
}

/** Everything a company says beyond its modules, in a stable order. */
export interface CompanyLayer {
  readonly documents: readonly CompanyDocument[];
  /** '' for an empty layer: such companies go on sharing models. */
  readonly hash: string;
}

/** Kinds that belong to an installation, never to one company. */
const NOT_OF_A_COMPANY: ReadonlySet<DocumentKind> = new Set(['template', 'business_type']);

/** The kinds that a company's layer may hold. */
export const COMPANY_KINDS: readonly DocumentKind[] = DOCUMENT_KINDS.filter((kind) => !NOT_OF_A_COMPANY.has(kind));

export const EMPTY_LAYER: CompanyLayer = { documents: [], hash: '' };

function keyOf({ kind, name }: Pick<CompanyDocument, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** A layer of documents. Its hash does not depend on the order they came in, but on the order of their keys: fields. */
export function companyLayer(documents: readonly CompanyDocument[]): CompanyLayer {
  if (documents.length === 0) return EMPTY_LAYER;
  const sorted = [...documents].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const texts = sorted.flatMap(({ kind, name, document }) => [kind, name, JSON.stringify(document)]);
  return { documents: sorted, hash: hashOf(texts) };
}

/** The layer after changes; of several for one document the last counts. */
export function changedLayer(layer: CompanyLayer, changes: readonly DocumentChange[]): CompanyLayer {
  const documents = new Map(layer.documents.map((each) => [keyOf(each), each]));
  for (const { kind, name, document } of changes) {
    if (document === null) documents.delete(keyOf({ kind, name }));
    else documents.set(keyOf({ kind, name }), { kind, name, document });
  }
  return companyLayer([...documents.values()]);
}

/** What turns one layer into another. */
export function layerChanges(from: CompanyLayer, to: CompanyLayer): readonly DocumentChange[] {
  const former = new Map(from.documents.map((each) => [keyOf(each), JSON.stringify(each.document)]));
  const kept = new Set(to.documents.map(keyOf));
  return [
    ...to.documents.filter((each) => former.get(keyOf(each)) !== JSON.stringify(each.document)),
    ...from.documents
      .filter((each) => !kept.has(keyOf(each)))
      .map(({ kind, name }) => ({ kind, name, document: null })),
  ];
}

/** The module a document of the layer belongs to by its name; null for those of the company as a whole. */
export function moduleOfCompanyDocument({ kind, name }: Pick<CompanyDocument, 'kind' | 'name'>): string | null {
  if (kind === 'module') return name;
  return name.includes('.') ? moduleOf(name) : null;
}

/** The layer as the compiler takes it. Diagnostics name `kind/name.json` as the file. */
export function sourceLayerOf(layer: CompanyLayer, files: readonly SourceFile[] = []): SourceLayer {
  const own = layer.documents.map(({ kind, name, document }) => ({
    path: `${kind}/${name}.json`,
    text: JSON.stringify(document),
  }));
  return { kind: 'company', name: 'company', files: [...own, ...files] };
}
