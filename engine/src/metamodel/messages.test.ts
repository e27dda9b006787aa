import { describe, expect, it } from 'vitest';
import { FAULT_MESSAGES, messageOf } from './messages.ts';

describe('messageOf', () => {
  it.each([
    ['maximum', { maximum: '10' }, 'At most 10', 'Paling banyak 10'],
    ['type', { expected: 'array' }, 'This must be a list', 'Isian ini harus berupa daftar'],
    ['type', { expected: 'something else' }, 'This must be something else', 'Isian ini harus berupa something else'],
    ['format', { expected: 'id' }, 'This is not the id of a record', 'Ini bukan id sebuah data'],
    ['nobody-knows', {}, 'This is not valid', 'Isian ini tidak sah'],
    ['toString', {}, 'This is not valid', 'Isian ini tidak sah'],
  ])('says %s %j', (code, parameters, en, id) => {
    expect(messageOf(code, parameters, 'en')).toBe(en);
    expect(messageOf(code, parameters, 'id')).toBe(id);
  });

  it.each(Object.entries(FAULT_MESSAGES))('%s names the same parameters in both languages', (_, { en, id }) => {
    const names = (sentence: string): readonly string[] =>
      [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
    expect(names(id)).toEqual(names(en));
  });
});
