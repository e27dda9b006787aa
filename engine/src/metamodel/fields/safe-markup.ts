import { isSafeAddress } from './web-address.ts';

const BLOCKS = ['p', 'h2', 'h3', 'ul', 'ol', 'li', 'blockquote', 'pre'];
const SPANS = ['strong', 'em', 'u', 's', 'code', 'a'];
const ELEMENTS: ReadonlySet<string> = new Set([...BLOCKS, ...SPANS]);
const ENTITIES: ReadonlySet<string> = new Set(['&amp;', '&lt;', '&gt;', '&quot;', '&#39;', '&nbsp;']);
const DEPTH_MAX = 20;
const FOUND_LENGTH_MAX = 40;

/** A tag, an entity, or a character that needs one. Every part is bounded, so that matching stays linear. */
const TOKEN = /<(\/?)([a-z][a-z0-9]{0,11})(?: href="([^"<>]{1,2000})")?>|&(?:#?[a-z0-9]{1,8});|[<>&]/g;

/**
 * Holds rich text to a small part of HTML: paragraphs, headings, lists, quotations, emphasis, code, line breaks, and
 * links to http, https and mailto. Nothing else has a way in: the text is written anew from what was recognised, a tag
 * beyond the list is refused rather than silently dropped, and every element is closed in its order. Giving the result
 * back in changes nothing.
 */
export function safeMarkup(source: string): { readonly text: string } | { readonly refused: string } {
  const open: string[] = [];
  let text = '';
  let end = 0;
  for (const token of source.matchAll(TOKEN)) {
    const [whole, closing, name, address] = token;
    const written = name === undefined ? character(whole) : tag(whole, closing === '/', name, address, open);
    if (written === null) return { refused: source.slice(token.index, token.index + FOUND_LENGTH_MAX) };
    text += source.slice(end, token.index) + written;
    end = token.index + whole.length;
  }
  const unclosed = open.at(-1);
  return unclosed === undefined ? { text: text + source.slice(end) } : { refused: `<${unclosed}>` };
}

/** An entity that is known, or a character as one. A `<` that begins no tag was meant as one. */
function character(found: string): string | null {
  if (found === '<') return null;
  return ENTITIES.has(found) ? found : escaped(found);
}

function tag(
  whole: string,
  isClosing: boolean,
  name: string,
  address: string | undefined,
  open: string[],
): string | null {
  if (address !== undefined && (name !== 'a' || isClosing)) return null;
  if (isClosing) return open.pop() === name ? whole : null;
  if (name === 'br') return whole;
  if (!ELEMENTS.has(name) || open.length >= DEPTH_MAX) return null;
  open.push(name);
  if (name !== 'a') return whole;
  const target = unescaped(address ?? '');
  return isSafeAddress(target) ? `<a href="${escaped(target)}">` : null;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
