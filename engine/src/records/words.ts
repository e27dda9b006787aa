/**
 * The words a text is found by. Both sides of a search go through here, so that neither the database nor its collation
 * has a say: `Kopi Tubruk — 1/2 kg` is found by `kopi`, `TUB` and `1/2`.
 */

/** Longer words are cut: a prefix is all that a search compares. */
const WORD_LENGTH_MAX = 40;
/** A record is found by its first words only; a novel in a note field must not fill the index. */
const WORDS_MAX = 100;
/** Terms of one search beyond these add nothing but work. */
export const TERMS_MAX = 8;

const SEPARATORS = /[^\p{L}\p{N}]+/u;
const MARKS = /\p{M}+/gu;

function normalized(text: string): readonly string[] {
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => word !== '')
    .map(cut);
}

/** Never in the middle of a surrogate pair: half a character is no text. */
function cut(word: string): string {
  if (word.length <= WORD_LENGTH_MAX) return word;
  const last = word.charCodeAt(WORD_LENGTH_MAX - 1);
  return word.slice(0, last >= 0xd800 && last <= 0xdbff ? WORD_LENGTH_MAX - 1 : WORD_LENGTH_MAX);
}

/** The different words of a record's searched texts. */
export function wordsOf(texts: Iterable<string>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const text of texts) {
    for (const word of normalized(text)) {
      if (words.size === WORDS_MAX) return words;
      words.add(word);
    }
  }
  return words;
}

/** The prefixes that a search asks for; a prefix of another one is left out, since it asks for less. */
export function termsOf(search: string): readonly string[] {
  const terms = [...new Set(normalized(search))];
  return terms.filter((term) => !terms.some((other) => other !== term && other.startsWith(term))).slice(0, TERMS_MAX);
}
