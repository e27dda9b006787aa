import { pointerStep } from '../metamodel/diagnostic.ts';
import { moduleOf } from '../metamodel/naming.ts';
import type { DocumentKind } from './kinds.ts';
import type { Body, ParsedDocument } from './parse.ts';
import { isObject } from './parse.ts';
import type { Report } from './report.ts';
import { nearestHint } from './report.ts';
import type { SourceLayer } from './source-layer.ts';

/** A document after all layers had their say. */
export interface FoldedDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  /** The module whose layer first named it; a company's own documents belong to the module in their name. */
  readonly origin: ParsedDocument;
  readonly body: Body;
  /** The file of the highest layer that says something at this pointer. */
  fileAt(pointer: string): string;
  /** The highest layer that says something at this pointer. */
  layerAt(pointer: string): SourceLayer;
}

/** Kinds whose entries are looked for by name; documents of other layers with the same name are merged. */
export function fold(documents: readonly ParsedDocument[], report: Report): readonly FoldedDocument[] {
  const byName = new Map<string, ParsedDocument[]>();
  for (const document of documents) {
    const key = `${document.kind} ${document.kind === 'translation' ? `${document.layer.name} ` : ''}${document.name}`;
    const same = byName.get(key);
    if (same === undefined) byName.set(key, [document]);
    else {
      const twin = same.find((other) => other.layer === document.layer);
      if (twin !== undefined) {
        report({
          code: 'duplicate-document',
          severity: 'error',
          file: document.file,
          pointer: `/${document.kind}`,
          message: `The ${document.kind} “${document.name}” is already defined in ${twin.file}`,
        });
      } else same.push(document);
    }
  }

  const folded = [...byName.values()].map(merge);
  return translate(folded, report);
}

function merge(layers: readonly ParsedDocument[]): FoldedDocument {
  const lowest = layers[0] as ParsedDocument;
  let body: Body = lowest.body;
  for (let index = 1; index < layers.length; index += 1) {
    body = mergeBodies(body, (layers[index] as ParsedDocument).body);
  }
  const sayerOf = (pointer: string): ParsedDocument => {
    for (let index = layers.length - 1; index > 0; index -= 1) {
      const layer = layers[index] as ParsedDocument;
      if (says(layer.body, pointer)) return layer;
    }
    return lowest;
  };
  return {
    kind: lowest.kind,
    name: lowest.name,
    origin: lowest,
    body,
    fileAt: (pointer) => sayerOf(pointer).file,
    layerAt: (pointer) => sayerOf(pointer).layer,
  };
}

/**
 * The upper layer adds and changes by name. Objects merge key by key, lists of named things by their name; anything
 * else is replaced. Nothing is taken away: a layer hides with `"hidden": true`.
 */
export function mergeBodies(lower: Body, upper: Body): Body {
  const result: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) result[key] = mergeValues(lower[key], value);
  return result;
}

function mergeValues(lower: unknown, upper: unknown): unknown {
  if (isObject(lower) && isObject(upper)) return mergeBodies(lower, upper);
  return isNamedList(lower) && isNamedList(upper) ? mergeNamed(lower, upper) : upper;
}

type NamedList = readonly (Body & { readonly name: string })[];

function mergeNamed(lower: NamedList, upper: NamedList): readonly Body[] {
  const result: Body[] = [...lower];
  for (const item of upper) {
    const at = result.findIndex((other) => other['name'] === item.name);
    if (at < 0) result.push(item);
    else result[at] = mergeBodies(result[at] as Body, item);
  }
  return result;
}

function isNamedList(list: unknown): list is NamedList {
  return (
    Array.isArray(list) && list.length > 0 && list.every((item) => isObject(item) && typeof item['name'] === 'string')
  );
}

function says(body: Body, pointer: string): boolean {
  let value: unknown = body;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replace(/~1/g, '/').replace(/~0/g, '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return true;
}

/** Writes the texts of translation documents into the documents they translate. */
function translate(documents: readonly FoldedDocument[], report: Report): readonly FoldedDocument[] {
  const translations = documents.filter((document) => document.kind === 'translation');
  if (translations.length === 0) return documents;
  const bodies = new Map<string, Record<string, unknown>>();
  const index = new Map(documents.map((document) => [`${document.kind}/${document.name}`, document]));

  for (const translation of translations) {
    const texts = translation.body['texts'];
    if (!isObject(texts)) continue;
    for (const [path, text] of Object.entries(texts)) {
      const [kind = '', name = '', ...steps] = path.split('/');
      const fault = (message: string, hint?: string): void => {
        const pointer = `/texts${pointerStep(path)}`;
        report({
          code: 'unknown-text',
          severity: 'error',
          file: translation.fileAt(pointer),
          pointer,
          message,
          ...(hint === undefined ? {} : { hint }),
        });
      };
      const target = index.get(`${kind}/${name}`);
      if (target === undefined) {
        fault(`There is no ${kind} “${name}” to translate`, nearestHint(`${kind}/${name}`, index.keys()));
        continue;
      }
      const key = `${kind}/${name}`;
      const body = bodies.get(key) ?? structuredClone(target.body);
      bodies.set(key, body);
      if (!writeText(body, steps, translation.name, text))
        fault(`“${steps.join('/')}” is not a text of ${kind} “${name}”`);
    }
  }
  return documents.map((document) => {
    const body = bodies.get(`${document.kind}/${document.name}`);
    return body === undefined ? document : { ...document, body };
  });
}

function writeText(body: Record<string, unknown>, steps: readonly string[], locale: string, text: unknown): boolean {
  let holder: unknown = body;
  for (const step of steps.slice(0, -1)) {
    if (Array.isArray(holder)) {
      holder =
        holder.find((item) => isObject(item) && (item['name'] === step || item['value'] === step)) ??
        holder[Number(step)];
    } else holder = isObject(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined;
  }
  const last = steps.at(-1);
  if (last === undefined || !isObject(holder) || !Object.hasOwn(holder, last)) return false;
  const current = holder[last];
  if (typeof current !== 'string' && !isObject(current)) return false;
  holder[last] = { ...(typeof current === 'string' ? { en: current } : current), [locale]: text };
  return true;
}

/** The module a document belongs to: the one whose folder it stands in, else the one its name begins with. */
export function moduleOfDocument(document: FoldedDocument): string {
  const { layer } = document.origin;
  return layer.kind === 'module' ? layer.name : moduleOf(document.name);
}
