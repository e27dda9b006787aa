import { describe, expect, it } from 'vitest';
import { gridTemplate } from './grid-columns.ts';

const item = { type: 'link', label: 'Item' } as const;

describe('gridTemplate', () => {
  it.each([
    ['a first link is a name', [item], 'minmax(8rem, 2fr)'],
    ['a later link is a code', [item, { type: 'link', label: 'Unit' }], 'minmax(8rem, 2fr) minmax(4.5rem, 0.7fr)'],
    ['words that fit go on to the next line', [{ type: 'percent', label: 'Tax of all' }], 'minmax(4.5rem, 0.5fr)'],
    ['a long word widens its column', [{ type: 'percent', label: 'Percentage' }], 'minmax(5.85rem, 0.5fr)'],
    ['a long word widens a fixed column', [{ type: 'boolean', label: 'Dibebaskan' }], '5.85rem'],
    [
      'the longest word counts, not the label',
      [{ type: 'quantity', label: 'Kelompok pajak' }],
      'minmax(4.93rem, 0.6fr)',
    ],
    ['a hyphen ends a word', [{ type: 'quantity', label: 'Rata-rata' }], 'minmax(4.5rem, 0.6fr)'],
    ['a word without end has a limit', [{ type: 'quantity', label: 'x'.repeat(80) }], 'minmax(9rem, 0.6fr)'],
    ['a kind without an own width', [{ type: 'select', label: 'Kind' }], 'minmax(8rem, 1fr)'],
    ['an empty label', [{ type: 'quantity', label: '' }], 'minmax(4.5rem, 0.6fr)'],
  ] as const)('%s', (_, fields, columns) => {
    expect(gridTemplate(fields, false)).toBe(`2.5rem ${columns}`);
  });

  it('leaves room for the button of a row', () => {
    expect(gridTemplate([item], true)).toBe('2.5rem minmax(8rem, 2fr) 2.5rem');
  });
});
