import { isRowId } from '../base/ids.ts';
import { textIn, toText } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Cache } from '../storage/cache.ts';
import type { Database } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow, RawValue, Statement } from '../storage/statement.ts';
import type { Shipped } from './shipped.ts';

/** R-A9 */
const RECOMMENDATIONS_MS = 3_600_000;

const BUSINESS_TYPE = 'b.id, b.name, b.slug, b.description, b.icon, b.color, b.sort_order, b.translations';
const MODULE =
  'm.id, m.name, m.slug, m.description, m.category, m.icon, m.version, m.is_core, m.sort_order, m.translations';

const LIST_TYPES = statement(
  `SELECT ${BUSINESS_TYPE} FROM ${table('business_types')} b WHERE b.is_active = 1 ORDER BY b.sort_order, b.id`,
);
const FIND_TYPE = {
  id: statement(`SELECT ${BUSINESS_TYPE} FROM ${table('business_types')} b WHERE b.is_active = 1 AND b.id = ?`),
  slug: statement(`SELECT ${BUSINESS_TYPE} FROM ${table('business_types')} b WHERE b.is_active = 1 AND b.slug = ?`),
};
const LIST_MODULES = statement(
  `SELECT ${MODULE} FROM ${table('modules')} m WHERE m.is_active = 1 ORDER BY m.sort_order, m.id`,
);
const FIND_MODULE = {
  id: statement(`SELECT ${MODULE} FROM ${table('modules')} m WHERE m.is_active = 1 AND m.id = ?`),
  slug: statement(`SELECT ${MODULE} FROM ${table('modules')} m WHERE m.is_active = 1 AND m.slug = ?`),
};

const RECOMMENDATION =
  'r.id AS recommendation_id, r.priority, r.is_required, b.slug AS type_slug, m.slug AS module_slug';
const RECOMMENDED = `
  FROM ${table('module_recommendations')} r
  JOIN ${table('business_types')} b ON b.id = r.business_type_id AND b.is_active = 1
  JOIN ${table('modules')} m ON m.id = r.module_id AND m.is_active = 1`;
const MODULES_FOR_TYPE = statement(
  `SELECT ${RECOMMENDATION}, ${MODULE} ${RECOMMENDED} WHERE b.id = ? ORDER BY r.priority, m.sort_order, m.id`,
);
const TYPES_FOR_MODULE = statement(
  `SELECT ${RECOMMENDATION}, ${BUSINESS_TYPE} ${RECOMMENDED} WHERE m.id = ? ORDER BY r.priority, b.sort_order, b.id`,
);

/** A trade, in one language. */
export interface BusinessType {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly icon: string | null;
  readonly color: string | null;
  readonly sort_order: number;
}

/** A module of the catalog, in one language. */
export interface CatalogModule {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly icon: string | null;
  readonly version: string;
  readonly is_core: boolean;
  readonly sort_order: number;
  /** Slugs of the modules it needs. */
  readonly dependencies: readonly string[];
}

/** That a trade wants a module, and why. */
export interface Recommendation {
  readonly id: string;
  /** 1 high, 2 medium, 3 low. */
  readonly priority: number;
  readonly is_required: boolean;
  readonly because: string | null;
}

/** Business types, modules and recommendations, as the API shows them in one language. */
export class Catalog {
  readonly #database: Database;
  readonly #shipped: Shipped;
  readonly #cache: Cache;

  constructor(database: Database, shipped: Shipped, cache: Cache) {
    this.#database = database;
    this.#shipped = shipped;
    this.#cache = cache;
  }

