/** One layer of metadata: a shipped module, an industry template or a company's own changes. */
export interface SourceLayer {
  readonly kind: 'module' | 'template' | 'company';
  /** Slug of the module or template; for the company layer `company`. */
  readonly name: string;
  readonly files: readonly SourceFile[];
}

export interface SourceFile {
  /** Path below the layer's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
