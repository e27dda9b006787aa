import { expect, test } from 'vitest';
import { termsOf, wordsOf } from './words.ts';

test.each([
  ['Kopi Tubruk', ['kopi', 'tubruk']],
  ['KOPI kopi Kopi', ['kopi']],
  ['Café Münster', ['cafe', 'munster']],
  ['INV-2026/00042', ['inv', '2026', '00042']],
  ['½ kg — ukuran XL', ['1', '2', 'kg', 'ukuran', 'xl']],
  ['  ', []],
  ['日本 東京', ['日本', '東京']],
])('the words of “%s” are %j', (text, words) => {
  expect([...wordsOf([text])]).toEqual(words);
});

test('long words are cut between characters, and a long text keeps its first words', () => {
  expect([...wordsOf(['x'.repeat(60)])]).toEqual(['x'.repeat(40)]);
  expect([...wordsOf([`x${'𐐨'.repeat(60)}`])]).toEqual([`x${'𐐨'.repeat(19)}`]);
  expect(wordsOf([Array.from({ length: 500 }, (_, index) => `w${index}`).join(' ')]).size).toBe(100);
});

test.each([
  ['ko tub', ['ko', 'tub']],
  ['ko kopi', ['kopi']],
  ['…', []],
  ['a b c d e f g h i j', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']],
])('“%s” searches for %j', (search, terms) => {
  expect(termsOf(search)).toEqual(terms);
});
