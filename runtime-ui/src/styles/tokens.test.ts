import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** WCAG 2.2: ordinary text, and what must be seen to know or use a control. */
const TEXT_RATIO_MIN = 4.5;
const CONTROL_RATIO_MIN = 3;

function tokensOf(selector: string): ReadonlyMap<string, string> {
  const block = new RegExp(`^${selector} \\{([^}]*)\\}`, 'm').exec(css)?.[1] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [dark = 0, light = 0] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['canvas', 'surface', 'sunken', 'raised'];

const textPairs: readonly (readonly [text: string, ground: string])[] = [
  ...['ink', 'muted', 'faint', 'primary-ink', 'danger-ink'].flatMap((text) =>
    grounds.map((ground) => [text, ground] as const),
  ),
  ...['primary', 'danger', 'success', 'warning', 'info'].map((tone) => [`${tone}-ink`, `${tone}-soft`] as const),
  ...['primary', 'danger', 'success', 'warning', 'info'].map((tone) => ['ink', `${tone}-soft`] as const),
  ...['primary', 'danger', 'success', 'warning', 'info'].map((tone) => ['muted', `${tone}-soft`] as const),
  ['on-primary', 'primary'],
  ['on-primary', 'primary-strong'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-strong'],
];

const controlPairs: readonly (readonly [mark: string, ground: string])[] = [
  ...grounds.flatMap((ground) => [['line-strong', ground] as const, ['focus', ground] as const]),
  ...[1, 2, 3, 4, 5, 6].map((number) => [`chart-${number}`, 'surface'] as const),
  ['danger', 'surface'],
];

describe.each([
  ['light', ':root'],
  ['dark', '\\.dark'],
])('%s theme', (_, selector) => {
  const tokens = tokensOf(selector);
  const ratio = (mark: string, ground: string): number => contrast(tokens.get(mark)!, tokens.get(ground)!);

  it.each(textPairs)('%s can be read on %s', (text, ground) => {
    expect(ratio(text, ground)).toBeGreaterThanOrEqual(TEXT_RATIO_MIN);
  });

  it.each(controlPairs)('%s can be seen on %s', (mark, ground) => {
    expect(ratio(mark, ground)).toBeGreaterThanOrEqual(CONTROL_RATIO_MIN);
  });
});

it('both themes define the same colours', () => {
  expect([...tokensOf('\\.dark').keys()].sort()).toEqual([...tokensOf(':root').keys()].sort());
});
