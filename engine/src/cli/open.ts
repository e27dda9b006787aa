import packageFacts from '../../package.json' with { type: 'json' };
import { catalogMigrations, companyMigrations } from '../../../migrations/index.ts';
import type { CompanyEntry } from '../access/member.ts';
import { createLog } from '../base/log.ts';
import type { Log } from '../base/log.ts';
import { readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { findCompanyBySlug } from '../runtime/company-entries.ts';
import { openEngine } from '../runtime/engine.ts';
import type { Engine } from '../runtime/engine.ts';
import { obtainSecret } from '../secret.ts';
import { CommandFault } from './command.ts';

/** The settings of this process. Throws CommandFault with one line for each wrong one. */
export function demandConfig(): Config {
  const reading = readConfig();
  if ('faults' in reading) throw new CommandFault(reading.faults.join('\n'));
  for (const warning of reading.warnings) process.stderr.write(`${warning}\n`);
  return reading.config;
}

/** Opens the engine as the settings say. */
export async function openConfigured(config: Config, log: Log): Promise<Engine> {
  const { installation } = config;
  return openEngine(
    {
      dataFolder: config.dataFolder,
      databaseUrl: config.databaseUrl,
      redisUrl: config.redisUrl,
      secret: await obtainSecret(config),
      publicUrl: config.publicUrl,
      statefulDomains: config.statefulDomains,
      proxies: config.proxies,
      rateLimit: config.rateLimit,
      smtpUrl: config.smtpUrl,
      filesFolder: config.filesFolder,
      modulesFolder: installation.modules,
      metadataFolder: installation.metadata,
      webFolder: installation.web,
      designerFolder: installation.designer,
      version: packageFacts.version,
    },
    { catalog: catalogMigrations, company: companyMigrations },
    log,
  );
}

/** Runs one piece of work on an engine that is closed afterwards; only warnings are logged. */
export async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await openConfigured(demandConfig(), createLog('warn'));
  try {
    await work(engine);
  } finally {
    await engine.close();
  }
}

/** The company of a slug. Throws CommandFault. */
export async function demandCompany(engine: Engine, slug: string): Promise<CompanyEntry> {
  const entry = await findCompanyBySlug(engine.server.catalog, slug);
  if (entry === null) throw new CommandFault(`There is no company “${slug}”.`);
  return entry;
}
