import { expect, it } from 'vitest';
import { fieldChanges, timelineOf } from './timeline.ts';

it('puts changes, postings and comments into one line of time, the newest first', () => {
  const entry = (version: string, at: string) => ({
    version,
    action: 'update',
    actor: { name: 'Dewi' },
    at,
    changes: {},
  });
  const voucher = (posted_at: string | null) => ({
    action: 'post',
    date: '2026-11-01',
    posted_at,
    actor: null,
    ledgers: [],
  });
  const items = timelineOf(
    [entry('2', '2026-11-02T10:00:00Z'), entry('1', '2026-11-01T10:00:00Z')],
    [voucher('2026-11-02T10:00:00Z'), voucher(null), voucher('2026-11-03T10:00:00Z')],
    [{ id: '1', body: 'Ready?', user: { id: '1', name: 'Dewi' }, created_at: '2026-11-01T12:00:00Z' }],
  );
  expect(items.map(({ kind, at }) => `${kind} ${at.slice(0, 10)}`)).toEqual([
    'voucher 2026-11-03',
    'voucher 2026-11-02',
    'change 2026-11-02',
    'comment 2026-11-01',
    'change 2026-11-01',
  ]);
});

it('leaves out fields that the engine keeps by itself', () => {
  expect(
    fieldChanges({ status: ['draft', 'submitted'], stage: ['draft', 'submitted'], number: [null, 'A-1'] }),
  ).toEqual([
    { field: 'status', before: 'draft', after: 'submitted' },
    { field: 'number', before: null, after: 'A-1' },
  ]);
});
