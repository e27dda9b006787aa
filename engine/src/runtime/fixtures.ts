import type { CompanyEntry } from '../access/member.ts';
import { authorizeSystem } from '../access/authorize.ts';
import { dateIn, storedInstant } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import type { Entity, Field, Fixture, Model } from '../compiler/model.ts';
import type { Row } from '../expression/evaluation.ts';
import { runBulk, BULK_OPERATIONS_MAX } from '../records/bulk.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { FieldCipher, RecordContext } from '../records/context.ts';
import { idsByKey } from '../records/keys.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { Database, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import { companyRow } from './company.ts';

/** The named actor that fixtures are written by. */
const ACTOR = 'fixtures';

const FIND_LOADED = statement(`SELECT name FROM ${table('rk_setting')} WHERE name LIKE 'fixture:%'`);
const INSERT_LOADED = statement(`INSERT INTO ${table('rk_setting')} (name, value, updated_at) VALUES (?, ?, ?)`);

type Source = Readonly<Record<string, unknown>>;

/** A fixture holds a record that cannot be created; the module's author must correct it. */
export class FixtureFault extends Error {}

/**
 * Loads the first records of a model's modules, each fixture once in the life of a company: what people changed or
 * deleted since stays so. A record is found again by its key, so that loading what a killed process loaded in part
 * changes nothing twice. Throws FixtureFault.
 */
export async function loadFixtures(
  database: Database,
  model: Model,
  entry: CompanyEntry,
  settings: Row,
  cipher: FieldCipher,
): Promise<void> {
  const loaded = new Set((await database.all(FIND_LOADED)).map((row) => String(row['name'])));
  const open = model.fixtures.filter((fixture) => !loaded.has(markOf(fixture)));
  if (open.length === 0) return;
  const milliseconds = Date.now();
  const context: RecordContext = {
    database,
    model,
    today: dateIn(entry.timezone, milliseconds),
    now: new Date(milliseconds).toISOString(),
    globals: { user: { id: ACTOR, name: ACTOR }, company: companyRow(entry), settings },
    cipher,
  };
  for (const fixture of open) if (isMeantFor(fixture, context)) await loadFixture(fixture, context);
  await database.transaction((transaction) => markLoaded(transaction, open));
}

function markOf(fixture: Fixture): string {
  return `fixture:${fixture.name}`;
}

async function markLoaded(writer: Session, fixtures: readonly Fixture[]): Promise<void> {
  const now = storedInstant(Date.now());
  for (const fixture of fixtures) await writer.run(INSERT_LOADED, [markOf(fixture), '', now]);
}

function isMeantFor(fixture: Fixture, { globals, today, now }: RecordContext): boolean {
  if (fixture.when === null) return true;
  return evaluatorOf(fixture.when)({ self: {}, linked: () => null, globals, today, now }) === true;
}

/**
 * Creates the records of a fixture that are missing. Records of one fixture may link to each other, as accounts to
 * their parents: those whose links are known are created first, then those that link to them.
 */
async function loadFixture(fixture: Fixture, context: RecordContext): Promise<void> {
  const { entity } = fixture;
  const reading = readingFrom(context, context.database);
  const keysToFind = new Map<Entity, Set<string>>([
    [entity, new Set(fixture.records.map((record) => keyOf(entity, record)))],
  ]);
  for (const record of fixture.records) gatherKeys(entity, record, keysToFind);

  const ids = new Map<Entity, Map<string, string>>();
  for (const [target, keys] of keysToFind) ids.set(target, new Map(await idsByKey(reading, target, [...keys])));
  const own = ids.get(entity) as Map<string, string>;

  let open = fixture.records.filter((record) => !own.has(keyOf(entity, record).toLowerCase()));
  while (open.length > 0) {
    const ready: { readonly key: string; readonly input: Source }[] = [];
    const waiting: Source[] = [];
    for (const record of open) {
      const input = ready.length < BULK_OPERATIONS_MAX ? resolveLinks(entity, record, ids) : null;
      if (input === null) waiting.push(record);
      else ready.push({ key: keyOf(entity, record).toLowerCase(), input });
    }
    if (ready.length === 0) throw new FixtureFault(`${fixture.name}: ${unresolved(entity, waiting, ids)} is not there`);
    const operations = ready.map(({ input }) =>
      authorizeSystem({ kind: 'create', entity: entity.name, input } as const, ACTOR, context.model),
    );
    const written = await runBulk(context, operations).catch((error: unknown) => {
      throw error instanceof Refusal ? new FixtureFault(`${fixture.name}: ${error.message}`, { cause: error }) : error;
    });
    for (const [index, { key }] of ready.entries()) {
      const answer = written[index];
      if (answer !== undefined && 'record' in answer) own.set(key, String(answer.record['id']));
    }
    open = waiting;
  }
}

function keyOf(entity: Entity, record: Source): string {
  return entity.key.map((field) => textOf(record[field.name])).join(' ');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** The natural key that a link's value names: plain text, or `{ "key": … }`. Null when it names nothing. */
function linkKey(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'key' in value) return textOf(value.key);
  return null;
}

function isLink(field: Field): boolean {
  return field.target !== null && field.of === null;
}

/** Every link of a record and of its rows, with the keys it names. */
function* linksOf(
  entity: Entity,
  record: Source,
): Iterable<{ readonly target: Entity; readonly keys: readonly string[] }> {
  for (const [name, value] of Object.entries(record)) {
    const field = entity.fieldByName.get(name);
    if (field === undefined || field.target === null) continue;
    if (field.of !== null && Array.isArray(value)) {
      for (const row of value as readonly Source[]) yield* linksOf(field.target, row);
    } else if (isLink(field)) {
      const named = (Array.isArray(value) ? value : [value]).map(linkKey).filter((key) => key !== null);
      yield { target: field.target, keys: named };
    }
  }
}

function gatherKeys(entity: Entity, record: Source, into: Map<Entity, Set<string>>): void {
  for (const { target, keys } of linksOf(entity, record)) {
    const known = into.get(target) ?? new Set();
    into.set(target, known);
    for (const key of keys) known.add(key);
  }
}

type Ids = ReadonlyMap<Entity, ReadonlyMap<string, string>>;

/** The record with ids for keys; null while one of them is not known. */
function resolveLinks(entity: Entity, record: Source, ids: Ids): Source | null {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    const field = entity.fieldByName.get(name);
    input[name] = value;
    if (field === undefined || field.target === null || value === null) continue;
    const { target } = field;
    if (field.of !== null && Array.isArray(value)) {
      const rows = (value as readonly Source[]).map((row) => resolveLinks(target, row, ids));
      if (rows.includes(null)) return null;
      input[name] = rows;
    } else if (isLink(field)) {
      const idOf = (item: unknown): string | undefined => ids.get(target)?.get(linkKey(item)?.toLowerCase() ?? '');
      const found = Array.isArray(value) ? value.map(idOf) : idOf(value);
      if (found === undefined || (Array.isArray(found) && found.includes(undefined))) return null;
      input[name] = found;
    }
  }
  return input;
}

/** The first link that leads nowhere, for the message. */
function unresolved(entity: Entity, records: readonly Source[], ids: Ids): string {
  for (const record of records) {
    for (const { target, keys } of linksOf(entity, record)) {
      const missing = keys.find((key) => ids.get(target)?.has(key.toLowerCase()) !== true);
      if (missing !== undefined) return `${target.name} “${missing}”`;
    }
  }
  return 'a record';
}
