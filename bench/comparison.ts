import { demandAgreement } from './agreement.ts';
import { Child } from './child.ts';
import { Engine, headersOf } from './engine.ts';
import { runRound } from './load.ts';
import type { Round } from './load.ts';
import { operations } from './operations.ts';
import { isWanted } from './options.ts';
import type { Options } from './options.ts';
import type { Place } from './place.ts';
import type { Prepared } from './preparation.ts';
import type { Scripts } from './scripts-build.ts';
import { openStore } from './servers/open-store.ts';
import type { Target } from './target.ts';

type Name = Target['name'];

export interface Compared {
  readonly operation: string;
  readonly rounds: Readonly<Record<Name, readonly Round[]>>;
}

export interface Comparison {
  readonly operations: readonly Compared[];
  readonly residentBytes: Readonly<Record<Name, number>>;
}

/**
 * Runs each operation against the three servers in turn, round by round, so that whatever else the computer does hits
 * all of them alike.
 */
export async function compare(
  place: Place,
  prepared: Prepared,
  scripts: Scripts,
  options: Options,
): Promise<Comparison> {
  const targets = await startTargets(place, prepared, scripts, options);
  try {
    const { generated, equal } = prepared.accounts;
    const stores = { generated: openStore(place.address(generated.slug)), equal: openStore(place.address(equal.slug)) };
    await demandAgreement(targets, stores, { customers: options.customers, items: prepared.items });
    await Promise.all([stores.generated.close(), stores.equal.close()]);

    const compared: Compared[] = [];
    for (const operation of operations(options.customers, prepared.items)) {
      if (!isWanted(options, operation.name)) continue;
      const rounds: Record<Name, Round[]> = { generated: [], equal: [], bare: [] };
      for (const target of targets) await runRound(operation, target, options.connections, options.warmUpSeconds);
      for (let round = 0; round < options.rounds; round += 1) {
        for (let turn = 0; turn < targets.length; turn += 1) {
          const target = targets[(round + turn) % targets.length] as Target;
          rounds[target.name].push(await runRound(operation, target, options.connections, options.seconds));
        }
      }
      compared.push({ operation: operation.name, rounds });
    }

    const residentBytes: Record<Name, number> = { generated: 0, equal: 0, bare: 0 };
    for (const target of targets) residentBytes[target.name] = (await target.child.usage()).residentBytes;
    return { operations: compared, residentBytes };
  } finally {
    await Promise.all(targets.map(({ child }) => child.stop()));
  }
}

async function startTargets(
  place: Place,
  { accounts }: Prepared,
  scripts: Scripts,
  options: Options,
): Promise<readonly Target[]> {
  const engine = await Engine.start(place.installation, options.profile);
  const equal = new Child(scripts.equal, [
    place.address(accounts.equal.slug),
    place.address(null),
    accounts.equal.slug,
  ]);
  const bare = new Child(scripts.bare, [place.address(accounts.bare.slug)]);
  return [
    {
      name: 'generated',
      child: engine.child,
      origin: engine.origin,
      headers: headersOf(accounts.generated),
    },
    {
      name: 'equal',
      child: equal,
      origin: `http://127.0.0.1:${await equal.port()}`,
      headers: headersOf(accounts.equal),
    },
    {
      name: 'bare',
      child: bare,
      origin: `http://127.0.0.1:${await bare.port()}`,
      headers: headersOf(accounts.bare),
    },
  ];
}
