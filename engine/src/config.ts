import { distance } from 'fastest-levenshtein';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogLevel, RateLimit, Setting } from './settings.ts';
import { settings, Unfit } from './settings.ts';

/** The settings of one process, read from the environment once. docs/settings.md says what each means. */
export interface Config {
  readonly port: number;
  /** null: every address. */
  readonly host: string | null;
  readonly dataFolder: string;
  /** null: embedded SQLite. */
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly queueRedisUrl: string | null;
  /** null: no limit. */
  readonly rateLimit: RateLimit | null;
  /** null: `obtainSecret` finds or makes it in the data folder. */
  readonly secret: string | null;
  readonly publicUrl: string;
  readonly statefulDomains: readonly string[];
  readonly proxies: number;
  readonly smtpUrl: string | null;
  readonly filesFolder: string;
  readonly searchUrl: string | null;
  readonly analyticsUrl: string | null;
  readonly logLevel: LogLevel;
  readonly installation: Installation;
}

/** Folders that come with the program. */
interface Installation {
  readonly modules: string;
  readonly metadata: string;
  /** The built web application; may be missing. */
  readonly web: string;
  /** The built designer; may be missing. */
  readonly designer: string;
}

/** Warnings do not stop the start; faults do, and name every wrong setting at once. */
export type ConfigReading =
  { readonly config: Config; readonly warnings: readonly string[] } | { readonly faults: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** Two typing mistakes in a variable's name still find the name that was meant. */
const NAME_DISTANCE_MAX = 3;
/** Variables of the test run, not of the server. */
const FOREIGN_VARIABLES = /^RANGKA_(TEST_|REQUIRE_SERVERS$)/;

const everySetting: readonly Setting<unknown>[] = Object.values(settings);

/** Reads every setting; answers either the whole configuration or one sentence for each setting that is wrong. */
export function readConfig(environment: Environment = process.env): ConfigReading {
  const faults: string[] = [];

  function read<Value>(setting: Setting<Value>): Value | undefined {
    const text = environment[setting.variable]?.trim() ?? '';
    if (text === '') return undefined;
    const value = setting.read(text);
    if (!(value instanceof Unfit)) return value;
    faults.push(`${setting.variable} is ${quoted(setting, text)}: write ${value.instead}.`);
    return undefined;
  }

  const port = read(settings.port) ?? 8080;
  const dataFolder = read(settings.dataFolder) ?? join(process.cwd(), 'data');
  const redisUrl = read(settings.redisUrl) ?? null;
  const rateLimit = read(settings.rateLimit);
  const publicUrl = read(settings.publicUrl) ?? `http://localhost:${port}`;
  const config: Config = {
    port,
    host: read(settings.host) ?? null,
    dataFolder,
    databaseUrl: read(settings.databaseUrl) ?? null,
    redisUrl,
    queueRedisUrl: read(settings.queueRedisUrl) ?? redisUrl,
    rateLimit: rateLimit === undefined ? { requests: 60, seconds: 60 } : rateLimit,
    secret: read(settings.secret) ?? null,
    publicUrl,
    statefulDomains: read(settings.statefulDomains) ?? [new URL(publicUrl).host],
    proxies: read(settings.proxies) ?? 0,
    smtpUrl: read(settings.smtpUrl) ?? null,
    filesFolder: read(settings.filesFolder) ?? join(dataFolder, 'files'),
    searchUrl: read(settings.searchUrl) ?? null,
    analyticsUrl: read(settings.analyticsUrl) ?? null,
    logLevel: read(settings.logLevel) ?? 'info',
    installation: {
      modules: fromRoot('modules'),
      metadata: fromRoot('metadata'),
      web: fromRoot('runtime-ui/dist'),
      designer: fromRoot('designer/dist'),
    },
  };
  return faults.length > 0 ? { faults } : { config, warnings: warningsOf(environment) };
}

/** One line for each setting: its variable and value, with secrets and passwords hidden. */
export function describeConfig(config: Config): readonly string[] {
  const shown: Readonly<Record<keyof typeof settings, string | number | null>> = {
    ...config,
    host: config.host ?? 'every address',
    databaseUrl: config.databaseUrl ?? 'embedded SQLite',
    rateLimit: config.rateLimit === null ? 'off' : `${config.rateLimit.requests} in ${config.rateLimit.seconds} s`,
    secret: config.secret === null ? `kept in ${join(config.dataFolder, 'secret')}` : 'hidden',
    statefulDomains: config.statefulDomains.join(','),
  };
  return Object.entries(settings).map(([key, setting]) => {
    const value = shown[key as keyof typeof settings] ?? 'not set';
    return `${setting.variable}=${setting.secret === 'password' ? withoutPassword(String(value)) : value}`;
  });
}

function warningsOf(environment: Environment): string[] {
  const warnings: string[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('RANGKA_') || FOREIGN_VARIABLES.test(variable) || text === '') continue;
    const setting = everySetting.find((candidate) => candidate.variable === variable);
    if (setting === undefined) {
      const meant = everySetting.find((candidate) => distance(candidate.variable, variable) <= NAME_DISTANCE_MAX);
      warnings.push(`${variable} is no setting${meant ? `; did you mean ${meant.variable}?` : '.'}`);
    } else if (setting.idle) {
      warnings.push(`${variable} is set, but this version does not use it.`);
    }
  }
  return warnings;
}

/** A wrong value as it may be shown: a setting that holds a secret is never repeated, for a password may stand anywhere in it. */
function quoted(setting: Setting<unknown>, text: string): string {
  return setting.secret === undefined ? `“${text}”` : 'not usable';
}

function withoutPassword(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.password === '') return text;
  url.password = 'hidden';
  return url.href;
}

/** This file and its bundle (engine/dist/main.js) lie equally deep below the root of the installation. */
function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
