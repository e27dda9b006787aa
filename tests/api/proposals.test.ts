import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

/** Rows that a flow makes from the records of an entity tell what is in them. */
describe.each(places)('a flow over the records of an entity, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let year: string;
  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'accounting' });
    const accountOf = async (code: string): Promise<string> => {
      const { body } = await owner.get(`/api/v1/records/accounting.account?filter[code]=${code}`);
      return String((body['data'] as unknown as { id: string }[])[0]?.id);
    };
    const [bank, sales] = [await accountOf('1120'), await accountOf('4100')];
    const made = await owner.post('/api/v1/records/accounting.fiscal-year', {
      code: '2026',
      from: '2026-01-01',
      to: '2026-12-31',
    });
    year = String(made.body['data']?.['id']);
    const entry = await owner.post('/api/v1/records/accounting.journal-entry', {
      date: '2026-03-01',
      lines: [
        { account: bank, debit: '5000' },
        { account: sales, credit: '5000' },
      ],
    });
    const id = String(entry.body['data']?.['id']);
    expect((await owner.post(`/api/v1/records/accounting.journal-entry/${id}/actions/submit`, {})).status).toBe(200);
  });
  afterAll(() => gateway.close());

  const closing = async (abilities: readonly string[]): Promise<{ readonly taken: Reply; readonly open: Reply }> => {
    const { body } = await owner.post('/api/v1/auth/tokens', { name: 'closing', abilities });
    const bearer = { authorization: `Bearer ${String(body['data']?.['token'])}` };
    const program = gateway.stranger();
    const path = `/api/v1/records/accounting.fiscal-year/${year}`;
    return {
      taken: await program.post(`${path}/flows/accounting.year-to-closing`, undefined, bearer),
      open: await program.get(`${path}/actions`, bearer),
    };
  };
  const enough = ['accounting.fiscal-year:read', 'accounting.period-closing:write'];
  const named = ({ body }: Reply): readonly string[] =>
    (body['data'] as unknown as { name: string }[]).map(({ name }) => name);

  it('is not taken, nor offered, without the right to read these', async () => {
    const { taken, open } = await closing(enough);
    expect(taken.status).toBe(403);
    expect(named(open)).not.toContain('accounting.year-to-closing');
  });

  it('is taken with it', async () => {
    const { taken, open } = await closing([...enough, 'accounting.account:read']);
    expect(taken).toMatchObject({ status: 201, body: { data: { lines: [{ amount: '-5000.00' }] } } });
    expect(named(open)).toContain('accounting.year-to-closing');
  });
});
