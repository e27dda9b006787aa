import type { Readable } from 'node:stream';
import { unreadable } from './table.ts';

/** What stands in an XML document, in its order. Names come without their prefix. */
export type XmlEvent =
  | { readonly kind: 'open'; readonly name: string; readonly attribute: (name: string) => string | undefined }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly name: null; readonly text: string };

/** Characters between two marks; a text of a cell is shorter. */
const PIECE_MAX = 4_194_304;
/** Elements within one another. */
const DEPTH_MAX = 1_000;

/**
 * Reads XML while it comes, as far as workbooks and bank statements need it. Document types are refused, so no entity means
 * more than the five of XML itself, and nothing outside the document is ever asked for. Throws the refusal `unreadable-file`, also
 * at the end of a document whose elements are not all closed: a part is never taken for the whole.
 */
export async function* readXml(part: Readable, lengthMax: number): AsyncGenerator<readonly XmlEvent[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const open: string[] = [];
  let rest = '';
  let length = 0;
  for await (const bytes of part) {
    const piece = decodedPiece(decoder, bytes as Buffer);
    length += piece.length;
    if (length > lengthMax) throw unreadable('the XML is too long');
    rest += piece;
    const { events, taken } = eventsIn(rest, open);
    yield events;
    rest = rest.slice(taken);
    if (rest.length > PIECE_MAX) throw unreadable('what should be XML is none');
  }
  const { events, taken } = eventsIn(rest, open);
  yield events;
  if (open.length > 0 || rest.slice(taken).trim() !== '') throw unreadable('the XML is cut off');
}

function decodedPiece(decoder: TextDecoder, bytes: Buffer): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch {
    throw unreadable('the XML is not UTF-8');
  }
}

/**
 * All that is whole in a piece of the document, and how much of it that is.
 *
 * @param open names of the elements around the piece; left as those around what follows it
 */
function eventsIn(text: string, open: string[]): { readonly events: readonly XmlEvent[]; readonly taken: number } {
  const events: XmlEvent[] = [];
  let at = 0;
  for (;;) {
    const mark = text.indexOf('<', at);
    if (mark < 0) return { events, taken: at };
    if (mark > at) events.push({ kind: 'text', name: null, text: plainText(text.slice(at, mark)) });
    const next = text.charCodeAt(mark + 1);
    if (next === 0x21) {
      const end = skipped(text, mark, events);
      if (end === null) return { events, taken: mark };
      at = end;
      continue;
    }
    const end = text.indexOf('>', mark);
    if (end < 0) return { events, taken: mark };
    if (next !== 0x3f) pushTag(text.slice(mark + 1, end), events, open);
    at = end + 1;
  }
}

/** Where a comment or verbatim text ends; null while its end has not come. */
function skipped(text: string, mark: number, events: XmlEvent[]): number | null {
  if (text.startsWith('<!--', mark)) {
    const end = text.indexOf('-->', mark + 4);
    return end < 0 ? null : end + 3;
  }
  if (text.startsWith('<![CDATA[', mark)) {
    const end = text.indexOf(']]>', mark + 9);
    if (end < 0) return null;
    events.push({ kind: 'text', name: null, text: text.slice(mark + 9, end) });
    return end + 3;
  }
  if (text.length - mark < 9) return null;
  throw unreadable('the XML has a document type');
}

function pushTag(tag: string, events: XmlEvent[], open: string[]): void {
  if (tag.startsWith('/')) {
    const name = localName(tag.slice(1).trim());
    if (open.pop() !== name) throw unreadable('what should be XML is none');
    events.push({ kind: 'close', name });
    return;
  }
  const isEmpty = tag.endsWith('/');
  const space = tag.search(/[\s/]/);
  const name = localName(space < 0 ? tag : tag.slice(0, space));
  const rest = space < 0 ? '' : tag.slice(space);
  events.push({ kind: 'open', name, attribute: (wanted) => attributeIn(rest, wanted) });
  if (isEmpty) events.push({ kind: 'close', name });
  else if (open.push(name) > DEPTH_MAX) throw unreadable('what should be XML is none');
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

const patterns = new Map<string, RegExp>();

function attributeIn(text: string, name: string): string | undefined {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    patterns.set(name, pattern);
  }
  const found = pattern.exec(text);
  const value = found?.[1] ?? found?.[2];
  return value === undefined ? undefined : plainText(value);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plainText(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const hex = name[1] === 'x' || name[1] === 'X';
    const code = hex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
