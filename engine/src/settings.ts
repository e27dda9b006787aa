import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Why a text cannot be a setting's value: the rest of the sentence “write …”. */
export class Unfit {
  readonly instead: string;

  constructor(instead: string) {
    this.instead = instead;
  }
}

/** One environment variable: how it is read, and what its page in the documentation says. */
export interface Setting<Value> {
  readonly variable: string;
  readonly meaning: string;
  /** What holds when the variable is absent or empty, in words. */
  readonly absent: string;
  readonly example: string;
  /** `all` is never shown; of an address only the password is hidden. */
  readonly secret?: 'all' | 'password';
  /** Checked at start, used by nothing in this version; setting it gives a warning. */
  readonly idle?: true;
  readonly read: (text: string) => Value | Unfit;
}

/** So many requests in so many seconds. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Shorter keys could be guessed. */
const SECRET_LENGTH_MIN = 32;
/** Leaves room for “_” and a company's slug within the 64 characters of a MySQL schema name. */
const DATABASE_NAME = /^[A-Za-z0-9_-]{1,23}$/;
const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 };

/** Every setting of the engine, and the one source of docs/settings.md. */
export const settings = {
  port: setting<number>({
    variable: 'PORT',
    meaning: 'TCP port of the server. 0 lets the system choose a free one.',
    absent: '8080',
    example: '8080',
    read: wholeNumber(0, 65_535, '8080'),
  }),
  host: setting<string>({
    variable: 'RANGKA_HOST',
    meaning: 'Address to listen on, such as `127.0.0.1` for this computer alone.',
    absent: 'every address of the computer',
    example: '127.0.0.1',
    read: (text) =>
      /^[0-9A-Za-z.:-]{1,253}$/.test(text) ? text : new Unfit('an IP address or a host name, such as 127.0.0.1'),
  }),
  dataFolder: setting<string>({
    variable: 'RANGKA_DATA',
    meaning: 'Folder of the embedded databases, the files and the generated secret.',
    absent: '`./data`',
    example: '/var/lib/rangka',
    read: (text) => resolve(text),
  }),
  databaseUrl: setting<string>({
    variable: 'RANGKA_DATABASE_URL',
    meaning:
      'MySQL or MariaDB server with the name of the catalog database; each company gets a database named `<catalog>_<company>` beside it. `?tls=on` at its end encrypts the connection.',
    absent: 'embedded SQLite files in the data folder',
    example: 'mysql://rangka:password@127.0.0.1:3306/rangka',
    secret: 'password',
    read: databaseAddress,
  }),
  redisUrl: setting<string>({
    variable: 'RANGKA_REDIS_URL',
    meaning: 'Redis for the cache, sessions, limits and messages between processes; it may evict.',
    absent: 'inside the process',
    example: 'redis://127.0.0.1:6379/0',
    secret: 'password',
    read: address(['redis:', 'rediss:'], 'redis://127.0.0.1:6379/0'),
  }),
  queueRedisUrl: setting<string>({
    variable: 'RANGKA_QUEUE_REDIS_URL',
    meaning: 'Redis for the queues; it must not evict (`maxmemory-policy noeviction`).',
    absent: 'the value of `RANGKA_REDIS_URL`',
    example: 'redis://127.0.0.1:6380/0',
    secret: 'password',
    idle: true,
    read: address(['redis:', 'rediss:'], 'redis://127.0.0.1:6380/0'),
  }),
  rateLimit: setting<RateLimit | null>({
    variable: 'RANGKA_RATE_LIMIT',
    meaning:
      'Requests that a person, or an address without sign-in, may send to the API; our own screens may send ten times as many; `off` for no limit.',
    absent: '`60/minute`',
    example: '600/minute',
    read: rate,
  }),
  secret: setting<string>({
    variable: 'RANGKA_SECRET',
    meaning:
      'Text of at least 32 characters from which every key is derived. Whoever loses it loses the encrypted fields: keep it with the backups. All processes of one installation share it.',
    absent: 'generated once and kept in `secret` in the data folder',
    example: '(output of `openssl rand -base64 48`)',
    secret: 'all',
    read: (text) =>
      text.length >= SECRET_LENGTH_MIN
        ? text
        : new Unfit(`at least ${SECRET_LENGTH_MIN} random characters, such as the output of “openssl rand -base64 48”`),
  }),
  publicUrl: setting<string>({
    variable: 'RANGKA_URL',
    meaning: 'Address under which browsers reach the server. With `https` the session cookie is sent encrypted only.',
    absent: '`http://localhost:<PORT>`',
    example: 'https://erp.example.com',
    read: origin,
  }),
  statefulDomains: setting<readonly string[]>({
    variable: 'RANGKA_STATEFUL_DOMAINS',
    meaning: 'Hosts, separated by commas, whose pages may sign in with a cookie.',
    absent: 'the host of `RANGKA_URL`',
    example: 'erp.example.com,localhost:5173',
    read: domains,
  }),
  proxies: setting<number>({
    variable: 'RANGKA_PROXIES',
    meaning:
      'How many reverse proxies of your own stand before the server. Only so many entries of `X-Forwarded-For` are believed.',
    absent: '0',
    example: '1',
    read: wholeNumber(0, 10, '1'),
  }),
  smtpUrl: setting<string>({
    variable: 'RANGKA_SMTP_URL',
    meaning:
      'Server that sends mail. Letters are from its user where that is an address, otherwise from `rangka@` and the host of `RANGKA_URL`.',
    absent: 'no mail is sent: letters wait among the failures of the outbox',
    example: 'smtps://name:password@mail.example.com:465',
    secret: 'password',
    read: address(['smtp:', 'smtps:'], 'smtps://name:password@mail.example.com:465'),
  }),
  filesFolder: setting<string>({
    variable: 'RANGKA_FILES_URL',
    meaning: 'Where attached files are kept: a folder as `file:///…`.',
    absent: '`files` in the data folder',
    example: 'file:///var/lib/rangka/files',
    read: filesFolder,
  }),
  searchUrl: setting<string>({
    variable: 'RANGKA_SEARCH_URL',
    meaning: 'Elasticsearch server.',
    absent: 'search in the database',
    example: 'http://127.0.0.1:9200',
    secret: 'password',
    idle: true,
    read: address(['http:', 'https:'], 'http://127.0.0.1:9200'),
  }),
  analyticsUrl: setting<string>({
    variable: 'RANGKA_ANALYTICS_URL',
    meaning: 'ClickHouse server.',
    absent: 'reports from the database',
    example: 'http://127.0.0.1:8123',
    secret: 'password',
    idle: true,
    read: address(['http:', 'https:'], 'http://127.0.0.1:8123'),
  }),
  logLevel: setting<LogLevel>({
    variable: 'RANGKA_LOG_LEVEL',
    meaning: `Least severity that is logged: ${LOG_LEVELS.join(', ')}.`,
    absent: '`info`',
    example: 'debug',
    read: (text) => LOG_LEVELS.find((level) => level === text) ?? new Unfit(`one of ${LOG_LEVELS.join(', ')}`),
  }),
};

