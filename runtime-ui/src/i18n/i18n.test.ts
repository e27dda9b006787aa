import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addMessages, i18n, preferredLocale, setLocale } from './i18n.ts';
import type { Locale, MessageSource } from './i18n.ts';

function speaks(languages: readonly string[]): void {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue([...languages]);
}

describe('the first language', () => {
  beforeEach(() => localStorage.clear());

  const cases: readonly (readonly [stored: string | null, languages: readonly string[], expected: Locale])[] = [
    [null, ['id-ID', 'en'], 'id'],
    [null, ['fr-FR', 'id'], 'id'],
    [null, ['fr-FR'], 'en'],
    [null, [], 'en'],
    ['id', ['en-GB'], 'id'],
    ['nl', ['id'], 'id'],
    ['toString', ['en'], 'en'],
  ];

  it.each(cases)('stored %s, browser %j: %s', (stored, languages, expected) => {
    if (stored !== null) localStorage.setItem('rangka.locale', stored);
    speaks(languages);
    expect(preferredLocale()).toBe(expected);
  });
});

describe('texts', () => {
  const source = vi.fn<MessageSource>((locale) => Promise.resolve({ default: { part: { name: `part ${locale}` } } }));

  it('of a part come in the present language alone, and once', async () => {
    await setLocale('en');
    await addMessages(source);
    await addMessages(source);
    expect(source.mock.calls).toEqual([['en']]);
    expect(i18n.global.t('part.name')).toBe('part en');
  });

  it('follow when the language is switched', async () => {
    await setLocale('id');
    expect(source).toHaveBeenCalledWith('id');
    expect(i18n.global.t('part.name')).toBe('part id');
    expect(document.documentElement.lang).toBe('id');
  });
});
