import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Account } from '../exchange/foreign/account.ts';
import { importDatabase, tableCsv } from '../exchange/foreign/database.ts';
import { importFrappe } from '../exchange/foreign/frappe.ts';
import { importJsonSchema } from '../exchange/foreign/json-schema.ts';
import { settle } from '../exchange/foreign/module-draft.ts';
import type { ModuleDraft } from '../exchange/foreign/module-draft.ts';
import { readForeign } from '../exchange/foreign/read-foreign.ts';
import { readShipped } from '../runtime/shipped.ts';
import { openForeignDatabase } from '../storage/foreign-database.ts';
import { command, CommandFault } from './command.ts';
import { demandConfig } from './open.ts';

/** Turns the DocTypes of Frappe apps into modules. */
export function importFromFrappe(folder: string, out: string): Promise<void> {
  return command(async () => {
    const account = new Account();
    const place = demandPlace(folder);
    const files = await readForeign(place, account);
    await write(importFrappe(files, basename(place), await shippedSlugs(), account), out, account);
  });
}

/** Turns JSON Schemas into a module. */
export function importFromJsonSchema(place: string, out: string): Promise<void> {
  return command(async () => {
    const account = new Account();
    const found = demandPlace(place);
    const files = await readForeign(found, account);
    await write(importJsonSchema(files, basename(found), await shippedSlugs(), account), out, account);
  });
}

/** Turns the tables of a MySQL or SQLite database into a module; with `records`, what is in them into CSV files. */
export function importFromDatabase(place: string, out: string, records: boolean): Promise<void> {
  return command(async () => {
    const isAddress = /^\w+:\/\//.test(place);
    const name = isAddress ? new URL(place).pathname.slice(1) : basename(demandPlace(place)).replace(/\.\w+$/, '');
    const account = new Account();
    const { reader, close } = await openForeignDatabase(isAddress ? place : demandPlace(place));
    try {
      const { modules, tables } = await importDatabase(reader, name, await shippedSlugs(), account);
      await write(modules, out, account);
      if (!records) return;
      const folder = join(resolve(out), 'records');
      await mkdir(folder, { recursive: true });
      for (const [index, table] of tables.entries()) {
        const file = join(folder, `${String(index + 1).padStart(3, '0')}-${table.entity}.csv`);
        await pipeline(Readable.from(tableCsv(reader, table)), createWriteStream(file, { flags: 'wx' }));
      }
      process.stdout.write(
        `Records of ${tables.length} tables in ${join(out, 'records')}, to be imported in this order.\n`,
      );
    } finally {
      await close();
    }
  });
}

function demandPlace(path: string): string {
  const place = resolve(path);
  if (!existsSync(place)) throw new CommandFault(`There is nothing at ${path}.`);
  return place;
}

async function shippedSlugs(): Promise<Iterable<string>> {
  const { installation } = demandConfig();
  return (await readShipped(installation)).modules.keys();
}

/** Makes modules compile, and writes them with the account beside them. Nothing that is there is written over. */
async function write(drafts: readonly ModuleDraft[], out: string, account: Account): Promise<void> {
  const folder = resolve(out);
  const faults = settle(drafts, account);
  for (const { slug } of drafts) {
    if (existsSync(join(folder, slug))) throw new CommandFault(`${join(out, slug)} is there already.`);
  }
  await mkdir(folder, { recursive: true });
  for (const draft of drafts) {
    for (const [path, document] of draft.documents) {
      const file = join(folder, draft.slug, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${JSON.stringify(document, null, 2)}\n`, { flag: 'wx' });
    }
  }
  await writeFile(join(folder, 'import-report.json'), `${JSON.stringify(account.entries, null, 1)}\n`);
  await writeFile(join(folder, 'import-report.md'), account.inWords());
  const entities = drafts.flatMap(({ documents }) =>
    [...documents.keys()].filter((path) => path.startsWith('entities/')),
  );
  process.stdout.write(
    `${drafts.length} modules with ${entities.length} entities in ${out}. ${account.count('taken')} properties taken, ` +
      `${account.count('approximated')} approximated, ${account.count('left-out')} left out: see import-report.md there.\n`,
  );
  if (faults.length === 0 && entities.length > 0) return;
  for (const { file, pointer, message } of faults) process.stderr.write(`${file} ${pointer}: ${message}\n`);
  process.exitCode = 1;
}
