import { describe, expect, it } from 'vitest';
import { needsConfirmation, orderActions } from './action-order.ts';
import type { RecordAction } from './document-api.ts';

function action(name: string, kind: RecordAction['kind'], more: Partial<RecordAction> = {}): RecordAction {
  return { name, label: name, kind, allowed: true, ...more };
}
const names = (actions: readonly RecordAction[]): string => actions.map(({ name }) => name).join(' ');

describe('the action that stands out', () => {
  const submit = action('submit', 'submit', { tone: 'primary' });
  const cancel = action('cancel', 'cancel', { tone: 'danger' });
  const amend = action('amend', 'amend', { tone: 'primary' });
  const approve = action('approve', 'transition', { tone: 'primary' });
  const reject = action('reject', 'transition', { tone: 'danger' });
  const deliver = action('deliver', 'flow', { to: 'a.b', tone: 'primary' });
  const bill = action('bill', 'flow', { to: 'a.c', tone: 'primary' });
  const save = action('update', 'update');
  const remove = action('delete', 'delete', { tone: 'danger' });

  it.each<[string, readonly RecordAction[], string, string, string]>([
    ['a draft', [submit, save, remove], 'submit', '', ''],
    ['a submitted document', [cancel], '', '', 'cancel'],
    ['one with a next document', [cancel, deliver], 'deliver', '', 'cancel'],
    ['one with several', [cancel, deliver, bill], 'deliver', 'bill', 'cancel'],
    ['one with what is done seldom alone', [cancel, { ...bill, tone: 'plain' }], '', 'bill', 'cancel'],
    ['a cancelled one', [amend], 'amend', '', ''],
    ['one that waits for approval', [reject, approve, save], 'approve', '', 'reject'],
    ['one that can only be rejected', [reject], '', '', 'reject'],
    ['a submit that is not allowed', [{ ...submit, allowed: false, reason: 'Too much' }], 'submit', '', ''],
    ['a closed flow beside an open one', [{ ...deliver, allowed: false }, bill], 'bill', 'deliver', ''],
    ['nothing', [], '', '', ''],
  ])('of %s', (_, actions, primary, flows, others) => {
    const order = orderActions(actions);
    expect([order.primary?.name ?? '', names(order.flows), names(order.others)]).toEqual([primary, flows, others]);
  });

  it.each([
    [submit, true],
    [cancel, true],
    [reject, true],
    [approve, false],
    [deliver, false],
    [amend, false],
  ])('%j is asked about: %s', (each, expected) => expect(needsConfirmation(each)).toBe(expected));
});
