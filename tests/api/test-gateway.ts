import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { USER_ROLE } from '../../engine/src/access/member.ts';
import { addMember, findPersonByEmail } from '../../engine/src/access/members.ts';
import { listen } from '../../engine/src/api/app.ts';
import type { Listening } from '../../engine/src/api/app.ts';
import { createLog } from '../../engine/src/base/log.ts';
import { openEngine } from '../../engine/src/runtime/engine.ts';
import type { Engine, EngineSettings } from '../../engine/src/runtime/engine.ts';
import { quoted, statement } from '../../engine/src/storage/statement.ts';
import { catalogMigrations, companyMigrations } from '../../migrations/index.ts';

/** Where a gateway keeps its data. Every journey runs on each of these and must go the same way. */
export interface TestPlace {
  readonly name: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
}

const mysqlUrl = process.env['RANGKA_TEST_DATABASE_URL'];

export const places: readonly TestPlace[] = [
  { name: 'SQLite', databaseUrl: null, redisUrl: null },
  ...(mysqlUrl === undefined
    ? []
    : [{ name: 'MySQL', databaseUrl: mysqlUrl, redisUrl: process.env['RANGKA_TEST_REDIS_URL'] ?? null }]),
];

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface TestGateway {
  readonly engine: Engine;
  readonly url: string;
  /** Somebody who has not signed in. */
  stranger(): Client;
  /** Registers a person and their company, of a name of its own. */
  register(facts?: Readonly<Record<string, unknown>>): Promise<Client>;
  /** Stops it; its data stays. */
  stop(): Promise<void>;
  /** Stops it, if it still runs, and starts another on the same data. */
  restart(settings?: Partial<EngineSettings>): Promise<TestGateway>;
  close(): Promise<void>;
}

export async function openGateway(place: TestPlace, choices: Partial<EngineSettings> = {}): Promise<TestGateway> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'rangka-api-'));
  const schema = `rk_api_${randomBytes(4).toString('hex')}`;
  const databaseUrl =
    place.databaseUrl === null ? null : Object.assign(new URL(place.databaseUrl), { pathname: schema }).href;
  const settings: EngineSettings = {
    dataFolder,
    databaseUrl,
    redisUrl: place.redisUrl,
    secret: 'a secret of the tests, long enough to be taken',
    publicUrl: 'http://localhost',
    statefulDomains: [],
    proxies: 0,
    rateLimit: null,
    filesFolder: join(dataFolder, 'files'),
    modulesFolder: join(root, 'modules'),
    metadataFolder: join(root, 'metadata'),
    webFolder: join(dataFolder, 'no-web-app'),
    designerFolder: join(dataFolder, 'no-designer'),
    version: '0.0.0',
    ...choices,
  };
  const clean = async (engine: Engine): Promise<void> => {
    if (databaseUrl !== null) await dropSchemas(engine, schema);
    await engine.close();
    await rm(dataFolder, { recursive: true, force: true });
  };
  return start(settings, clean);
}

async function start(settings: EngineSettings, clean: (engine: Engine) => Promise<void>): Promise<TestGateway> {
  const migrations = { catalog: catalogMigrations, company: companyMigrations };
  const engine = await openEngine(
    settings,
    migrations,
    createLog((process.env['RANGKA_TEST_LOG'] ?? 'silent') as 'silent'),
  );
  const listening: Listening = await listen(engine, 0, '127.0.0.1');
  const url = `http://127.0.0.1:${listening.port}`;
  let isRunning = true;
  const stop = async (): Promise<void> => {
    if (!isRunning) return;
    isRunning = false;
    await listening.stop();
    await engine.close();
  };
  return {
    engine,
    url,
    stop,
    stranger: () => new Client(url),
    async register(facts = {}) {
      const client = new Client(url);
      const name = randomBytes(4).toString('hex');
      const answer = await client.post('/api/v1/auth/register', {
        name: 'Dewi Lestari',
        email: `${name}@example.com`,
        password: 'a long enough password',
        company_name: `Company ${name}`,
        business_type: 'bakery',
        ...facts,
      });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return client;
    },
    async restart(changed = {}) {
      await stop();
      return start({ ...settings, ...changed }, clean);
    },
    async close() {
      await listening.stop();
      await clean(engine);
    },
  };
}

/**
 * Makes somebody who has an account a member of the owner's company, as if they had accepted an invitation. Answers the
 * id of the membership.
 */
export async function becomeMember(
  { engine }: TestGateway,
  owner: Client,
  { email, roles = [USER_ROLE] }: { readonly email: string; readonly roles?: readonly string[] },
): Promise<string> {
  const { catalog } = engine.server;
  const me = await owner.get('/api/v1/auth/me');
  const companyId = String(me.body['data']?.['company']?.['id']);
  const userId = await findPersonByEmail(catalog, email);
  if (userId === null) throw new Error(`${email} has no account.`);
  const id = await catalog.transaction((transaction) => addMember(transaction, companyId, userId, roles));
  await engine.identities.forget();
  return id;
}

const SCHEMAS = statement('SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?');

async function dropSchemas(engine: Engine, schema: string): Promise<void> {
  const { catalog } = engine.server;
  const rows = await catalog.all(SCHEMAS, [`${schema}%`]);
  await catalog.session(async (session) => {
    for (const row of rows) await session.run(statement(`DROP DATABASE ${quoted(String(row['name']))}`));
  });
}

/** What came back. `body` is the JSON of the answer, or its text. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** JSON looked into by tests; what is not there is undefined. */
export interface Body {
  readonly [key: string]: Body;
}

type Headers = globalThis.Headers;
export type SentHeaders = Readonly<Record<string, string>>;

/** A browser: it keeps its cookie and repeats the token of its session. */
export class Client {
  readonly #url: string;
  #cookie: string | null = null;
  csrfToken: string | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  get cookie(): string {
    return this.#cookie ?? '';
  }

  get(path: string, headers: SentHeaders = {}): Promise<Reply> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: SentHeaders = {}): Promise<Reply> {
    return this.send('POST', path, body, headers);
  }

  patch(path: string, body: unknown, headers: SentHeaders = {}): Promise<Reply> {
    return this.send('PATCH', path, body, headers);
  }

  put(path: string, body: unknown, headers: SentHeaders = {}): Promise<Reply> {
    return this.send('PUT', path, body, headers);
  }

  delete(path: string, headers: SentHeaders = {}): Promise<Reply> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** Text and bytes are sent as they are, anything else as JSON. */
  async send(method: string, path: string, body?: unknown, headers: SentHeaders = {}): Promise<Reply> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(this.#cookie === null ? {} : { cookie: this.#cookie }),
        ...(this.csrfToken === null ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) {
      const pair = cookie.split(';')[0] ?? '';
      this.#cookie = pair.endsWith('=') ? null : pair;
    }
    const text = await response.text();
    const parsed =
      (response.headers.get('content-type') ?? '').includes('json') && text !== '' ? (JSON.parse(text) as Body) : text;
    const reply: Reply = { status: response.status, headers: response.headers, body: parsed as Body };
    const token: unknown = (reply.body as { data?: { csrf_token?: unknown } }).data?.csrf_token;
    if (typeof token === 'string') this.csrfToken = token;
    return reply;
  }
}

/** The codes of a problem's faults by their pointers. */
export function faultsOf(reply: Reply): Readonly<Record<string, string>> {
  const { errors } = reply.body as unknown as { errors: readonly { pointer: string; code: string }[] };
  return Object.fromEntries(errors.map(({ pointer, code }) => [pointer, code]));
}
