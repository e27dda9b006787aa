import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGateway, places } from '../api/test-gateway.ts';
import type { TestGateway } from '../api/test-gateway.ts';
import { Player } from './player.ts';
import { readStories } from './story.ts';

const stories = readStories();

describe.each(places)('the stories of the modules on $name', (place) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway(place);
  });
  afterAll(() => gateway.close());

  test.each(stories)('$module: $story.scenario', async ({ module, story }) => {
    const player = await Player.open(gateway, module, story);
    for (const step of story.steps) await player.play(step);

    const { trial_balance: accounts = {}, balances = [], records = [], reports = [] } = story.expect;
    const found = await player.trialBalance();
    const told = Object.fromEntries(Object.keys(accounts).map((code) => [code, found.get(code) ?? '0.00']));
    expect(told).toEqual(accounts);
    for (const { ledger, at, values } of balances) {
      for (const [measure, value] of Object.entries(values)) {
        expect(`${ledger} ${JSON.stringify(at)} ${measure} ${await player.balance(ledger, at, measure)}`).toBe(
          `${ledger} ${JSON.stringify(at)} ${measure} ${String(value)}`,
        );
      }
    }
    for (const { record, values } of records) expect(await player.record(record)).toMatchObject(values);
    for (const { report, parameters = {}, rows } of reports) {
      expect(await player.report(report, parameters)).toMatchObject(rows);
    }
    expect(await player.findings()).toEqual([]);
  });
});
