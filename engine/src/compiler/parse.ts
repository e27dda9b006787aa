import type { DocumentKind } from './kinds.ts';
import { DOCUMENT_KINDS } from './kinds.ts';
import type { Report } from './report.ts';
import type { SourceLayer } from './source-layer.ts';

/** Larger files are refused: no honest metadata document is near it. */
const FILE_LENGTH_MAX = 2_000_000;
const DEPTH_MAX = 40;

export type Body = Readonly<Record<string, unknown>>;

/** A document as one layer wrote it. */
export interface ParsedDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly layer: SourceLayer;
  readonly file: string;
  readonly body: Body;
}

/** Reads the JSON of every file and tells by its key which kind of document it is. */
export function parse(layers: readonly SourceLayer[], report: Report): readonly ParsedDocument[] {
  const documents: ParsedDocument[] = [];
  for (const layer of layers) {
    for (const { path, text } of layer.files) {
      const fault = (code: string, message: string, hint?: string): void =>
        report({ code, severity: 'error', file: path, pointer: '', message, ...(hint === undefined ? {} : { hint }) });

      if (text.length > FILE_LENGTH_MAX) {
        fault('too-large', `The file is larger than ${FILE_LENGTH_MAX} characters`);
        continue;
      }
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch (error) {
        fault('malformed-json', `The file is not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
        continue;
      }
      if (!isObject(body)) {
        fault('malformed-document', 'A metadata document is a JSON object');
        continue;
      }
      const unsafe = unsafeKey(body, 0);
      if (unsafe !== null) {
        fault('unsafe-key', unsafe);
        continue;
      }
      const present = DOCUMENT_KINDS.filter((candidate) => Object.hasOwn(body as object, candidate));
      // An entity may hold a layout under `form`; the key that names the document holds its name.
      const kind = present.find((candidate) => typeof (body as Body)[candidate] === 'string') ?? present[0];
      if (kind === undefined) {
        fault(
          'unknown-kind',
          'The document does not say what it is',
          `Name it with one of these properties: ${DOCUMENT_KINDS.join(', ')}`,
        );
        continue;
      }
      const name = body[kind];
      if (typeof name !== 'string' || name === '') {
        report({
          code: 'missing-name',
          severity: 'error',
          file: path,
          pointer: `/${kind}`,
          message: `“${kind}” must be the name of the document`,
        });
        continue;
      }
      documents.push({ kind, name, layer, file: path, body });
    }
  }
  return documents;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys that would reach a JavaScript prototype, and nesting that no document needs. */
function unsafeKey(value: unknown, depth: number): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth > DEPTH_MAX) return `The document is nested deeper than ${DEPTH_MAX} levels`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = unsafeKey(item, depth + 1);
      if (found !== null) return found;
    }
    return null;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') return `The key “${key}” is not allowed`;
    const found = unsafeKey(item, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
