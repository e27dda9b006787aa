import type { CompanyEntry } from '../access/member.ts';
import type { Log } from '../base/log.ts';
import { refuse } from '../base/errors.ts';
import { moduleOf } from '../metamodel/naming.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import type { Database, DatabaseServer } from '../storage/database.ts';
import { SchemaRefusal } from '../storage/schema/apply.ts';
import type { Migrations } from '../storage/schema/migrate.ts';
import { migrate } from '../storage/schema/migrate.ts';
import type { FieldCipher } from '../records/context.ts';
import { companyRow } from './company.ts';
import type { CompanyRuntime } from './company.ts';
import { findCompany } from './company-entries.ts';
import { settingsRow } from './configuration.ts';
import type { MetadataChanges } from './metadata-change.ts';
import { FixtureFault } from './fixtures.ts';
import { MetadataFault } from './model-cache.ts';
import type { ModelCache } from './model-cache.ts';
import type { Shipped } from './shipped.ts';

const COMPANIES_MAX = 5_000;
/** Until a company that cannot be served is tried again by well-behaved clients. */
const RETRY_SECONDS = '60';

export interface CompanyServices {
  readonly server: DatabaseServer;
  readonly migrations: Migrations;
  readonly shipped: Shipped;
  readonly models: ModelCache;
  readonly changes: MetadataChanges;
  readonly log: Log;
  cipherOf(companyId: string): FieldCipher;
  /** Hears of every company that was loaded, or loaded anew. */
  loaded?(company: CompanyRuntime): void;
}

/**
 * The companies that this process serves. A company is loaded at its first request and again when its metadata version
 * in the catalog has moved on; those asked for at the same time wait for one loading.
 */
export class Companies {
  readonly #services: CompanyServices;
  readonly #loaded = new BoundedMap<string, CompanyRuntime>(COMPANIES_MAX);
  readonly #loading = new Map<string, Promise<CompanyRuntime>>();

  constructor(services: CompanyServices) {
    this.#services = services;
  }

  /** The company as the catalog says it is to be served. Throws StorageError when its database is away. */
  open(entry: CompanyEntry): CompanyRuntime | Promise<CompanyRuntime> {
    const loaded = this.#loaded.get(entry.id);
    if (loaded !== undefined && loaded.entry.metadataVersion >= entry.metadataVersion) return loaded;
    let loading = this.#loading.get(entry.id);
    if (loading === undefined) {
      loading = this.#loadOrRefuse(entry).finally(() => this.#loading.delete(entry.id));
      this.#loading.set(entry.id, loading);
    }
    return loading;
  }

  /** The company as the catalog has it this moment, after a change. */
  async latest(companyId: string): Promise<CompanyRuntime> {
    const entry = await findCompany(this.#services.server.catalog, companyId);
    if (entry === null) throw refuse('not-found');
    return this.open(entry);
  }

  /** A company whose shipped modules cannot run over its data waits for its operator; other companies go on. */
  async #loadOrRefuse(entry: CompanyEntry): Promise<CompanyRuntime> {
    try {
      return await this.#load(entry);
    } catch (error) {
      const isStuck = error instanceof SchemaRefusal || error instanceof MetadataFault || error instanceof FixtureFault;
      if (!isStuck) throw error;
      this.#services.log.error({ err: error, company: entry.slug }, 'A company cannot be served');
      throw refuse('unavailable', { headers: { 'Retry-After': RETRY_SECONDS }, cause: error });
    }
  }

  async #load(found: CompanyEntry): Promise<CompanyRuntime> {
    const { server, migrations, shipped, models, changes, cipherOf } = this.#services;
    const database: Database = server.company(found.slug);
    await migrate(database, migrations);
    const { entry, activations, modules, layer } = await changes.settle(found);
    const model = models.modelOf(modules, layer);
    const configurations = new Map(activations.map(({ slug, configuration }) => [slug, configuration]));
    const runtime: CompanyRuntime = {
      entry,
      database,
      model,
      modules,
      layer,
      company: companyRow(entry),
      settings: settingsRow(model, configurations),
      cipher: cipherOf(entry.id),
      inactiveModuleOf(name) {
        const module = shipped.moduleOfPrefix.get(moduleOf(name));
        return module === undefined || modules.has(module) ? null : module;
      },
    };
    this.#loaded.set(entry.id, runtime);
    this.#services.loaded?.(runtime);
    return runtime;
  }
}
