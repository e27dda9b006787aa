import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Identity } from './identity.ts';
import { useSession } from './session.ts';
import { currentLocale, setLocale } from '../i18n/i18n.ts';
import { theme } from '../theme/theme.ts';

const fetchMock = vi.fn<typeof fetch>();

const bakery = { id: '1', slug: 'roti', name: 'Roti', currency: 'IDR', timezone: 'Asia/Jakarta', roles: ['admin'] };
const shop = { ...bakery, id: '2', slug: 'toko', name: 'Toko', roles: ['user'] };
const identity: Identity = {
  user: {
    id: '1',
    name: 'Sari',
    email: 'sari@example.com',
    email_verified: true,
    phone: null,
    address: null,
    business_type_id: '2',
    locale: 'id',
    preferences: { theme: 'dark', density: 'compact' },
  },
  company: bakery,
  companies: [bakery, shop],
  csrf_token: 'token',
};

function answer(status: number, data: unknown): Response {
  return new Response(status === 204 ? null : JSON.stringify({ data }), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
}

function lastHeaders(): Record<string, string> {
  return fetchMock.mock.lastCall![1]!.headers as Record<string, string>;
}

beforeEach(async () => {
  setActivePinia(createPinia());
  vi.stubGlobal('fetch', fetchMock);
  await setLocale('en');
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe('session', () => {
  it('is nobody’s when the server knows nobody', async () => {
    fetchMock.mockResolvedValue(answer(401, undefined));
    const session = useSession();
    await session.load();
    expect(session.isSignedIn).toBe(false);
    await session.load();
    expect(fetchMock).toHaveBeenCalledTimes(1);
  });

  it('takes over language and theme of the person', async () => {
    fetchMock.mockResolvedValue(answer(200, identity));
    const session = useSession();
    await session.load();
    expect(session.isAdmin).toBe(true);
    expect(currentLocale()).toBe('id');
    expect(theme.value).toBe('dark');
  });

  it('adds to preferences that other screens keep', async () => {
    fetchMock.mockImplementation(() => Promise.resolve(answer(200, identity)));
    const session = useSession();
    await session.load();
    await session.change({ preferences: { theme: 'light' } });
    expect(JSON.parse(String(fetchMock.mock.lastCall![1]!.body))).toEqual({
      preferences: { theme: 'light', density: 'compact' },
    });
  });

  it('works for the chosen company, with the rights there', async () => {
    fetchMock.mockImplementation(() => Promise.resolve(answer(200, identity)));
    const session = useSession();
    await session.load();
    session.choose('toko');
    expect(session.isAdmin).toBe(false);
    await session.refresh();
    expect(session.company?.slug).toBe('toko');
    expect(lastHeaders()['X-Company']).toBe('toko');
  });

  it('leaves nothing behind after signing out', async () => {
    fetchMock.mockResolvedValueOnce(answer(200, identity)).mockResolvedValueOnce(answer(204, undefined));
    const session = useSession();
    await session.load();
    await session.signOut();
    expect(session.person).toBeNull();
    fetchMock.mockResolvedValue(answer(200, []));
    await session.refresh().catch(() => undefined);
    expect(lastHeaders()).not.toHaveProperty('X-Company');
  });
});
