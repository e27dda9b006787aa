/** The languages the product speaks. English is the fallback of every text. */
export const LOCALES = ['en', 'id'] as const;
export type Locale = (typeof LOCALES)[number];

/** A text in every language it is known in. */
export type Text = Readonly<Partial<Record<Locale, string>>>;

/** The text in the asked language, else in English, else in any. */
export function textIn(text: Text, locale: Locale): string {
  return text[locale] ?? text.en ?? Object.values(text)[0] ?? '';
}

/** A text as metadata may write it: one string stands for English. */
export function toText(source: string | Text): Text {
  return typeof source === 'string' ? { en: source } : source;
}
