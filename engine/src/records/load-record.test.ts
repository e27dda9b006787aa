import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import { loadAll } from './load-record.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';
import { readingFrom } from './write-unit.ts';

describe.each(testBackends)('all records of an entity on $name', (backend) => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await openTestCompany(backend);
    for (const name of ['Citra', 'Ani', 'Budi']) await company.create('library.author', { name });
  });
  afterAll(() => company.close());

  const load = (limit: number): ReturnType<typeof loadAll> => {
    const { context } = company;
    const entity = context.model.entities.get('library.author')!;
    return loadAll(readingFrom(context, context.database), entity, limit);
  };

  it('are loaded as far as the limit, and refused beyond it', async () => {
    expect((await load(3)).map(({ name }) => name).sort()).toEqual(['Ani', 'Budi', 'Citra']);
    await expect(load(2)).rejects.toMatchObject({ faults: [{ code: 'too-many-rows', parameters: { maximum: '2' } }] });
  });
});
