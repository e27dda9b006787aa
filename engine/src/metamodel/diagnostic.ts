/** One fault of a metadata document: where it stands, what is wrong and what would be right. */
export interface Diagnostic {
  /** Stable code, for example `unknown-field`; docs/diagnostics.md explains each. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** Path of the file below the module or layer folder it came from. */
  readonly file: string;
  /** JSON pointer (RFC 6901) into the file; empty for the document as a whole. */
  readonly pointer: string;
  readonly message: string;
  /** What would repair it, often the nearest valid name. */
  readonly hint?: string;
}

/** Escapes one step of a JSON pointer (RFC 6901, section 3). */
export function pointerStep(step: string | number): string {
  return '/' + String(step).replace(/~/g, '~0').replace(/\//g, '~1');
}
