import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import type { Database, DatabaseServer } from './database.ts';
import { requireCompanyKey } from './company-key.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteHouse } from './sqlite-database.ts';
import type { SqliteFunction } from './sqlite-driver.ts';
import { claimFolder } from './sqlite-folder-lock.ts';
import { statement } from './statement.ts';

/** Company files kept open; each open one holds two connections and their caches. */
const OPEN_FILES_MAX = 64;

const PING = statement('SELECT 1');

export interface SqliteSettings {
  /** The data folder, made if it is missing. */
  readonly folder: string;
  /** Functions that SQL text may call, by name. */
  readonly functions?: Readonly<Record<string, SqliteFunction>>;
  /** Hears what callbacks after a commit throw. */
  readonly onCallbackError: (error: unknown) => void;
  readonly openFilesMax?: number;
}

/**
 * The embedded default: `catalog.sqlite` and `companies/<key>.sqlite` in one folder, owned by one process.
 * Company files open on demand; the ones idle longest are closed when too many are open.
 */
export class SqliteServer implements DatabaseServer, SqliteHouse {
  readonly dialect = 'sqlite';
  readonly catalog: Database;
  readonly functions: Readonly<Record<string, SqliteFunction>>;
  readonly onCallbackError: (error: unknown) => void;
  readonly #folder: string;
  readonly #openFilesMax: number;
  readonly #companies = new Map<string, SqliteDatabase>();
  /** Open company files, oldest first. */
  readonly #open = new Set<SqliteDatabase>();
  readonly #releaseFolder: () => void;

  /** Throws FolderInUseError when another process works on the folder. */
  constructor(settings: SqliteSettings) {
    this.#folder = settings.folder;
    this.#openFilesMax = settings.openFilesMax ?? OPEN_FILES_MAX;
    this.functions = settings.functions ?? {};
    this.onCallbackError = settings.onCallbackError;
    mkdirSync(`${this.#folder}/companies`, { recursive: true });
    this.#releaseFolder = claimFolder(this.#folder);
    this.catalog = new SqliteDatabase(`${this.#folder}/catalog.sqlite`, this, () => true);
  }

  get openCompanies(): number {
    return this.#open.size;
  }

  company(key: string): Database {
    const known = this.#companies.get(key);
    if (known !== undefined) return known;
    const database = new SqliteDatabase(this.#pathOf(key), this, existsSync);
    this.#companies.set(key, database);
    return database;
  }

  async createCatalog(): Promise<void> {
    await this.catalog.get(PING);
  }

  async createCompany(key: string): Promise<void> {
    closeSync(openSync(this.#pathOf(key), 'a'));
    await this.company(key).get(PING);
  }

  async dropCompany(key: string): Promise<void> {
    await this.company(key).close();
    const path = this.#pathOf(key);
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  }

  async ping(): Promise<void> {
    await this.catalog.get(PING);
  }

  async close(): Promise<void> {
    for (const database of this.#companies.values()) await database.close();
    await this.catalog.close();
    this.#releaseFolder();
  }

  /** Closes idle files until the bound is kept: first those not used since the last time, then any. */
  opened(database: SqliteDatabase): void {
    if (database === this.catalog) return;
    this.#open.add(database);
    const closable = (): SqliteDatabase[] => [...this.#open].filter((file) => file !== database && !file.busy);
    const tooMany = (): boolean => this.#open.size > this.#openFilesMax;
    if (!tooMany()) return;
    for (const file of closable()) {
      if (tooMany() && !file.wasUsedLately()) file.closeFile();
    }
    for (const file of closable()) {
      if (tooMany()) file.closeFile();
    }
  }

  closed(database: SqliteDatabase): void {
    this.#open.delete(database);
  }

  #pathOf(key: string): string {
    return `${this.#folder}/companies/${requireCompanyKey(key)}.sqlite`;
  }
}
