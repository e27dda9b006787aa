import { ApiProblem, readProblem } from './problem.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export type QueryValue = string | number | boolean | undefined;

export interface RequestOptions {
  /** Parameters by their full names, `page[size]`; undefined ones are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WriteOptions extends RequestOptions {
  /** The write happens once, however often it is sent under this key. */
  readonly idempotencyKey?: string;
}

/** What the client must know of whoever is signed in. */
export interface Caller {
  /** Confirms that a write comes from our own page. */
  csrfToken: string | null;
  /** Slug of the company that is meant; null leaves the choice to the server. */
  company: string | null;
  locale: string;
}

interface Surroundings {
  /** The session has ended: asks the person to sign in. */
  onSignedOut(): void;
  /** Fetches a fresh CSRF token; answers whether there is one. */
  refreshToken(): Promise<boolean>;
}

const BASE = '/api/v1';
const READ_TRIES = 3;
const RETRY_MS = 400;
const RETRY_SECONDS_MAX = 8;

const caller: Caller = { csrfToken: null, company: null, locale: 'en' };
let surroundings: Surroundings | null = null;

/** Tells the client who calls; what is left out stays. */
export function setCaller(change: Partial<Caller>): void {
  Object.assign(caller, change);
}

export function setSurroundings(given: Surroundings): void {
  surroundings = given;
}

/** A key for `idempotencyKey`: one for each thing a person wants done, kept while it is tried again. */
export function newIdempotencyKey(): string {
  // randomUUID exists on secure origins alone; a company may serve its own network over plain HTTP.
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('');
}

/**
 * Requests to the engine. Reads are tried again when the network or the server is briefly away; writes never are,
 * except with a fresh CSRF token, because the server refused the first try without looking at it.
 * Every method throws ApiProblem.
 */
export const api = {
  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return read<T>(path, options);
  },
  post<T>(path: string, body?: unknown, options: WriteOptions = {}): Promise<T> {
    return write<T>('POST', path, body, options);
  },
  patch<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
    return write<T>('PATCH', path, body, options);
  },
  put<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
    return write<T>('PUT', path, body, options);
  },
  delete<T = undefined>(path: string, body?: unknown, options: WriteOptions = {}): Promise<T> {
    return write<T>('DELETE', path, body, options);
  },
};

async function read<T>(path: string, options: RequestOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send<T>('GET', path, undefined, options);
    } catch (error) {
      if (!(error instanceof ApiProblem) || !error.isPassing || attempt === READ_TRIES) throw error;
      if ((error.retryAfterSeconds ?? 0) > RETRY_SECONDS_MAX) throw error;
      await wait(
        error.retryAfterSeconds === null ? RETRY_MS * attempt : error.retryAfterSeconds * 1000,
        options.signal,
      );
    }
  }
}

async function write<T>(method: Method, path: string, body: unknown, options: WriteOptions): Promise<T> {
  try {
    return await send<T>(method, path, body, options);
  } catch (error) {
    const isUnconfirmed = error instanceof ApiProblem && error.code === 'token-not-confirmed';
    if (!isUnconfirmed || (await surroundings?.refreshToken()) !== true) throw error;
    return send<T>(method, path, body, options);
  }
}

async function send<T>(method: Method, path: string, body: unknown, options: WriteOptions): Promise<T> {
  const response = await reach(address(path, options.query), {
    method,
    headers: headersOf(method, body, options),
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: isBytes(body) ? body : JSON.stringify(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await readProblem(response);
  if (problem.status === 401 && caller.csrfToken !== null) surroundings?.onSignedOut();
  throw problem;
}

async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, { code: 'unreachable' });
  }
}

function address(path: string, query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return BASE + path + (text === '' ? '' : `?${text}`);
}

function headersOf(method: Method, body: unknown, options: WriteOptions): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': caller.locale };
  if (caller.company !== null) headers['X-Company'] = caller.company;
  if (method !== 'GET' && caller.csrfToken !== null) headers['X-CSRF-Token'] = caller.csrfToken;
  if (options.idempotencyKey !== undefined) headers['Idempotency-Key'] = options.idempotencyKey;
  if (body !== undefined && !isBytes(body)) headers['Content-Type'] = 'application/json';
  return { ...headers, ...options.headers };
}

function isBytes(body: unknown): body is Blob {
  return body instanceof Blob;
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('Aborted', 'AbortError'));
    });
  });
}
