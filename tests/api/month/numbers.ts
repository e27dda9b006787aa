// The test's own arithmetic: whole units as BigInt. It shares nothing with the engine that it checks.

/** Money in hundredths; quantities, rates and percents in ten-thousandths. */
export const MONEY = 2;
export const FINE = 4;
const FINE_ONE = 10_000n;

/** `'12.5'` as units of `scale` digits. Throws where the text has more digits. */
export function units(text: string, scale: number): bigint {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (found === null) throw new Error(`“${text}” is no number.`);
  const [, sign, whole = '', fraction = ''] = found;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > scale) throw new Error(`“${text}” has more than ${scale} digits.`);
  const value = BigInt(whole + kept.padEnd(scale, '0'));
  return sign === '-' ? -value : value;
}

function textOf(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export const moneyText = (value: bigint): string => textOf(value, MONEY);
export const fineText = (value: bigint): string => textOf(value, FINE);

/** `value × part ÷ whole`, half away from zero. */
export function share(value: bigint, part: bigint, whole: bigint): bigint {
  const product = value * part;
  const isNegative = product < 0n !== whole < 0n;
  const top = product < 0n ? -product : product;
  const bottom = whole < 0n ? -whole : whole;
  const rounded = (2n * top + bottom) / (2n * bottom);
  return isNegative ? -rounded : rounded;
}

/** Money in another currency at a rate of four digits. */
export function converted(money: bigint, rate: bigint): bigint {
  return share(money, rate, FINE_ONE);
}

export const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);
export const sumOf = (values: Iterable<bigint>): bigint => [...values].reduce((sum, value) => sum + value, 0n);

/** Random numbers that a seed repeats (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  is(probability: number): boolean {
    return this.#next() < probability;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.between(0, choices.length - 1)];
    if (chosen === undefined) throw new Error('Nothing to choose from.');
    return chosen;
  }

  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    for (let last = rest.length - 1; last > 0; last -= 1) {
      const other = this.between(0, last);
      [rest[last], rest[other]] = [rest[other] as T, rest[last] as T];
    }
    return rest;
  }
}
