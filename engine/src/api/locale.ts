import { LOCALES } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import { BoundedMap } from '../storage/bounded-map.ts';

const HEADER_LENGTH_MAX = 200;
const known = new BoundedMap<string, { readonly locale: Locale | null }>(200);

/** The first of our languages that `Accept-Language` names, by its weights; null when it names none. */
export function acceptedLocale(header: string | undefined): Locale | null {
  if (header === undefined || header === '' || header === '*' || header.length > HEADER_LENGTH_MAX) return null;
  let answer = known.get(header);
  if (answer === undefined) {
    answer = { locale: readLanguages(header) };
    known.set(header, answer);
  }
  return answer.locale;
}

function readLanguages(header: string): Locale | null {
  const ranges = header.split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = parameters
      .map((text) => /^\s*q\s*=\s*([\d.]+)\s*$/.exec(text)?.[1])
      .find((text) => text !== undefined);
    return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
  });
  const best = ranges
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
    .find(({ language }) => LOCALES.some((locale) => locale === language));
  return LOCALES.find((locale) => locale === best?.language) ?? null;
}
