import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, newIdempotencyKey, setCaller, setSurroundings } from './client.ts';
import { ApiProblem } from './problem.ts';

const fetchMock = vi.fn<typeof fetch>();
const onSignedOut = vi.fn();
const refreshToken = vi.fn<() => Promise<boolean>>();

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json; charset=utf-8';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } });
}

function requestAt(index: number): { url: string; headers: Record<string, string>; body: unknown } {
  const [url, init] = fetchMock.mock.calls[index]!;
  return { url: String(url), headers: init!.headers as Record<string, string>, body: init!.body };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', fetchMock);
  setCaller({ csrfToken: 'token-1', company: null, locale: 'id' });
  setSurroundings({ onSignedOut, refreshToken });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe('what is sent', () => {
  it('asks in the language of the person and without a confirmation that reads do not need', async () => {
    fetchMock.mockResolvedValue(answer(200, { data: [] }));
    await api.get('/modules', { query: { category: 'core', 'page[size]': 5, left: undefined } });
    expect(requestAt(0).url).toBe('/api/v1/modules?category=core&page%5Bsize%5D=5');
    expect(requestAt(0).headers).toMatchObject({ 'Accept-Language': 'id' });
    expect(requestAt(0).headers).not.toHaveProperty('X-CSRF-Token');
  });

  it('confirms writes, names the company and the key', async () => {
    setCaller({ company: 'bakery' });
    fetchMock.mockResolvedValue(answer(201, { data: {} }));
    await api.post('/user-modules', { module: 'sales' }, { idempotencyKey: 'key-1' });
    expect(requestAt(0).headers).toMatchObject({
      'X-CSRF-Token': 'token-1',
      'X-Company': 'bakery',
      'Idempotency-Key': 'key-1',
      'Content-Type': 'application/json',
    });
    expect(requestAt(0).body).toBe('{"module":"sales"}');
  });

  it('makes a key that never repeats', () => {
    expect(new Set(Array.from({ length: 1000 }, newIdempotencyKey)).size).toBe(1000);
  });
});

describe('refusals', () => {
  it('carry the faults by pointer', async () => {
    const errors = [
      { pointer: '/email', code: 'e-mail', message: 'Not an address' },
      { pointer: '/email', code: 'length', message: 'Too long' },
      { pointer: '', code: 'check', message: 'Ends before it begins' },
    ];
    fetchMock.mockResolvedValue(answer(422, { title: 'Invalid', detail: 'Two faults.', code: 'invalid', errors }));
    const problem = await api.post('/auth/register', {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ status: 422, code: 'invalid', message: 'Two faults.' });
    expect((problem as ApiProblem).messages).toEqual({ '/email': 'Not an address', '': 'Ends before it begins' });
  });

  it('of a stale write carry the record as it is now', async () => {
    fetchMock.mockResolvedValue(answer(412, { title: 'Changed', code: 'stale-version', data: { version: '4' } }));
    await expect(api.patch('/records/library.book/1', {})).rejects.toMatchObject({ data: { version: '4' } });
  });

  it('of something that is not the engine are told by their status', async () => {
    fetchMock.mockResolvedValue(new Response('<html>', { status: 500, headers: { 'Content-Type': 'text/html' } }));
    await expect(api.post('/modules')).rejects.toMatchObject({ status: 500, faults: [] });
  });

  it('ask to sign in when the session has ended, not when nobody was signed in', async () => {
    fetchMock.mockImplementation(() => Promise.resolve(answer(401, { title: 'Not signed in' })));
    await expect(api.get('/auth/me')).rejects.toMatchObject({ status: 401 });
    expect(onSignedOut).toHaveBeenCalledTimes(1);
    setCaller({ csrfToken: null });
    await expect(api.get('/auth/me')).rejects.toMatchObject({ status: 401 });
    expect(onSignedOut).toHaveBeenCalledTimes(1);
  });
});

describe('trying again', () => {
  it('reads three times before it gives up', async () => {
    fetchMock.mockRejectedValue(new TypeError('Failed to fetch'));
    const outcome = expect(api.get('/modules')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
    await vi.runAllTimersAsync();
    await outcome;
    expect(fetchMock).toHaveBeenCalledTimes(3);
  });

  it('waits as long as the server says', async () => {
    fetchMock.mockResolvedValueOnce(answer(503, { title: 'Away' }, { 'Retry-After': '2' }));
    fetchMock.mockResolvedValueOnce(answer(200, { data: 'here' }));
    const answered = api.get('/modules');
    await vi.advanceTimersByTimeAsync(1900);
    expect(fetchMock).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    await expect(answered).resolves.toEqual({ data: 'here' });
  });

  it.each([400, 403, 404, 422])('does not read again after %i', async (status) => {
    fetchMock.mockResolvedValue(answer(status, { title: 'No' }));
    await expect(api.get('/modules')).rejects.toMatchObject({ status });
    expect(fetchMock).toHaveBeenCalledTimes(1);
  });

  it('never writes again when the outcome is unknown', async () => {
    fetchMock.mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(api.post('/user-modules', {})).rejects.toMatchObject({ status: 0 });
    expect(fetchMock).toHaveBeenCalledTimes(1);
  });

  it('writes again with a fresh token when the old one was refused', async () => {
    fetchMock.mockResolvedValueOnce(answer(403, { title: 'Not confirmed', code: 'token-not-confirmed' }));
    fetchMock.mockResolvedValueOnce(answer(200, { data: 'done' }));
    refreshToken.mockImplementation(() => {
      setCaller({ csrfToken: 'token-2' });
      return Promise.resolve(true);
    });
    await expect(api.post('/user-modules', {})).resolves.toEqual({ data: 'done' });
    expect(requestAt(1).headers).toMatchObject({ 'X-CSRF-Token': 'token-2' });
  });
});
