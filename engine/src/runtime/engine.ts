import { cipherFor } from '../access/encryption.ts';
import type { Cipher } from '../access/encryption.ts';
import { Identities } from '../access/identities.ts';
import type { Log } from '../base/log.ts';
import { RECOSTER, recostSoon } from '../ledger/recost.ts';

import type { Cache } from '../storage/cache.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import { openCache, openServer } from '../storage/connect.ts';
import type { DatabaseServer } from '../storage/database.ts';
import { migrate } from '../storage/schema/migrate.ts';
import type { Migrations } from '../storage/schema/migrate.ts';
import { ownCache } from './own-cache.ts';
import { Catalog } from './catalog.ts';
import { synchroniseCatalog } from './catalog-sync.ts';
import { Companies } from './companies.ts';
import { recordContext } from './company.ts';
import { findCompany, listCompanies } from './company-entries.ts';
import { HistoryKeeper } from './history-keeper.ts';
import { WrittenNews } from './written-news.ts';
import { FileStore } from './files.ts';
import { Importer } from './imports/importer.ts';
import { Letters } from './letters.ts';
import { openMailer } from './mail.ts';
import { Outbox } from './outbox.ts';
import { webhookCaller } from './webhook.ts';
import type { WebhookOptions } from './webhook.ts';
import { keyOfWebhooks } from './webhook-key.ts';
import { MetadataChanges } from './metadata-change.ts';
import { ModelCache } from './model-cache.ts';
import { companiesWithOpenChanges } from './pending-changes.ts';
import { readShipped } from './shipped.ts';
import { hashOf } from './shipped.ts';
import type { Shipped } from './shipped.ts';

/** What the engine must be told; config.ts reads it from the environment. */
export interface EngineSettings {
  readonly dataFolder: string;
  /** Null: embedded SQLite. */
  readonly databaseUrl: string | null;
  /** Null: this process alone. */
  readonly redisUrl: string | null;
  readonly secret: string;
  readonly publicUrl: string;
  /** Hosts whose pages may sign in with a cookie, besides the one they were loaded from. */
  readonly statefulDomains: readonly string[];
  /** Reverse proxies of our own in front of the server. */
  readonly proxies: number;
  readonly rateLimit: { readonly requests: number; readonly seconds: number } | null;
  /** Null: no mail is sent. */
  readonly smtpUrl?: string | null;
  /** How webhooks reach what is outside; for tests. */
  readonly webhooks?: WebhookOptions;
  readonly filesFolder: string;
  readonly modulesFolder: string;
  readonly metadataFolder: string;
  /** The built web application; it may be missing. */
  readonly webFolder: string;
  /** The built designer; may be missing. */
  readonly designerFolder: string;
  readonly version: string;
}

