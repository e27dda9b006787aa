import type { CompanyDocument, CompanyLayer } from './company-layer.ts';
import { companyLayer, moduleOfCompanyDocument } from './company-layer.ts';

/** The form of the file that export writes and import reads. */
export const PACKAGE_FORMAT = 'rangka-metadata/1';

/** All own documents of a company, or only those of one module. */
export type PackageScope = 'company' | `module:${string}`;

/** A company's own documents as one file, in a stable order. */
export interface MetadataPackage {
  readonly format: typeof PACKAGE_FORMAT;
  readonly scope: PackageScope;
  /** Content hash of `documents`; '' when there are none. */
  readonly hash: string;
  readonly documents: readonly CompanyDocument[];
}

export function isScope(text: string): text is PackageScope {
  return /^(?:company|module:[a-z][a-z0-9-]*)$/.test(text);
}

function isWithin(scope: PackageScope, document: CompanyDocument): boolean {
  return scope === 'company' || moduleOfCompanyDocument(document) === scope.slice('module:'.length);
}

/** The documents of a scope as one file. */
export function packageOf(layer: CompanyLayer, scope: PackageScope): MetadataPackage {
  const { documents, hash } = companyLayer(layer.documents.filter((each) => isWithin(scope, each)));
  return { format: PACKAGE_FORMAT, scope, hash, documents };
}

/** Documents of a package that do not belong to the scope it names. */
export function strangersOf(scope: PackageScope, documents: readonly CompanyDocument[]): readonly CompanyDocument[] {
  return documents.filter((each) => !isWithin(scope, each));
}

/** The layer after a package took the place of everything in its scope. */
export function layerWithPackage(
  layer: CompanyLayer,
  scope: PackageScope,
  documents: readonly CompanyDocument[],
): CompanyLayer {
  return companyLayer([...layer.documents.filter((each) => !isWithin(scope, each)), ...documents]);
}
