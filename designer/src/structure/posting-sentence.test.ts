import { expect, it } from 'vitest';
import { postingSentence } from './posting-sentence.ts';

const told = (key: string, values: Record<string, string>) => `${key}(${Object.values(values).join(' → ')})`;

it('tells condition, rows, amounts and ledger of an entry', () => {
  const entry = {
    ledger: 'shop.stock',
    each: 'lines',
    when: 'counted',
    out: { quantity: 'amount' },
    at: { item: 'item' },
  };
  expect(postingSentence(entry, told)).toBe(
    'postingSentence.when(counted), postingSentence.each(lines): postingSentence.moves(postingSentence.out(quantity − amount) → shop.stock)',
  );
});

it('tells an entry without a condition', () => {
  expect(postingSentence({ ledger: 'shop.general', debit: 'total', at: {} }, told)).toBe(
    'postingSentence.moves(postingSentence.debit(total) → shop.general)',
  );
});

it('leaves other things alone', () => {
  expect(postingSentence({ ledger: 'shop.general', at: {} }, told)).toBeNull();
  expect(postingSentence({ name: 'total' }, told)).toBeNull();
  expect(postingSentence('total', told)).toBeNull();
});