  async businessTypes(locale: Locale): Promise<readonly BusinessType[]> {
    return (await this.#database.all(LIST_TYPES)).map((row) => businessTypeJson(row, locale));
  }

  /** @param key an id or a slug; null when there is none */
  async businessType(key: string, locale: Locale): Promise<BusinessType | null> {
    const row = await this.#find(FIND_TYPE, key);
    return row === undefined ? null : businessTypeJson(row, locale);
  }

  async modules(category: string | undefined, locale: Locale): Promise<readonly CatalogModule[]> {
    const rows = await this.#database.all(LIST_MODULES);
    const wanted = category === undefined ? rows : rows.filter((row) => row['category'] === category);
    return wanted.map((row) => this.#moduleJson(row, locale));
  }

  /** @param key an id or a slug; null when there is none */
  async module(key: string, locale: Locale): Promise<CatalogModule | null> {
    const row = await this.#find(FIND_MODULE, key);
    return row === undefined ? null : this.#moduleJson(row, locale);
  }

  /** The modules for a trade, the most important first; null when there is no such business type. */
  async modulesFor(
    businessType: string,
    locale: Locale,
  ): Promise<readonly (Recommendation & { readonly module: CatalogModule })[] | null> {
    const type = await this.#find(FIND_TYPE, businessType);
    if (type === undefined) return null;
    return this.#remembered(`modules-for:${String(type['id'])}:${locale}`, async () => {
      const rows = await this.#database.all(MODULES_FOR_TYPE, [String(type['id'])]);
      return rows.map((row) => ({ ...this.#recommendationJson(row, locale), module: this.#moduleJson(row, locale) }));
    });
  }

  /** The trades that a module is recommended for; null when there is no such module. */
  async typesFor(
    module: string,
    locale: Locale,
  ): Promise<readonly (Recommendation & { readonly business_type: BusinessType })[] | null> {
    const found = await this.#find(FIND_MODULE, module);
    if (found === undefined) return null;
    return this.#remembered(`types-for:${String(found['id'])}:${locale}`, async () => {
      const rows = await this.#database.all(TYPES_FOR_MODULE, [String(found['id'])]);
      return rows.map((row) => ({
        ...this.#recommendationJson(row, locale),
        business_type: businessTypeJson(row, locale),
      }));
    });
  }

  async #find(by: { readonly id: Statement; readonly slug: Statement }, key: string): Promise<RawRow | undefined> {
    return this.#database.get(isRowId(key) ? by.id : by.slug, [key]);
  }

  /** Kept for an hour; the key names what the catalog was filled from, so a change is seen at once. */
  async #remembered<T>(name: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const key = `catalog:${this.#shipped.catalogHash.slice(0, 16)}:${name}`;
    const known = await this.#cache.get(key);
    if (known !== undefined) return JSON.parse(known) as readonly T[];
    const rows = await read();
    await this.#cache.set(key, JSON.stringify(rows), RECOMMENDATIONS_MS);
    return rows;
  }

  #moduleJson(row: RawRow, locale: Locale): CatalogModule {
    const slug = String(row['slug']);
    return {
      id: String(row['id']),
      slug,
      ...wordsOf(row, locale),
      category: String(row['category']),
      icon: textOrNull(row['icon']),
      version: String(row['version']),
      is_core: Number(row['is_core']) === 1,
      sort_order: Number(row['sort_order']),
      dependencies: this.#shipped.modules.get(slug)?.manifest.dependencies ?? [],
    };
  }

  #recommendationJson(row: RawRow, locale: Locale): Recommendation {
    const type = this.#shipped.businessTypes.find(({ business_type }) => business_type === row['type_slug']);
    const source = type?.recommendations.find(({ module }) => module === row['module_slug']);
    return {
      id: String(row['recommendation_id']),
      priority: Number(row['priority']),
      is_required: Number(row['is_required']) === 1,
      because: source === undefined ? null : textIn(toText(source.because), locale),
    };
  }
}

function businessTypeJson(row: RawRow, locale: Locale): BusinessType {
  return {
    id: String(row['id']),
    slug: String(row['slug']),
    ...wordsOf(row, locale),
    icon: textOrNull(row['icon']),
    color: textOrNull(row['color']),
    sort_order: Number(row['sort_order']),
  };
}

function textOrNull(raw: RawValue | undefined): string | null {
  return raw === null || raw === undefined ? null : String(raw);
}

interface Words {
  readonly name: string;
  readonly description: string;
}

/** Name and description in one language; English where it lacks them. */
function wordsOf(row: RawRow, locale: Locale): Words {
  const stored = row['translations'];
  const translations =
    typeof stored === 'string' ? (JSON.parse(stored) as Readonly<Record<string, Partial<Words> | undefined>>) : {};
  return {
    name: translations[locale]?.name ?? String(row['name']),
    description: translations[locale]?.description ?? String(row['description'] ?? ''),
  };
}
