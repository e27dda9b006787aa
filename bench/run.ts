// `npm run bench`: the generated API beside hand-written servers; see docs/benchmarks.md.
import { loadavg } from 'node:os';
import { buildStale, engine, web } from '../scripts/build.js';
import { timeColdStart } from './cold-start.ts';
import { compare } from './comparison.ts';
import { measureImports } from './importing.ts';
import { timeLargeModel } from './large-model.ts';
import { timeLongLists } from './long-lists.ts';
import { isWanted, readOptions } from './options.ts';
import type { Options } from './options.ts';
import { mysqlPlace, sqlitePlace } from './place.ts';
import type { Place } from './place.ts';
import { measurePosting } from './posting.ts';
import { prepare } from './preparation.ts';
import { report, summary } from './report.ts';
import type { DatabaseResult } from './report.ts';
import { buildScripts } from './scripts-build.ts';
import type { Scripts } from './scripts-build.ts';
import { measureWebApp } from './web-size.ts';
import { writeReport } from './write-report.ts';

const options = readOptions();
if (options !== null) await bench(options);

async function bench(chosen: Options): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0;
  await buildStale([engine, web]);
  const scripts = await buildScripts();
  const databases: DatabaseResult[] = [];
  const missing: string[] = [];
  for (const database of chosen.databases) {
    const place = database === 'sqlite' ? await sqlitePlace() : await mysqlPlace();
    if (place === null) missing.push('MySQL or MariaDB');
    else databases.push(await measure(place, scripts, chosen));
  }
  say('the compiler');
  const largeModel = await timeLargeModel(scripts.compile);
  const command = ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench --', 'bench -- --');
  const results = { databases, missing, largeModel, web: await measureWebApp(), loadBefore };
  const whole = report(results, chosen, command);
  console.log(whole);
  if (chosen.write) await writeReport({ 'README.md': summary(results, chosen, command), 'docs/benchmarks.md': whole });
}

async function measure(place: Place, scripts: Scripts, chosen: Options): Promise<DatabaseResult> {
  const { database } = place;
  try {
    say(`${database}: filling`);
    const prepared = await prepare(place, chosen);
    say(`${database}: comparing`);
    const comparison = await compare(place, prepared, scripts, chosen);
    say(`${database}: long lists`);
    const pages = await timeLongLists(place, prepared, chosen);
    const coldStartMs = await timeColdStart(place);
    if (isWanted(chosen, 'posting')) say(`${database}: posting`);
    const posting = isWanted(chosen, 'posting') ? await measurePosting(place, scripts, chosen) : null;
    if (isWanted(chosen, 'import')) say(`${database}: importing`);
    const imports = isWanted(chosen, 'import') ? await measureImports(place, chosen.importedRows) : null;
    const { activationSeconds } = prepared;
    return { database, comparison, pages, coldStartMs, activationSeconds, posting, imports };
  } finally {
    await place.remove();
  }
}

/** Tells whoever waits what is going on, apart from the result. */
function say(what: string): void {
  console.error(`… ${what}`);
}
