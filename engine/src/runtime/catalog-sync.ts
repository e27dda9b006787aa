import { storedInstant } from '../base/clock.ts';
import type { BusinessTypeDocument } from '../metamodel/source.ts';
import { LOCALES, textIn, toText } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import { withLock } from '../storage/lock.ts';
import type { Database, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { Binding, Statement } from '../storage/statement.ts';
import type { Shipped, ShippedModule } from './shipped.ts';

/** Name of the row in `settings` that says what the catalog's tables were last filled from. */
const FILLED_FROM = 'catalog-hash';

const FIND_SETTING = statement(`SELECT value FROM ${table('settings')} WHERE name = ?`);
const DELETE_SETTING = statement(`DELETE FROM ${table('settings')} WHERE name = ?`);
const INSERT_SETTING = statement(`INSERT INTO ${table('settings')} (name, value, updated_at) VALUES (?, ?, ?)`);

const MODULE_COLUMNS = [
  'name',
  'description',
  'category',
  'icon',
  'version',
  'is_core',
  'is_active',
  'sort_order',
  'translations',
];
const BUSINESS_TYPE_COLUMNS = ['name', 'description', 'icon', 'color', 'is_active', 'sort_order', 'translations'];

const LIST_RECOMMENDATIONS = statement(
  `SELECT id, business_type_id, module_id FROM ${table('module_recommendations')}`,
);
const INSERT_RECOMMENDATION = statement(`
  INSERT INTO ${table('module_recommendations')}
    (business_type_id, module_id, priority, is_required, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?)`);
const UPDATE_RECOMMENDATION = statement(
  `UPDATE ${table('module_recommendations')} SET priority = ?, is_required = ?, updated_at = ? WHERE id = ?`,
);
const DELETE_RECOMMENDATION = statement(`DELETE FROM ${table('module_recommendations')} WHERE id = ?`);

/** One table of the catalog whose rows are known by their slug. */
class SluggedTable {
  readonly #list: Statement;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #retire: Statement;

  constructor(name: string, columns: readonly string[]) {
    const places = [...columns, 'slug', 'created_at', 'updated_at'].map(() => '?').join(', ');
    this.#list = statement(`SELECT id, slug FROM ${table(name)}`);
    this.#insert = statement(
      `INSERT INTO ${table(name)} (${columns.join(', ')}, slug, created_at, updated_at) VALUES (${places})`,
    );
    this.#update = statement(
      `UPDATE ${table(name)} SET ${columns.map((column) => `${column} = ?`).join(', ')}, updated_at = ? WHERE id = ?`,
    );
    this.#retire = statement(`UPDATE ${table(name)} SET is_active = 0, updated_at = ? WHERE id = ?`);
  }

  /** Writes a row for each slug, retires those that are gone, and answers the ids by slug. */
  async fill(writer: Session, rows: ReadonlyMap<string, readonly Binding[]>): Promise<ReadonlyMap<string, string>> {
    const now = storedInstant(Date.now());
    const ids = new Map<string, string>();
    for (const row of await writer.all(this.#list)) ids.set(String(row['slug']), String(row['id']));
    for (const [slug, id] of ids) if (!rows.has(slug)) await writer.run(this.#retire, [now, id]);
    for (const [slug, values] of rows) {
      const id = ids.get(slug);
      if (id !== undefined) await writer.run(this.#update, [...values, now, id]);
      else ids.set(slug, (await writer.run(this.#insert, [...values, slug, now, now])).lastId);
    }
    return ids;
  }
}

const modulesTable = new SluggedTable('modules', MODULE_COLUMNS);
const businessTypesTable = new SluggedTable('business_types', BUSINESS_TYPE_COLUMNS);

/**
 * Fills business types, modules and recommendations from what was shipped, when that has changed since the last time
 * (R-A7). Answers whether anything was written.
 */
export async function synchroniseCatalog(catalog: Database, shipped: Shipped): Promise<boolean> {
  const isFilled = async (): Promise<boolean> =>
    (await catalog.get(FIND_SETTING, [FILLED_FROM]))?.['value'] === shipped.catalogHash;
  if (await isFilled()) return false;
  return withLock(catalog, FILLED_FROM, async () => {
    // Another process may have filled it while this one waited.
    if (await isFilled()) return false;
    await fill(catalog, shipped);
    return true;
  });
}

async function fill(catalog: Database, shipped: Shipped): Promise<void> {
  await catalog.transaction(async (transaction) => {
    const modules = new Map([...shipped.modules].map(([slug, module]) => [slug, moduleRow(module)] as const));
    const types = new Map(shipped.businessTypes.map((type) => [type.business_type, businessTypeRow(type)] as const));
    const moduleIds = await modulesTable.fill(transaction, modules);
    const typeIds = await businessTypesTable.fill(transaction, types);
    await fillRecommendations(transaction, shipped.businessTypes, typeIds, moduleIds);
    await transaction.run(DELETE_SETTING, [FILLED_FROM]);
    await transaction.run(INSERT_SETTING, [FILLED_FROM, shipped.catalogHash, storedInstant(Date.now())]);
  });
}

/** The columns hold English; the other languages stand in `translations`. */
function translations(name: Text, description: Text): string {
  const others = LOCALES.filter((locale) => locale !== 'en').map((locale) => [
    locale,
    { name: textIn(name, locale), description: textIn(description, locale) },
  ]);
  return JSON.stringify(Object.fromEntries(others));
}

function moduleRow({ manifest }: ShippedModule): readonly Binding[] {
  const name = toText(manifest.name);
  const description = toText(manifest.description ?? '');
  return [
    textIn(name, 'en'),
    textIn(description, 'en'),
    manifest.category,
    manifest.icon ?? null,
    manifest.version,
    manifest.is_core === true,
    true,
    manifest.sort_order ?? 100,
    translations(name, description),
  ];
}

function businessTypeRow(type: BusinessTypeDocument): readonly Binding[] {
  const name = toText(type.name);
  const description = toText(type.description);
  return [
    textIn(name, 'en'),
    textIn(description, 'en'),
    type.icon,
    type.color,
    type.is_active !== false,
    type.sort_order,
    translations(name, description),
  ];
}

async function fillRecommendations(
  writer: Session,
  types: readonly BusinessTypeDocument[],
  typeIds: ReadonlyMap<string, string>,
  moduleIds: ReadonlyMap<string, string>,
): Promise<void> {
  const now = storedInstant(Date.now());
  const present = new Map<string, string>();
  for (const row of await writer.all(LIST_RECOMMENDATIONS)) {
    present.set(`${String(row['business_type_id'])} ${String(row['module_id'])}`, String(row['id']));
  }
  for (const type of types) {
    const typeId = typeIds.get(type.business_type) as string;
    for (const recommendation of type.recommendations) {
      const moduleId = moduleIds.get(recommendation.module);
      if (moduleId === undefined) continue;
      const key = `${typeId} ${moduleId}`;
      const id = present.get(key);
      const facts = [recommendation.priority, recommendation.required === true, now];
      if (id === undefined) await writer.run(INSERT_RECOMMENDATION, [typeId, moduleId, ...facts, now]);
      else await writer.run(UPDATE_RECOMMENDATION, [...facts, id]);
      present.delete(key);
    }
  }
  for (const id of present.values()) await writer.run(DELETE_RECOMMENDATION, [id]);
}
