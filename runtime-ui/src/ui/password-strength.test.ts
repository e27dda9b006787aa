import { expect, it } from 'vitest';
import { passwordStrength } from './password-strength.ts';
import type { PasswordStrength } from './password-strength.ts';

const cases: readonly (readonly [password: string, strength: PasswordStrength, known: readonly string[]])[] = [
  ['', 'empty', []],
  ['Xy7!', 'short', []],
  ['aaaaaaaaaaaaaaaa', 'weak', []],
  ['abcdefgh', 'weak', []],
  ['12345678', 'weak', []],
  ['abababababababab', 'weak', []],
  ['rotimaju', 'weak', []],
  ['rotimaju2024', 'weak', ['Roti Maju']],
  ['rotimaju2024', 'fair', []],
  ['kuda-Lari-7-meter', 'good', []],
  ['correct horse battery staple', 'good', []],
];

it.each(cases)('“%s” is %s', (password, strength, known) => {
  expect(passwordStrength(password, known)).toBe(strength);
});
