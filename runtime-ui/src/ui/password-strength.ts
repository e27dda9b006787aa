const PASSWORD_LENGTH_MIN = 8;

export type PasswordStrength = 'empty' | 'short' | 'weak' | 'fair' | 'good';

const FAIR_BITS_MIN = 40;
const GOOD_BITS_MIN = 65;

const CHARACTER_KINDS: readonly (readonly [pattern: RegExp, count: number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/[^A-Za-z\d]/, 33],
];

/**
 * A rough hint while a person types, by length and variety; repeated and neighbouring characters add little, and
 * what others know (name, company) adds nothing. The server decides what it accepts.
 */
export function passwordStrength(password: string, known: readonly string[] = []): PasswordStrength {
  if (password === '') return 'empty';
  if (password.length < PASSWORD_LENGTH_MIN) return 'short';
  const bits = surprisingLength(withoutKnown(password, known)) * Math.log2(alphabetSize(password));
  if (bits < FAIR_BITS_MIN) return 'weak';
  return bits < GOOD_BITS_MIN ? 'fair' : 'good';
}

function alphabetSize(password: string): number {
  return CHARACTER_KINDS.reduce((size, [pattern, count]) => (pattern.test(password) ? size + count : size), 0);
}

function withoutKnown(password: string, known: readonly string[]): string {
  return known
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\d]+/u))
    .filter((word) => word.length >= 3)
    .reduce((rest, word) => rest.replaceAll(word, ''), password.toLowerCase());
}

function surprisingLength(password: string): number {
  const seen = new Set<string>();
  let length = 0;
  for (let index = 0; index < password.length; index += 1) {
    const step = index === 0 ? Number.NaN : password.charCodeAt(index) - password.charCodeAt(index - 1);
    const isExpected = Math.abs(step) <= 1 || seen.has(password.slice(index, index + 2));
    seen.add(password.slice(index, index + 2));
    length += isExpected ? 0.25 : 1;
  }
  return length;
}