function setting<Value>(definition: Setting<Value>): Setting<Value> {
  return definition;
}

function wholeNumber(least: number, most: number, example: string): (text: string) => number | Unfit {
  return (text) => {
    const value = Number(text);
    return /^\d{1,9}$/.test(text) && value >= least && value <= most
      ? value
      : new Unfit(`a whole number from ${least} to ${most}, such as ${example}`);
  };
}

function address(protocols: readonly string[], example: string): (text: string) => string | Unfit {
  return (text) => {
    const url = URL.parse(text);
    return url !== null && protocols.includes(url.protocol) && url.hostname !== ''
      ? text
      : new Unfit(`an address such as ${example}`);
  };
}

function databaseAddress(text: string): string | Unfit {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'mysql:' || url.hostname === '') {
    return new Unfit('an address such as mysql://user:password@127.0.0.1:3306/rangka, or leave it out to use SQLite');
  }
  if (!DATABASE_NAME.test(url.pathname.slice(1))) {
    return new Unfit(
      'the name of the catalog database at its end, of at most 23 letters, digits, - and _, such as mysql://user:password@127.0.0.1:3306/rangka',
    );
  }
  if (!['', '?tls=on', '?tls=off'].includes(url.search)) {
    return new Unfit('nothing behind the name of the database but ?tls=on');
  }
  return text;
}

function rate(text: string): RateLimit | null | Unfit {
  if (text === 'off') return null;
  const [, requests, unit = ''] = /^(\d{1,7})\/(second|minute|hour)$/.exec(text) ?? [];
  const seconds = SECONDS_BY_UNIT[unit];
  if (seconds === undefined || Number(requests) === 0) {
    return new Unfit('requests per second, minute or hour, such as 60/minute, or off');
  }
  return { requests: Number(requests), seconds };
}

function origin(text: string): string | Unfit {
  const url = URL.parse(text);
  const isOrigin = url !== null && ['http:', 'https:'].includes(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url.origin : new Unfit('http or https and a host without a path, such as https://erp.example.com');
}

function domains(text: string): readonly string[] | Unfit {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  return hosts.every((host) => /^[a-z0-9.-]+(:\d{1,5})?$/.test(host))
    ? hosts
    : new Unfit('hosts separated by commas, without http://, such as erp.example.com,localhost:5173');
}

function filesFolder(text: string): string | Unfit {
  const url = URL.parse(text);
  if (url?.protocol === 's3:') {
    return new Unfit('a folder such as file:///var/lib/rangka/files: this version keeps no files in S3');
  }
  if (url?.protocol !== 'file:' || url.host !== '') {
    return new Unfit('a folder such as file:///var/lib/rangka/files');
  }
  const folder = fileURLToPath(url);
  return isAbsolute(folder) ? folder : new Unfit('a whole path such as file:///var/lib/rangka/files');
}
