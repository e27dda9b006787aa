import { describe, expect, it } from 'vitest';
import { acceptedLocale } from './locale.ts';

describe('the language of a request', () => {
  it.each([
    ['id', 'id'],
    ['id-ID,id;q=0.9,en;q=0.8', 'id'],
    ['en-US,en;q=0.9,id;q=0.8', 'en'],
    ['fr-FR,fr;q=0.9,id;q=0.2', 'id'],
    ['en;q=0.1, id;q=0.7', 'id'],
    ['ID', 'id'],
    ['en;q=0', null],
    ['fr', null],
    ['*', null],
    ['', null],
    [undefined, null],
    [`${'x,'.repeat(200)}id`, null],
  ])('%j → %s', (header, locale) => expect(acceptedLocale(header)).toBe(locale));
});
