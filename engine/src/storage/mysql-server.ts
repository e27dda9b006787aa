import type { ConnectionOptions } from 'mysql2';
import { BoundedMap } from './bounded-map.ts';
import { requireCompanyKey } from './company-key.ts';
import type { Database, DatabaseServer } from './database.ts';
import { MysqlDatabase } from './mysql-database.ts';
import type { MysqlHouse } from './mysql-database.ts';
import { MysqlPool } from './mysql-pool.ts';
import { quoted, statement } from './statement.ts';

const DEFAULT_PORT = 3306;
const CONNECTIONS_MAX = 10;
const SESSIONS_MAX = 4;
/** A change of metadata holds two at once; runtime/metadata-change.ts lets few run side by side. */
const LOCKS_MAX = 12;
const STATEMENT_MS_MAX = 30_000;

/** Companies whose statement texts are remembered; see MysqlDatabase. */
const COMPANIES_MAX = 512;

/** MariaDB's default is latin1. This collation exists on both servers; dialect.ts says why it was chosen. */
const CHARACTER_SET = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci';

/** A schema's name: letters, digits, underscores, and what a company's key may hold. */
const SCHEMA_NAME = /^[A-Za-z0-9_-]{1,23}$/;

const FIND_SCHEMA = statement('SELECT 1 AS found FROM information_schema.schemata WHERE schema_name = ?');
const PING = statement('SELECT 1 AS pong');

export interface MysqlSettings {
  readonly url: string;
  /** Hears what callbacks after a commit throw. */
  readonly onCallbackError: (error: unknown) => void;
  /** Connections for reading, and as many again for writing. */
  readonly connectionsMax?: number;
}

/** Reads `mysql://user:password@host:port/database`. Throws RangeError that says what to write instead. */
function parseAddress(url: string): { readonly options: ConnectionOptions; readonly schema: string } {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const schema = decodeURIComponent(address?.pathname.slice(1) ?? '');
  const tls = address?.searchParams.get('tls') ?? 'off';
  const known = address !== undefined && [...address.searchParams.keys()].every((name) => name === 'tls');
  if (!known || address.protocol !== 'mysql:' || !SCHEMA_NAME.test(schema) || !['on', 'off'].includes(tls)) {
    throw new RangeError(
      'A database address looks like mysql://user:password@host:3306/rangka, with a database name of up to 23 ' +
        'letters, digits, - and _, and may end in ?tls=on.',
    );
  }
  const options: ConnectionOptions = {
    host: address.hostname,
    port: address.port === '' ? DEFAULT_PORT : Number(address.port),
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
  };
  return { options: tls === 'on' ? { ...options, ssl: {} } : options, schema };
}

/** A MySQL or MariaDB server: the catalog in the address's database, companies in `<database>_<key>` beside it. */
export class MysqlServer implements DatabaseServer, MysqlHouse {
  readonly dialect = 'mysql';
  readonly catalog: Database;
  readonly options: ConnectionOptions;
  readonly readers: MysqlPool;
  readonly writers: MysqlPool;
  readonly sessions: MysqlPool;
  readonly locks: MysqlPool;
  readonly onCallbackError: (error: unknown) => void;
  readonly #schema: string;
  readonly #companies = new BoundedMap<string, MysqlDatabase>(COMPANIES_MAX);

  /** Throws RangeError for a malformed address; connects to nothing yet. */
  constructor({ url, onCallbackError, connectionsMax = CONNECTIONS_MAX }: MysqlSettings) {
    const { options, schema } = parseAddress(url);
    this.#schema = schema;
    this.options = options;
    this.onCallbackError = onCallbackError;
    const common = { server: options, connectionsMax, statementMsMax: STATEMENT_MS_MAX };
    this.readers = new MysqlPool({ ...common, autocommit: true });
    this.writers = new MysqlPool({ ...common, autocommit: false });
    const apart = { server: options, autocommit: true, statementMsMax: 0 };
    this.sessions = new MysqlPool({ ...apart, connectionsMax: SESSIONS_MAX });
    this.locks = new MysqlPool({ ...apart, connectionsMax: LOCKS_MAX });
    this.catalog = new MysqlDatabase(schema, this);
  }

  company(key: string): Database {
    const known = this.#companies.get(key);
    if (known !== undefined) return known;
    const database = new MysqlDatabase(this.#schemaOf(key), this);
    this.#companies.set(key, database);
    return database;
  }

  createCatalog(): Promise<void> {
    return this.#createSchema(this.#schema);
  }

  createCompany(key: string): Promise<void> {
    return this.#createSchema(this.#schemaOf(key));
  }

  async dropCompany(key: string): Promise<void> {
    await this.company(key).close();
    this.#companies.delete(key);
    await this.#command(`DROP DATABASE IF EXISTS ${quoted(this.#schemaOf(key))}`);
  }

  async ping(): Promise<void> {
    await this.catalog.get(PING);
  }

  async close(): Promise<void> {
    for (const database of [this.catalog, ...this.#companies.values()]) await database.close();
    await Promise.all([this.readers.close(), this.writers.close(), this.sessions.close(), this.locks.close()]);
  }

  /** Looks first: an account may be allowed to use a schema and not to create one. */
  async #createSchema(name: string): Promise<void> {
    const found = await this.catalog.get(FIND_SCHEMA, [name]);
    if (found === undefined) await this.#command(`CREATE DATABASE IF NOT EXISTS ${quoted(name)} ${CHARACTER_SET}`);
  }

  async #command(sql: string): Promise<void> {
    await this.catalog.session(async (session) => {
      await session.run(statement(sql));
    });
  }

  #schemaOf(key: string): string {
    return `${this.#schema}_${requireCompanyKey(key)}`;
  }
}
