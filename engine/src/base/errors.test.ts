import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERRORS, fillSentence, Refusal, refuse } from './errors.ts';
import type { ErrorCode } from './errors.ts';

const sources = fileURLToPath(new URL('..', import.meta.url));
const codes = Object.keys(ERRORS) as ErrorCode[];

/** What the statuses of the API contract mean. */
const STATUSES = [400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 428, 429, 500, 503];

function sourceText(): string {
  const names = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== join('base', 'errors.ts'))
    .map((name) => readFileSync(join(sources, name), 'utf8'))
    .join('\n');
}

function page(): string {
  const rows = codes.map((code) => {
    const { status, title, detail } = ERRORS[code];
    return `## ${code}\n\n${status} · **${title.en}** — ${detail.en}\n\n_${title.id}_ — ${detail.id}\n`;
  });
  return [
    '# Errors\n',
    'Every refusal is `application/problem+json` (RFC 9457). Its `code` is one of these, and its `type` ends in it. Codes',
    'are stable; titles and details come in the language of the caller, and may be reworded.\n',
    ...rows,
  ].join('\n');
}

describe('the catalogue of errors', () => {
  it('is what docs/errors.md says', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/errors.md');
  });

  it('is used in full', () => {
    const text = sourceText();
    for (const code of codes) {
      expect([code, text.includes(`'${code}'`)]).toEqual([code, true]);
    }
  });

  it.each(codes)('%s has a status of the contract and words in both languages', (code) => {
    const { status, title, detail } = ERRORS[code];
    expect(STATUSES).toContain(status);
    for (const words of [title.en, title.id, detail.en, detail.id]) expect(words).not.toBe('');
    const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
    expect(places(detail.id)).toEqual(places(detail.en));
  });
});

describe('a refusal', () => {
  it('carries the status of its code and says what is at fault', () => {
    const refusal = refuse('invalid', { faults: [{ pointer: '/name', code: 'required' }] });
    expect(refusal).toBeInstanceOf(Refusal);
    expect([refusal.status, refusal.message]).toEqual([422, 'invalid /name:required']);
  });

  it.each([
    ['At most {maximum}', { maximum: '5' }, 'At most 5'],
    ['{a} and {b}', { a: '{b}', b: 'x' }, '{b} and x'],
    ['Nothing for {name}', {}, 'Nothing for '],
  ])('fills %j with %j', (sentence, parameters, expected) => {
    expect(fillSentence(sentence, parameters)).toBe(expected);
  });
});
