/* The part of the typed client that is the same for every company. It stands by itself: it is handed out as text. */

/** What a company's metadata says of one entity. */
export interface EntityTypes {
  readonly record: object;
  readonly create: object;
  readonly update: object;
  /** Actions of documents and transitions of their workflows. */
  readonly action: string;
  readonly flow: string;
}

export type Comparison =
  | string
  | number
  | boolean
  | ({
      readonly [
        operator in 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte' | 'contains' | 'starts_with' | 'ends_with' | 'under'
      ]?: string | number | boolean;
    } & { readonly [operator in 'in' | 'nin' | 'between']?: readonly (string | number)[] } & {
      readonly null?: boolean;
    });

/** Fields, and paths through links such as `author.country`. */
export type Filter<Record extends object> = {
  readonly [Path in (keyof Record & string) | `${keyof Record & string}.${string}`]?: Comparison;
};

export interface ListChoices<Record extends object> {
  readonly filter?: Filter<Record>;
  /** Fields, `-` before one for the greatest first. */
  readonly sort?: readonly ((keyof Record & string) | `-${keyof Record & string}`)[];
  readonly fields?: readonly (keyof Record & string)[];
  /** Paths of links and lines to embed. */
  readonly include?: readonly ((keyof Record & string) | `${keyof Record & string}.${string}`)[];
  readonly search?: string;
  readonly titles?: boolean;
  readonly page?: number;
  /** 20 when absent, at most 200. */
  readonly size?: number;
}

export interface Page<Record extends object> {
  readonly data: readonly Record[];
  readonly meta: { readonly page: { readonly number: number; readonly size: number; readonly total: number } };
}

/** One fault of a request, where it stands and in words. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** The server refused: RFC 9457 with every fault at once. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly Fault[];

  constructor(
    status: number,
    body: { readonly title?: string; readonly code?: string; readonly errors?: readonly Fault[] },
  ) {
    super(
      [body.title ?? `HTTP ${status}`, ...(body.errors ?? []).map((each) => `${each.pointer}: ${each.message}`)].join(
        '\n',
      ),
    );
    this.name = 'Problem';
    this.status = status;
    this.code = body.code ?? '';
    this.errors = body.errors ?? [];
  }
}

export interface Connection {
  /** For example `https://erp.example.com`. */
  readonly url: string;
  readonly token: string;
  /** Slug of the company, where the token's person is a member of several. */
  readonly company?: string;
  readonly locale?: 'en' | 'id';
}

export interface WriteChoices {
  /** Carries the write out once within 24 hours, however often it is sent. */
  readonly idempotencyKey?: string;
}

/** The API of one company, typed by its metadata. */
export class Client<Entities extends { readonly [Name in keyof Entities]: EntityTypes }, Reports extends string> {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list<Name extends keyof Entities & string>(
    entity: Name,
    choices: ListChoices<Entities[Name]['record']> = {},
  ): Promise<Page<Entities[Name]['record']>> {
    return this.#send('GET', `records/${entity}${listQuery(choices)}`) as Promise<Page<Entities[Name]['record']>>;
  }

  /** Every record that fits, page by page. */
  async *each<Name extends keyof Entities & string>(
    entity: Name,
    choices: Omit<ListChoices<Entities[Name]['record']>, 'page'> = {},
  ): AsyncGenerator<Entities[Name]['record']> {
    const size = choices.size ?? 200;
    for (let page = 1; ; page += 1) {
      const { data } = await this.list(entity, { ...choices, size, page });
      yield* data;
      if (data.length < size) return;
    }
  }

  get<Name extends keyof Entities & string>(
    entity: Name,
    id: string,
    choices: Pick<ListChoices<Entities[Name]['record']>, 'include' | 'titles'> = {},
  ): Promise<Entities[Name]['record']> {
    return this.#data('GET', `records/${entity}/${id}${listQuery(choices as ListChoices<object>)}`);
  }

  create<Name extends keyof Entities & string>(
    entity: Name,
    input: Entities[Name]['create'],
    choices: WriteChoices = {},
  ): Promise<Entities[Name]['record']> {
    return this.#data('POST', `records/${entity}`, input, choices);
  }

  /** Changes a record from the version that was read. */
  update<Name extends keyof Entities & string>(
    entity: Name,
    id: string,
    version: string,
    input: Entities[Name]['update'],
    choices: WriteChoices = {},
  ): Promise<Entities[Name]['record']> {
    return this.#data('PATCH', `records/${entity}/${id}`, { ...input, version }, choices);
  }

  async remove<Name extends keyof Entities & string>(entity: Name, id: string): Promise<void> {
    await this.#send('DELETE', `records/${entity}/${id}`);
  }

  /** Submits, cancels, amends, or takes a transition of the workflow. */
  act<Name extends keyof Entities & string>(
    entity: Name,
    id: string,
    action: Entities[Name]['action'],
    choices: WriteChoices & { readonly version?: string } = {},
  ): Promise<Entities[Name]['record']> {
    const body = choices.version === undefined ? {} : { version: choices.version };
    return this.#data('POST', `records/${entity}/${id}/actions/${action}`, body, choices);
  }

  /** Makes the next document, as a draft with what is still open. */
  flow<Name extends keyof Entities & string>(
    entity: Name,
    id: string,
    flow: Entities[Name]['flow'],
    choices: WriteChoices = {},
  ): Promise<{ readonly id: string; readonly version: string } & Readonly<Record<string, unknown>>> {
    return this.#data('POST', `records/${entity}/${id}/flows/${flow}`, {}, choices);
  }

  report(
    name: Reports,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{
    readonly columns: readonly Readonly<Record<string, unknown>>[];
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly totals?: unknown;
  }> {
    const query = new URLSearchParams(parameters).toString();
    return this.#send('GET', `reports/${name}${query === '' ? '' : `?${query}`}`) as ReturnType<this['report']>;
  }

  async #data<T>(method: string, path: string, body?: unknown, choices: WriteChoices = {}): Promise<T> {
    return ((await this.#send(method, path, body, choices)) as { readonly data: T }).data;
  }

  async #send(method: string, path: string, body?: unknown, { idempotencyKey }: WriteChoices = {}): Promise<unknown> {
    const { url, token, company, locale } = this.#connection;
    const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(company === undefined ? {} : { 'x-company': company }),
        ...(locale === undefined ? {} : { 'accept-language': locale }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 204) return undefined;
    const answer: unknown = await response.json();
    if (!response.ok) throw new Problem(response.status, answer as ConstructorParameters<typeof Problem>[1]);
    return answer;
  }
}

function listQuery(choices: ListChoices<object>): string {
  const query = new URLSearchParams();
  for (const [path, comparison] of Object.entries<Comparison | undefined>(choices.filter ?? {})) {
    if (comparison === undefined) continue;
    if (typeof comparison !== 'object') query.append(`filter[${path}]`, String(comparison));
    else
      for (const [operator, value] of Object.entries(comparison))
        query.append(`filter[${path}][${operator}]`, String(value));
  }
  for (const name of ['sort', 'fields', 'include'] as const) {
    const named = choices[name];
    if (named !== undefined && named.length > 0) query.append(name, named.join(','));
  }
  if (choices.search !== undefined) query.append('search', choices.search);
  if (choices.titles === true) query.append('titles', 'true');
  if (choices.page !== undefined) query.append('page[number]', String(choices.page));
  if (choices.size !== undefined) query.append('page[size]', String(choices.size));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
