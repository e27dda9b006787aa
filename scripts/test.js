// @ts-check
// `npm test [vitest arguments]`: every test, on SQLite always, on MySQL, Redis, a browser and bookkeeping programs where
// they are at hand.
// RANGKA_REQUIRE_SERVERS=1 makes a missing one a failure. The last line is `N passed, N failed`.
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest } from 'vitest/node';
import { buildStale, designer, engine, web } from './build.js';
import { Tally } from './tally.js';
import { findBookkeeping, findBrowser, findDatabase, findRedis } from './test-services.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const database = await findDatabase(process.env['RANGKA_TEST_DATABASE_URL']);
const redis = await findRedis(process.env['RANGKA_TEST_REDIS_URL']);
const browser = findBrowser(process.env['RANGKA_TEST_CHROMIUM']);
const bookkeeping = findBookkeeping();
const faults = [database, redis, browser, bookkeeping].flatMap((found) => ('fault' in found ? [found.fault] : []));

offer('RANGKA_TEST_DATABASE_URL', 'url' in database ? database.url : undefined);
offer('RANGKA_TEST_REDIS_URL', 'url' in redis ? redis.url : undefined);
offer('RANGKA_TEST_CHROMIUM', 'path' in browser ? browser.path : undefined);

for (const fault of faults) console.log(`Not found: ${fault}`);
console.log('url' in database ? 'Databases: SQLite and MySQL.' : 'Databases: SQLite alone.');
if ('fault' in redis) console.log('Redis: left out.');
if ('fault' in browser) console.log('Browser journeys: left out.');
if ('fault' in bookkeeping) console.log('Plain-text books read by hledger and beancount: left out.');

if (faults.length > 0 && process.env['RANGKA_REQUIRE_SERVERS'] === '1') {
  console.log('RANGKA_REQUIRE_SERVERS=1 requires what was not found above.');
  await finish('0 passed, 1 failed', 1);
} else {
  const tally = new Tally();
  try {
    await buildStale([engine, web, designer]);
    // A build leaves `production` behind, which takes out what component tests look at.
    process.env['NODE_ENV'] = 'test';
    await runTests(tally);
  } catch (error) {
    console.error(error);
    tally.onAbort();
  }
  await finish(tally.line, tally.isGreen ? 0 : 1);
}

/** @param {Tally} tally */
async function runTests(tally) {
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  // The command line says "reporter" where the options say "reporters".
  const {
    reporter = ['default'],
    project = [],
    ...others
  } = /** @type {typeof options & { reporter?: string[] }} */ (options);
  const vitest = await startVitest('test', filter, {
    ...others,
    watch: false,
    reporters: [...[reporter].flat(), tally],
    project: [...[project].flat(), ...('fault' in browser ? ['!journeys'] : [])],
  });
  await vitest.close();
}

/**
 * @param {string} variable
 * @param {string | undefined} value
 */
function offer(variable, value) {
  if (value === undefined) delete process.env[variable];
  else process.env[variable] = value;
}

/**
 * @param {string} lastLine
 * @param {number} code
 */
async function finish(lastLine, code) {
  if ('dispose' in database) await database.dispose();
  process.stdout.write(`${lastLine}\n`, () => process.exit(code));
}
