import { VueQueryPlugin } from '@tanstack/vue-query';
import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, h, shallowRef } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import type { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { i18n, setLocale } from '../i18n/i18n.ts';
import type { RecordJson } from '../records/record-api.ts';
import { useDocumentActions } from './document-actions.ts';
import './documents-messages.ts';

const entity = {
  label: 'Journal',
  labelPlural: 'Journals',
  kind: 'document',
  module: 'books',
  actions: ['read'],
  icon: '',
  description: null,
};
const index = {
  company: {},
  modules: [],
  widgets: [],
  globals: {},
  entities: { 'books.journal': entity, 'books.bill': { ...entity, label: 'Bill' } },
};
const ACTIONS = [
  { name: 'submit', label: 'Submit', kind: 'submit', tone: 'primary', allowed: true },
  { name: 'bill', label: 'Create bill', kind: 'flow', to: 'books.bill', allowed: true },
  { name: 'amend', label: 'Amend', kind: 'amend', allowed: true },
];

/** What the server was sent: method, path and the version that was named. */
const sent: string[] = [];
const post = vi.fn<(path: string) => Response>();

function answer(status: number, body: unknown): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
}

beforeEach(async () => {
  await setLocale('en');
  queryClient.clear();
  sent.length = 0;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const path = url.replace('/api/v1', '');
    if (init.method === 'POST') {
      sent.push(`${path} ${(init.headers as Record<string, string>)['If-Match'] ?? ''}`.trim());
      return Promise.resolve(post(path));
    }
    return Promise.resolve(answer(200, { data: path.endsWith('/actions') ? ACTIONS : index }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

async function open(isChanged = false) {
  const record = shallowRef<RecordJson | null>({ id: '4', version: '2' });
  const save = vi.fn(() => Promise.resolve(true));
  const reload = vi.fn(() => Promise.resolve());
  const refused: ApiProblem[] = [];
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:path(.*)*', component: { template: '<p />' } }],
  });
  let actions: ReturnType<typeof useDocumentActions> | undefined;
  const screen = defineComponent({
    setup() {
      actions = useDocumentActions({
        entity: () => 'books.journal',
        record: () => record.value,
        title: () => 'JE-1',
        isChanged: () => isChanged,
        save,
        reload,
        refuse: (problem) => void refused.push(problem),
      });
      return () => h('p');
    },
  });
  mount(screen, { global: { plugins: [i18n, router, [VueQueryPlugin, { queryClient }]] as never } });
  await flushPromises();
  await flushPromises();
  return { actions: actions!, save, reload, refused, router };
}

describe('the actions of a document', () => {
  it('ask before anything is posted, and name the version that was seen', async () => {
    post.mockReturnValue(answer(200, { data: { id: '4', version: '3' } }));
    const { actions, reload } = await open();
    expect(actions.order.value.primary?.name).toBe('submit');
    await actions.run(actions.order.value.primary!);
    expect([actions.asked.value?.name, sent]).toEqual(['submit', []]);
    await actions.confirm();
    expect(sent).toEqual(['/records/books.journal/4/actions/submit "2"']);
    expect([actions.asked.value, reload.mock.calls.length]).toEqual([null, 1]);
  });

  it('save first what was typed, and go no further when that fails', async () => {
    const { actions, save } = await open(true);
    save.mockResolvedValue(false);
    await actions.run(ACTIONS[0] as never);
    expect([actions.asked.value, save.mock.calls.length]).toEqual([null, 1]);
  });

  it('open the document that a flow made, and the new draft of an amended one', async () => {
    const { actions, router } = await open();
    post.mockReturnValueOnce(answer(201, { data: { id: '9' } }));
    await actions.run(ACTIONS[1] as never);
    expect([sent, router.currentRoute.value.path]).toEqual([
      ['/records/books.journal/4/flows/bill'],
      '/records/books.bill/9',
    ]);
    post.mockReturnValueOnce(answer(201, { data: { id: '5', version: '1' } }));
    await actions.run(ACTIONS[2] as never);
    expect(router.currentRoute.value.path).toBe('/records/books.journal/5');
  });

  it('hand on what the server has against them', async () => {
    const { actions, refused, reload } = await open();
    const errors = [{ pointer: '/lines/0', code: 'guard', message: 'Not enough' }];
    post.mockReturnValue(answer(422, { code: 'invalid', errors }));
    await actions.run(ACTIONS[0] as never);
    await actions.confirm();
    expect(refused.map(({ status, messages }) => [status, messages])).toEqual([[422, { '/lines/0': 'Not enough' }]]);
    expect([actions.asked.value, actions.isActing.value, reload.mock.calls.length]).toEqual([null, false, 0]);
  });

  it('begin to submit when keys ask for it', async () => {
    const { actions } = await open();
    actions.askToSubmit();
    await flushPromises();
    expect(actions.asked.value?.name).toBe('submit');
  });
});
