import { VueQueryPlugin } from '@tanstack/vue-query';
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import SignUpPage from './SignUpPage.vue';
import { queryClient } from '../api/query-client.ts';
import { i18n, setLocale } from '../i18n/i18n.ts';

const fetchMock = vi.fn<typeof fetch>();
const register = vi.fn<(body: unknown) => Response>();

const types = [
  { id: '1', slug: 'library', name: 'Library', description: 'Lends books', icon: 'book-open', color: '#2563eb' },
  { id: '2', slug: 'museum', name: 'Museum', description: 'Shows pictures', icon: 'photo', color: '#9333ea' },
];

function answer(status: number, body: unknown): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
}

async function open() {
  const empty = { template: '<p />' };
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'sign-up', component: empty },
      { path: '/sign-in', name: 'sign-in', component: empty },
      { path: '/welcome', name: 'welcome', component: empty },
    ],
  });
  const plugins = [createPinia(), i18n, router, [VueQueryPlugin, { queryClient }] as const];
  const wrapper = mount(SignUpPage, { attachTo: document.body, global: { plugins: plugins as never } });
  await flushPromises();
  return { wrapper, router };
}

beforeEach(async () => {
  await setLocale('en');
  queryClient.clear();
  vi.stubGlobal('fetch', fetchMock);
  fetchMock.mockImplementation((url, init) =>
    Promise.resolve(
      String(url).endsWith('/business-types')
        ? answer(200, { data: types })
        : register(JSON.parse(init!.body as string)),
    ),
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
  document.body.replaceChildren();
});

describe('signing up', () => {
  it('finds a business type by what it does', async () => {
    const { wrapper } = await open();
    await wrapper.get('input[type=search]').setValue('pictures');
    expect(wrapper.findAll('[role=radio]').map((card) => card.text())).toEqual(['MuseumShows pictures']);
  });

  it('asks for a business type before anything else', async () => {
    const { wrapper } = await open();
    await wrapper.get('form').trigger('submit');
    expect(wrapper.get('#sign-up-business-error').text()).not.toBe('');
    expect(wrapper.find('#sign-up-email').exists()).toBe(false);
  });

  it('sends everything at once and shows each fault at its field', async () => {
    register.mockReturnValue(
      answer(422, {
        title: 'Invalid',
        code: 'invalid',
        errors: [{ pointer: '/email', code: 'email', message: 'Not an address' }],
      }),
    );
    const { wrapper } = await open();
    await wrapper.findAll('[role=radio]')[0]!.trigger('click');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => wrapper.get('#sign-up-company'));
    await wrapper.get('#sign-up-company').setValue('City library');
    await wrapper.get('#sign-up-name').setValue('Sari');
    await wrapper.get('#sign-up-email').setValue('sari');
    await wrapper.get('#sign-up-password').setValue('a long sentence');
    await wrapper.get('form').trigger('submit');
    await flushPromises();

    expect(register).toHaveBeenCalledWith({
      name: 'Sari',
      email: 'sari',
      password: 'a long sentence',
      company_name: 'City library',
      business_type: 'library',
      locale: 'en',
    });
    expect(wrapper.get('#sign-up-email-error').text()).toBe('Not an address');
    expect(wrapper.get('[role=alert]').text()).toContain('E-mail address: Not an address');
    expect(wrapper.get<HTMLInputElement>('#sign-up-company').element.value).toBe('City library');
  });
});