/** The running engine: everything a door needs. */
export interface Engine {
  readonly settings: EngineSettings;
  readonly log: Log;
  readonly server: DatabaseServer;
  readonly cache: Cache;
  /** Where limits count; null while this process is the only one. */
  readonly sharedCounts: Pick<Cache, 'increment'> | null;
  readonly identities: Identities;
  /** What processes tell each other of writes. */
  readonly written: WrittenNews;
  readonly catalog: Catalog;
  readonly shipped: Shipped;
  readonly models: ModelCache;
  readonly companies: Companies;
  readonly changes: MetadataChanges;
  readonly outbox: Outbox;
  /** Brings in records from files. */
  readonly importer: Importer;
  /** Letters to people about their account. */
  readonly letters: Letters;
  /** Encrypts what people tell about themselves. */
  readonly personCipher: Cipher;
  readonly companyMigrations: Migrations;
  /** Resolves when the engine can serve; throws StorageError otherwise. */
  ready(): Promise<void>;
  /** Takes up what a killed process left open; faults are logged. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

interface EngineMigrations {
  readonly catalog: Migrations;
  readonly company: Migrations;
}

/** Opens databases and cache, brings the catalog up to date and fills it. Throws StorageError and ShippedFault. */
export async function openEngine(settings: EngineSettings, migrations: EngineMigrations, log: Log): Promise<Engine> {
  const logFault = (error: unknown): void => log.warn({ err: error }, 'A background task failed');
  const shippedReading = readShipped({ modules: settings.modulesFolder, metadata: settings.metadataFolder });
  const server = openServer({
    url: settings.databaseUrl ?? undefined,
    dataFolder: settings.dataFolder,
    functions: sqliteFunctions,
    onCallbackError: logFault,
  });
  const cache = ownCache(installationOf(settings), openCache(settings.redisUrl ?? undefined, logFault));
  try {
    const shipped = await shippedReading;
    await server.createCatalog();
    await migrate(server.catalog, migrations.catalog);
    await synchroniseCatalog(server.catalog, shipped);
    return assemble(settings, log, { server, cache, shipped }, migrations.company, logFault);
  } catch (error) {
    await cache.close();
    await server.close();
    throw error;
  }
}

/** Names an installation to a cache that others use too, without telling its secret. */
function installationOf({ secret, databaseUrl, dataFolder }: EngineSettings): string {
  const place = databaseUrl === null ? dataFolder : new URL(databaseUrl).pathname;
  return hashOf(['installation', secret, place]).slice(0, 16);
}

function assemble(
  settings: EngineSettings,
  log: Log,
  { server, cache, shipped }: Pick<Engine, 'server' | 'cache' | 'shipped'>,
  companyMigrations: Migrations,
  logFault: (error: unknown) => void,
): Engine {
  const identities = new Identities(server.catalog, cache, logFault);
  const models = new ModelCache(shipped);
  const cipherOf = (companyId: string): Cipher => cipherFor(`company ${companyId}`, [settings.secret]);
  const changes = new MetadataChanges({
    server,
    shipped,
    models,
    log,
    cipherOf,
    announce: () => identities.forget(),
  });
  const companies = new Companies({
    server,
    migrations: companyMigrations,
    shipped,
    models,
    changes,
    log,
    cipherOf,
    loaded: (company) => {
      outbox.watch(company);
      history.watch(company.database);
      written.watch(company);
      importer.watch(company);
      // Entries may wait for their new costs since a process was killed.
      recostSoon(recordContext(company, RECOSTER));
    },
  });
  const history = new HistoryKeeper(log);
  const written = new WrittenNews(cache, logFault);
  const mailer = openMailer(settings.smtpUrl ?? null, settings.publicUrl);
  const personCipher = cipherFor('people', [settings.secret]);
  const hasMail = (settings.smtpUrl ?? null) !== null;
  const letters = new Letters(server.catalog, personCipher, hasMail ? mailer : null, log);
  const importer = new Importer({
    catalog: server.catalog,
    files: new FileStore(settings.filesFolder),
    log,
    latest: (companyId) => companies.latest(companyId),
  });
  const outbox = new Outbox({
    outside: {
      catalog: server.catalog,
      mailer,
      callWebhook: webhookCaller(settings.webhooks),
      webhookKey: (companyId) => keyOfWebhooks(settings.secret, companyId),
    },
    log,
    latest: (companyId) => companies.latest(companyId),
    companies: () => listCompanies(server.catalog),
  });

  return {
    settings,
    log,
    server,
    cache,
    sharedCounts: settings.redisUrl === null ? null : cache,
    identities,
    written,
    catalog: new Catalog(server.catalog, shipped, cache),
    shipped,
    models,
    companies,
    changes,
    outbox,
    importer,
    letters,
    personCipher,
    companyMigrations,
    ready: () => server.ping(),
    async resume() {
      for (const id of await companiesWithOpenChanges(server.catalog)) {
        try {
          const entry = await findCompany(server.catalog, id);
          if (entry !== null) await companies.open(entry);
        } catch (error) {
          log.error({ err: error, company: id }, 'A change of a company could not be finished');
        }
      }
      await outbox.takeUp();
    },
    async close() {
      await importer.close();
      await Promise.all([outbox.close(), history.close(), letters.close()]);
      await cache.close();
      await server.close();
    },
  };
}
