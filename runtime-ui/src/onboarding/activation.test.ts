import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useActivation } from './activation.ts';

const fetchMock = vi.fn<typeof fetch>();

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
}

function asked(): readonly string[] {
  return fetchMock.mock.calls.map(([, init]) => (JSON.parse(init!.body as string) as { module: string }).module);
}

beforeEach(() => vi.stubGlobal('fetch', fetchMock));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe('activating modules', () => {
  it('goes one by one and does not ask for what came along', async () => {
    fetchMock
      .mockResolvedValueOnce(answer(201, { data: {}, meta: { activated: ['books', 'loans'] } }))
      .mockResolvedValueOnce(answer(201, { data: {}, meta: { activated: ['fines'] } }));
    const { run, states, doneCount } = useActivation();
    await expect(run(['books', 'loans', 'fines'])).resolves.toBe(true);
    expect(asked()).toEqual(['books', 'fines']);
    expect(doneCount.value).toBe(3);
    expect([...states.value]).toEqual([
      ['books', 'done'],
      ['loans', 'done'],
      ['fines', 'done'],
    ]);
  });

  it('stops at a refusal, and goes on from there when asked again', async () => {
    fetchMock
      .mockResolvedValueOnce(answer(201, { data: {}, meta: { activated: ['books'] } }))
      .mockResolvedValueOnce(answer(503, { title: 'Away' }))
      .mockResolvedValue(answer(201, { data: {}, meta: { activated: ['loans'] } }));
    const { run, states, error } = useActivation();
    await expect(run(['books', 'loans'])).resolves.toBe(false);
    expect(states.value.get('loans')).toBe('failed');
    expect(error.value).toMatchObject({ status: 503 });

    await expect(run(['books', 'loans'])).resolves.toBe(true);
    expect(asked()).toEqual(['books', 'loans', 'loans']);
    expect(error.value).toBeNull();
  });
});
