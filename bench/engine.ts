import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child.ts';

const ENGINE = fileURLToPath(new URL('../engine/dist/main.js', import.meta.url));
const READY_MS_MAX = 30_000;
const PASSWORD = 'a long password for the bench';

/** Where the engine keeps its data: always a folder; with an address, the databases on that server. */
export interface Installation {
  readonly folder: string;
  /** `mysql://…/catalog`; null for SQLite files in the folder. */
  readonly databaseUrl: string | null;
}

/** A person signed in to their company. */
export interface Account {
  readonly slug: string;
  readonly cookie: string;
  readonly csrfToken: string;
}

/** The engine, serving an installation. */
export class Engine {
  readonly child: Child;
  readonly origin: string;
  /** From the start of the process until it answered that it is ready. */
  readonly startMs: number;

  private constructor(child: Child, origin: string, startMs: number) {
    this.child = child;
    this.origin = origin;
    this.startMs = startMs;
  }

  static async start({ folder, databaseUrl }: Installation, profileFolder?: string): Promise<Engine> {
    const port = await freePort();
    const began = performance.now();
    const settings = {
      PORT: String(port),
      RANGKA_HOST: '127.0.0.1',
      RANGKA_DATA: folder,
      RANGKA_RATE_LIMIT: 'off',
      RANGKA_LOG_LEVEL: 'warn',
      ...(databaseUrl === null ? {} : { RANGKA_DATABASE_URL: databaseUrl }),
    };
    const child = new Child(ENGINE, ['serve'], settings, profileFolder);
    const origin = `http://127.0.0.1:${port}`;
    while (!(await isReady(origin))) {
      child.demandAlive();
      if (performance.now() - began > READY_MS_MAX) throw new Error('The engine does not become ready.');
      await pause(5);
    }
    return new Engine(child, origin, performance.now() - began);
  }

  /** Signs up a person with a company of this name. */
  async register(name: string): Promise<Account> {
    const response = await fetch(`${this.origin}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        name: 'Bench',
        email: `${name}@example.com`,
        password: PASSWORD,
        company_name: name,
        business_type: 'bakery',
      }),
    });
    const { data } = await demandJson<{ company: { slug: string }; csrf_token: string }>(response);
    const cookie = (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    return { slug: data.company.slug, cookie, csrfToken: data.csrf_token };
  }

  /** Sends a request as this person; throws for any answer but success. */
  async ask<T>(account: Account, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.origin}/api/v1/${path}`, {
      method,
      headers: headersOf(account),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await demandJson<T>(response)).data;
  }
}

/** What a browser of this person sends along. */
export function headersOf({ cookie, csrfToken }: Account): Record<string, string> {
  return { 'Content-Type': 'application/json', Cookie: cookie, 'X-CSRF-Token': csrfToken };
}

async function demandJson<T>(response: Response): Promise<{ readonly data: T }> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as { readonly data: T };
}

async function isReady(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/health/ready`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
