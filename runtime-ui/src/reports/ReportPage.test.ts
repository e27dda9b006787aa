import { VueQueryPlugin } from '@tanstack/vue-query';
import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import { queryClient } from '../api/query-client.ts';
import { i18n, setLocale } from '../i18n/i18n.ts';
import ReportPage from './ReportPage.vue';

const column = (name: string, kind: 'dimension' | 'measure', format = 'text') => ({ name, label: name, kind, format });
const definition = {
  name: 'books.trial',
  label: 'Trial balance',
  module: 'books',
  description: null,
  parameters: [
    { name: 'from', label: 'From', type: 'date', required: true },
    { name: 'to', label: 'To', type: 'date', required: true },
    { name: 'zeros', label: 'Zeros', type: 'boolean' },
  ],
  layout: { type: 'table', totals: true },
  source: { ledger: 'books.general' },
  dimensions: [{ name: 'kind' }, { name: 'account' }],
  measures: [{ name: 'closing' }],
};
const REPORT = {
  report: 'books.trial',
  label: 'Trial balance',
  parameters: { from: '2026-11-01', to: '2026-11-30', zeros: false },
  columns: [column('kind', 'dimension'), column('account', 'dimension', 'link'), column('closing', 'measure', 'money')],
  rows: [
    { level: 0, kind: 'subtotal', cells: { kind: 'Assets', closing: '30.50' } },
    {
      level: 1,
      kind: 'row',
      cells: { kind: 'Assets', account: '7', closing: '9.50' },
      titles: { account: '1110 Cash' },
      drill: { ledger: 'books.general', filter: { account: { eq: '7' } } },
    },
    {
      level: 1,
      kind: 'row',
      cells: { kind: 'Assets', account: '8', closing: '21.00' },
      titles: { account: '1120 Bank' },
    },
  ],
  totals: { closing: '30.50' },
  truncated: false,
  narrowed: false,
};
const ENTRIES = {
  data: [
    {
      id: '1',
      date: '2026-11-02',
      memo: 'Rent',
      closing: '9.50',
      _document: { entity: 'books.journal', id: '3', title: 'JE-3' },
    },
  ],
  meta: { page: { number: 1, size: 50, total: 1 } },
};

const requests: string[] = [];
let report: unknown = REPORT;
let status = 200;

beforeEach(async () => {
  await setLocale('en');
  queryClient.clear();
  requests.length = 0;
  report = REPORT;
  status = 200;
  vi.stubGlobal('fetch', (url: string) => {
    const path = decodeURIComponent(url.replace('/api/v1', ''));
    requests.push(path);
    const isReport = /^\/reports\/[^/]+$/.test(path.split('?', 1)[0] ?? '');
    const body = path.endsWith('/definition')
      ? { data: definition }
      : path.includes('/entries')
        ? ENTRIES
        : isReport
          ? status === 200
            ? { data: report }
            : report
          : { data: { modules: [], entities: {} } };
    const type = isReport && status !== 200 ? 'application/problem+json' : 'application/json';
    return Promise.resolve(
      new Response(JSON.stringify(body), { status: isReport ? status : 200, headers: { 'Content-Type': type } }),
    );
  });
});
afterEach(async () => {
  // Icons come after the screen; what is loaded after the tests would have nowhere to go.
  await vi.dynamicImportSettled();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function open(address = '/reports/books.trial') {
  const empty = { template: '<p />' };
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/reports', name: 'reports', component: empty },
      { path: '/reports/:report', name: 'report', component: ReportPage, props: true },
      { path: '/records/:entity/:id?', name: 'record-list', component: empty },
    ],
  });
  await router.push(address);
  const plugins = [i18n, router, [VueQueryPlugin, { queryClient }] as const];
  const wrapper = mount(
    { template: '<RouterView />' },
    { attachTo: document.body, global: { plugins: plugins as never } },
  );
  for (let turn = 0; turn < 4; turn += 1) await flushPromises();
  return { wrapper, router };
}
const table = (wrapper: Awaited<ReturnType<typeof open>>['wrapper']): string[] =>
  wrapper.findAll('tbody tr').map((row) =>
    row
      .findAll('th, td')
      .map((cell) => cell.text())
      .join(' | '),
  );

describe('a report', () => {
  it('shows groups with their lines, figures of the same width, and totals', async () => {
    const { wrapper } = await open();
    expect(wrapper.find('h1').text()).toBe('Trial balance');
    expect(wrapper.findAll('thead th').map((head) => head.text())).toEqual(['kind / account', 'closing']);
    expect(table(wrapper)).toEqual(['Assets | 30.50', '1110 Cash | 9.50', '1120 Bank | 21.00']);
    expect(wrapper.find('tfoot').text()).toBe('Total30.50');
  });

  it('folds a group away', async () => {
    const { wrapper } = await open();
    await wrapper.find('button[aria-expanded="true"][aria-label="Fold Assets"]').trigger('click');
    expect(table(wrapper)).toEqual(['Assets | 30.50']);
  });

  it('keeps order and parameters in the address, and asks the server for those alone', async () => {
    const { wrapper, router } = await open('/reports/books.trial?from=2026-01-01&to=2026-06-30&_sort=-closing&other=1');
    expect(requests).toContain('/reports/books.trial?from=2026-01-01&to=2026-06-30');
    expect(table(wrapper)).toEqual(['Assets | 30.50', '1120 Bank | 21.00', '1110 Cash | 9.50']);
    await wrapper.findAll('thead button')[1]!.trigger('click');
    await flushPromises();
    expect(router.currentRoute.value.query).toMatchObject({ from: '2026-01-01', to: '2026-06-30', _sort: 'closing' });
    await wrapper.find('input[type="checkbox"]').setValue(true);
    await flushPromises();
    expect(router.currentRoute.value.query).toMatchObject({ zeros: 'true' });
  });

  it('opens the entries behind a figure, and they lead to their document', async () => {
    const { wrapper } = await open();
    await wrapper.find('tbody td button').trigger('click');
    for (let turn = 0; turn < 4; turn += 1) await flushPromises();
    expect(
      requests.some(
        (path) => path.startsWith('/ledgers/books.general/entries?') && path.includes('filter[account][eq]=7'),
      ),
    ).toBe(true);
    expect(document.body.textContent).toContain('JE-3');
  });

  it('says when rows were cut, and lets the server sort them', async () => {
    report = { ...REPORT, truncated: true };
    const { wrapper, router } = await open();
    expect(wrapper.text()).toContain('These are not all rows');
    await router.replace('/reports/books.trial?_sort=-closing');
    for (let turn = 0; turn < 4; turn += 1) await flushPromises();
    expect(requests).toContain('/reports/books.trial?sort=-closing');
  });

  it('shows the fault of a parameter at its control', async () => {
    status = 422;
    report = { code: 'invalid', errors: [{ pointer: '/from', code: 'required', message: 'This must be filled in' }] };
    const { wrapper } = await open();
    expect(wrapper.find('form').text()).toContain('This must be filled in');
    expect(wrapper.find('table').exists()).toBe(false);
  });

  it('says so when there is nothing to show', async () => {
    report = { ...REPORT, rows: [] };
    const { wrapper } = await open();
    expect(wrapper.text()).toContain('Nothing to show');
  });
});
