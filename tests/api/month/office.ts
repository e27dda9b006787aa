import type { Body, Client, Reply } from '../test-gateway.ts';

/** A record as it was answered last: its id and, for a document, the ids of its lines. */
export interface Paper {
  readonly entity: string;
  readonly id: string;
  readonly lines: readonly string[];
}

/** A record of master data. */
interface Coded {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: string;
}

type Values = Readonly<Record<string, unknown>>;

/** What people at their desks do: every step is a request to the API. */
export class Office {
  requests = 0;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Reply> {
    this.requests += 1;
    return this.#client.send(method, path, body);
  }

  async #data(method: string, path: string, body?: unknown): Promise<Body> {
    const reply = await this.#ask(method, path, body);
    if (reply.status >= 300) {
      throw new Error(`${method} ${path} ${JSON.stringify(body)} → ${reply.status} ${JSON.stringify(reply.body)}`);
    }
    return reply.body['data'] as Body;
  }

  async records(entity: string): Promise<readonly Coded[]> {
    const found = await this.#data('GET', `/api/v1/records/${entity}?page[size]=200`);
    return found as unknown as readonly Coded[];
  }

  /** Settings of an active module. */
  async configure(module: string, configuration: Values): Promise<void> {
    const active = await this.#data('GET', '/api/v1/user-modules');
    const rows = active as unknown as readonly { readonly id: string; readonly module: { readonly slug: string } }[];
    const id = rows.find((row) => row.module.slug === module)?.id;
    await this.#data('PATCH', `/api/v1/user-modules/${String(id)}`, { configuration });
  }

  /** Ids by code. */
  async codes(entity: string): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.records(entity)).map(({ id, code }) => [code, id]));
  }

  async create(entity: string, values: Values): Promise<Paper> {
    return paperOf(entity, await this.#data('POST', `/api/v1/records/${entity}`, values));
  }

  /** Creates and submits. */
  async enter(entity: string, values: Values): Promise<Paper> {
    return this.submit(await this.create(entity, values));
  }

  async submit({ entity, id }: Paper): Promise<Paper> {
    return paperOf(entity, await this.#data('POST', `/api/v1/records/${entity}/${id}/actions/submit`, {}));
  }

  async cancel({ entity, id }: Paper): Promise<void> {
    await this.#data('POST', `/api/v1/records/${entity}/${id}/actions/cancel`, {});
  }

  /** Status and code of an attempt that should fail. */
  async refused({ entity, id }: Paper, action: string): Promise<string> {
    const reply = await this.#ask('POST', `/api/v1/records/${entity}/${id}/actions/${action}`, {});
    const { errors } = reply.body as unknown as { errors?: readonly { readonly code: string }[] };
    return `${reply.status} ${errors?.[0]?.code ?? String(reply.body['code'])}`;
  }

  /**
   * Makes the next document and changes it. `change` answers what changes in each offered row of `rows`; null leaves
   * the row out.
   */
  async flow(
    from: Paper,
    name: string,
    to: string,
    values: Values,
    change?: (index: number) => Values | null,
    rows = 'lines',
  ): Promise<Paper> {
    const made = await this.#data('POST', `/api/v1/records/${from.entity}/${from.id}/flows/${name}`, {});
    const offered = (made[rows] ?? []) as unknown as readonly { readonly id: string }[];
    const kept = offered.flatMap(({ id }, index) => {
      const changed = change?.(index) ?? null;
      return changed === null ? [] : [{ id, ...changed }];
    });
    const changed = await this.#data('PATCH', `/api/v1/records/${to}/${String(made['id'])}`, {
      version: made['version'],
      ...values,
      ...(change === undefined ? {} : { [rows]: kept }),
    });
    return paperOf(to, changed);
  }

  async valueOf({ entity, id }: Paper, field: string): Promise<unknown> {
    return (await this.#data('GET', `/api/v1/records/${entity}/${id}`))[field];
  }

  async change({ entity, id }: Paper, values: Values): Promise<void> {
    const { version } = await this.#data('GET', `/api/v1/records/${entity}/${id}`);
    await this.#data('PATCH', `/api/v1/records/${entity}/${id}`, { version, ...values });
  }

  /** Rows and subtotals of a report. */
  async report(name: string, query: string): Promise<readonly ReportRow[]> {
    const reply = await this.#ask('GET', `/api/v1/reports/${name}?${query}`);
    if (reply.status !== 200) throw new Error(`${name}: ${JSON.stringify(reply.body)}`);
    return reply.body['rows'] as unknown as readonly ReportRow[];
  }

  /** What is not JSON. */
  async text(path: string): Promise<string> {
    const reply = await this.#ask('GET', path);
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
    return reply.body as unknown as string;
  }
}

interface ReportRow {
  readonly kind: 'row' | 'subtotal';
  readonly cells: Readonly<Record<string, string | null>>;
}

function paperOf(entity: string, data: Body): Paper {
  const lines = (data['lines'] ?? []) as unknown as readonly { readonly id: string }[];
  return { entity, id: String(data['id']), lines: lines.map(({ id }) => id) };
}
