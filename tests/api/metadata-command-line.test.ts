import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

describe("a company's metadata on the command line", () => {
  let folder: string;
  let dataFolder: string;
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rangka-metadata-'));
    dataFolder = join(folder, 'data');
    const place = places[0];
    if (place === undefined) throw new Error('There is no place to keep data.');
    const gateway = await openGateway(place, { dataFolder });
    const owner = await gateway.register({ company_name: 'Toko' });
    await gateway.register({ company_name: 'Gudang' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const nickname = { entity: 'sales.customer', fields: { nickname: { type: 'text' } } };
    const visit = { entity: 'sales.visit', kind: 'master', label: 'Visit', fields: { note: { type: 'text' } } };
    const changes = [nickname, visit].map((document) => ({ kind: 'entity', name: document.entity, document }));
    const plan = await owner.post('/api/v1/metadata/plan', { changes });
    const { plan_id } = plan.body['data'] as unknown as { plan_id: string };
    expect((await owner.post('/api/v1/metadata/apply', { plan_id })).status).toBe(200);
    await gateway.stop();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const rangka = (...words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        RANGKA_DATA: dataFolder,
        RANGKA_SECRET: 'a secret of the tests, long enough to be taken',
      };
      execFile(
        process.execPath,
        [join(root, 'engine/bin/rangka.js'), ...words],
        { env, cwd: folder },
        (error, out, errors) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, errors });
        },
      );
    });

  it('is written as a folder that diffs well, and as one file', async () => {
    expect(await rangka('export', '--company', 'toko', at('metadata'))).toMatchObject({ code: 0 });
    expect((await readdir(at('metadata/entity'))).sort()).toEqual(['sales.customer.json', 'sales.visit.json']);
    expect(await readFile(at('metadata/entity/sales.visit.json'), 'utf8')).toMatch(
      /^\{\n {2}"entity": "sales.visit",\n/,
    );
    await rangka('export', '--company', 'toko', at('toko.json'));
    expect(JSON.parse(await readFile(at('toko.json'), 'utf8'))).toMatchObject({
      scope: 'company',
      documents: [{}, {}],
    });
    expect(await rangka('diff', '--company', 'toko', at('metadata'))).toMatchObject({
      code: 0,
      out: 'Nothing differs.\n',
    });
  });

  it('is compared, planned and published from a folder that was worked on', async () => {
    await writeFile(
      at('metadata/entity/sales.visit.json'),
      JSON.stringify({
        entity: 'sales.visit',
        kind: 'master',
        label: 'Visit',
        fields: { note: { type: 'text' }, on: { type: 'date' } },
      }),
    );
    await rm(at('metadata/entity/sales.customer.json'));
    expect(await rangka('diff', '--company', 'toko', at('metadata'))).toMatchObject({
      code: 1,
      out: '~ entity sales.visit\n- entity sales.customer\n',
    });
    const planned = await rangka('plan', '--company', 'toko', at('metadata'));
    expect(planned).toMatchObject({
      code: 0,
      out: expect.stringContaining('hides-field sales.customer.nickname') as string,
    });
    const applied = await rangka('apply', '--company', 'toko', at('metadata'), '--note', 'Release 2');
    expect(applied).toMatchObject({ code: 0, out: expect.stringMatching(/Version \d+ is published\.\n$/) as string });
    expect(await rangka('diff', '--company', 'toko', at('metadata'))).toMatchObject({ code: 0 });
    const former = /Version (\d+)/.exec(applied.out)?.[1] ?? '';
    expect(await rangka('restore', '--company', 'toko', String(Number(former) - 1))).toMatchObject({ code: 0 });
    expect(await rangka('diff', '--company', 'toko', at('toko.json'))).toMatchObject({ code: 0 });
  });

  it('leaves nothing of an earlier export behind', async () => {
    await writeFile(at('metadata/entity/sales.old.json'), '{}');
    await rangka('export', '--company', 'toko', at('metadata'));
    expect((await readdir(at('metadata/entity'))).sort()).toEqual(['sales.customer.json', 'sales.visit.json']);
  });

  it('is planned as JSON for programs', async () => {
    const { out } = await rangka('plan', '--company', 'toko', at('toko.json'), '--json');
    expect(JSON.parse(out)).toEqual({ changes: [], steps: [], diagnostics: [], risks: [] });
  });

  it('is refused with faults, and published as a whole or not at all', async () => {
    await writeFile(
      at('metadata/entity/sales.visit.json'),
      '{ "entity": "sales.visit", "kind": "master", "label": "Visit", "fields": { "a": { "type": "nothing" } } }',
    );
    const planned = await rangka('plan', '--company', 'toko', at('metadata'));
    expect(planned).toMatchObject({ code: 1, out: expect.stringContaining('must be one of') as string });
    expect(await rangka('apply', '--company', 'toko', at('metadata'))).toMatchObject({ code: 1 });
    expect(await rangka('diff', '--company', 'toko', at('toko.json'))).toMatchObject({ code: 0 });
  });

  it.each([
    ['a file that was changed', { 'x.json': (text: string) => text.replace('"Visit"', '"Visits"') }, 'hash differs'],
    [
      'prototype keys',
      { 'x.json': (text: string) => text.replace('"note":', '"__proto__": {}, "note":') },
      '__proto__|hash',
    ],
    ['no JSON', { 'x.json': () => '{' }, 'is not JSON'],
    ['something else', { 'x.json': () => '[]' }, 'must hold a JSON object'],
  ])('%s is answered with a sentence', async (_, files, sentence) => {
    const text = await readFile(at('toko.json'), 'utf8');
    for (const [name, write] of Object.entries(files)) await writeFile(at(name), write(text));
    const { code, out, errors } = await rangka('apply', '--company', 'toko', at('x.json'));
    expect([code, out + errors]).toEqual([1, expect.stringMatching(new RegExp(sentence))]);
    expect(errors).not.toMatch(/^\s+at /m);
    expect(await rangka('diff', '--company', 'toko', at('toko.json'))).toMatchObject({ code: 0 });
  });

  it('follows no links out of a folder', async () => {
    await mkdir(at('linked/entity'), { recursive: true });
    await writeFile(at('linked/rangka.json'), '{ "format": "rangka-metadata/1", "scope": "company" }');
    await symlink('/etc/passwd', at('linked/entity/sales.secret.json'));
    const { out } = await rangka('diff', '--company', 'toko', at('linked'));
    expect(out).toBe('- entity sales.customer\n- entity sales.visit\n');
  });

  it.each([
    [['plan', '--company', 'nobody', 'x.json'], 'There is no company “nobody”.'],
    [['plan', '--company', 'toko', 'nowhere'], 'There is nothing at nowhere.'],
    [['restore', '--company', 'toko', '999'], 'There is no version 999.'],
    [['export', '--company', 'toko', '--scope', '../x', 'x'], 'The scope is'],
  ])('%j is answered with a sentence', async (words, sentence) => {
    const { code, errors } = await rangka(...words);
    expect([code, errors]).toEqual([1, expect.stringContaining(sentence)]);
  });
});
