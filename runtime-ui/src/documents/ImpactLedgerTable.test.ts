import { VueQueryPlugin } from '@tanstack/vue-query';
import { mount } from '@vue/test-utils';
import { beforeEach, expect, it, vi } from 'vitest';
import { queryClient } from '../api/query-client.ts';
import { i18n, setLocale } from '../i18n/i18n.ts';
import type { ImpactLedger } from './document-api.ts';
import './documents-messages.ts';
import ImpactLedgerTable from './ImpactLedgerTable.vue';

const ledger: ImpactLedger = {
  ledger: 'books.general',
  label: 'General ledger',
  dimensions: [
    { name: 'account', label: 'Account' },
    { name: 'due', label: 'Due' },
  ],
  measures: [
    { name: 'debit', label: 'Debit', format: 'money' },
    { name: 'credit', label: 'Credit', format: 'money' },
  ],
  entries: [
    {
      line: 1,
      memo: 'Rent',
      at: { account: { id: '7', title: '1110 Cash' }, due: null },
      amounts: { debit: '12500.50', credit: '0.00' },
    },
    {
      line: null,
      memo: null,
      at: { account: { id: '8', title: '5110 Rent' }, due: '2026-12-01' },
      amounts: { debit: '0.00', credit: '12500.50' },
    },
  ],
  totals: { debit: '12500.50', credit: '12500.50' },
};

beforeEach(async () => {
  await setLocale('en');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"data":{"entities":{}}}')));
});

it('shows entries with their lines and titles, no zeros, and the totals', () => {
  const wrapper = mount(ImpactLedgerTable, {
    props: { ledger },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient }]] as never },
  });
  const rows = wrapper.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()));
  expect(rows).toEqual([
    ['1', '1110 CashRent', '', '12,500.50', ''],
    ['', '5110 Rent', '1 Dec 2026', '', '12,500.50'],
  ]);
  expect(wrapper.find('tfoot').text()).toBe('Total12,500.5012,500.50');
  // The same as cards, for narrow screens.
  expect(wrapper.findAll('ul > li').map((card) => card.text().replace(/\s+/g, ' '))).toEqual([
    '1110 CashLine 1Debit12,500.50',
    '5110 Rent1 Dec 2026Credit12,500.50',
  ]);
});
