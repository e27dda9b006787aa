import type { Entity, Field, Model } from '../../engine/src/compiler/model.ts';
import { Decimal } from '../../engine/src/base/decimal.ts';
import { examineBooks } from '../../engine/src/ledger/doctor.ts';
import type { Finding } from '../../engine/src/ledger/doctor.ts';
import { LedgerLookups } from '../../engine/src/ledger/lookups.ts';
import type { Value } from '../../engine/src/metamodel/value-type.ts';
import type { ReadFrom } from '../../engine/src/records/context.ts';
import { idsByKey } from '../../engine/src/records/keys.ts';
import { readingFrom } from '../../engine/src/records/write-unit.ts';
import type { ReportAnswer } from '../../engine/src/reports/run-report.ts';
import { recordContext } from '../../engine/src/runtime/company.ts';
import { findCompanyBySlug } from '../../engine/src/runtime/company-entries.ts';
import { statement } from '../../engine/src/storage/statement.ts';
import type { Body, Client, Reply, TestGateway } from '../api/test-gateway.ts';
import type { Step, Story, Told } from './story.ts';

interface Known {
  readonly entity: string;
  readonly id: string;
}

/** Sets settings of modules; a setting keeps its plain name, whichever module has it. */
async function configure(client: Client, model: Model, settings: Told): Promise<void> {
  const { body } = await client.get('/api/v1/user-modules');
  const active = body['data'] as unknown as readonly {
    readonly id: string;
    readonly module: { readonly slug: string };
  }[];
  const set = async (slug: string | undefined, configuration: Told): Promise<void> => {
    const id = active.find(({ module }) => module.slug === slug)?.id;
    const reply = await client.patch(`/api/v1/user-modules/${id}`, { configuration });
    if (reply.status !== 200) throw new Error(`${slug}: ${JSON.stringify(reply.body)}`);
  };
  for (const [name, value] of Object.entries(settings)) {
    // Either a module with its settings, or a setting, whichever module has it.
    if (typeof value === 'object' && value !== null) await set(name, value as Told);
    else {
      const owner = model.modules.find((module) => module.settings.some((setting) => setting.name === name));
      await set(owner?.slug, { [name]: value });
    }
  }
}

/** Plays a story through the API, in a company of its own. */
export class Player {
  readonly #client: Client;
  readonly #from: ReadFrom;
  readonly #known = new Map<string, Known>();

  private constructor(client: Client, from: ReadFrom) {
    this.#client = client;
    this.#from = from;
  }

  /** Registers a company and activates the modules that the story needs. */
  static async open(gateway: TestGateway, module: string, story: Story): Promise<Player> {
    const client = await gateway.register({
      locale: story.locale,
      ...(story.business_type === undefined ? {} : { business_type: story.business_type }),
    });
    // Stock stories speak of accounts, receivables and payments: the four core modules are always there.
    for (const slug of ['sales', 'purchase', module, ...(story.modules ?? [])]) {
      const reply = await client.post('/api/v1/user-modules', { module: slug });
      if (reply.status >= 300) throw new Error(`${slug}: ${JSON.stringify(reply.body)}`);
    }
    const me = await client.get('/api/v1/auth/me');
    const slug = String(me.body['data']?.['company']?.['slug']);
    const entry = await findCompanyBySlug(gateway.engine.server.catalog, slug);
    if (entry === null) throw new Error(`No company ${slug}`);
    await configure(client, (await gateway.engine.companies.open(entry)).model, story.settings ?? {});
    const company = await gateway.engine.companies.open(
      (await findCompanyBySlug(gateway.engine.server.catalog, slug)) ?? entry,
    );
    const actor = { kind: 'system', id: 'test', name: 'test', roles: [], locale: 'en' } as const;
    const context = recordContext(company, actor);
    return new Player(client, readingFrom(context, context.database));
  }

  async play(step: Step): Promise<void> {
    const reply = await this.#send(step);
    const refusal = step['expect-refusal'];
    if (refusal === undefined) {
      if (reply.status >= 300)
        throw new Error(`${JSON.stringify(step)} → ${reply.status} ${JSON.stringify(reply.body)}`);
      const entity = step.create ?? this.#flowTarget(step) ?? this.#entityOf(step);
      if (step.as !== undefined) this.#known.set(step.as, { entity, id: String(reply.body['data']?.['id']) });
      return;
    }
    const { code, errors } = reply.body as unknown as {
      code: string;
      errors: readonly { code: string; pointer: string }[];
    };
    const isMeant =
      reply.status >= 400 &&
      (code === refusal || errors.some((error) => error.code === refusal)) &&
      (step.at === undefined || errors.some(({ pointer }) => pointer === step.at || pointer.startsWith(`${step.at}/`)));
    if (!isMeant) throw new Error(`${JSON.stringify(step)} → ${reply.status} ${JSON.stringify(reply.body)}`);
  }

  #flowTarget({ flow }: Step): string | undefined {
    return flow === undefined ? undefined : this.#from.model.flows.get(flow)?.to.name;
  }

  #entityOf(step: Step): string {
    const name = step.update ?? step.submit ?? step.cancel ?? step.amend ?? step.on ?? '';
    return this.#record(name).entity;
  }

  #record(name: string): Known {
    const known = this.#known.get(name.replace(/^@/, ''));
    if (known === undefined) throw new Error(`The story has no “${name}” yet.`);
    return known;
  }

  async #send(step: Step): Promise<Reply> {
    if (step.create !== undefined) {
      const values = await this.#values(this.#entity(step.create), step.values ?? {});
      return this.#client.post(`/api/v1/records/${step.create}`, values);
    }
    if (step.flow !== undefined) return this.#flow(step);
    for (const action of ['submit', 'cancel', 'amend'] as const) {
      const name = step[action];
      if (name !== undefined) return this.#act(this.#record(name), action);
    }
    if (step.action !== undefined) return this.#act(this.#record(step.on ?? ''), step.action);
    if (step.update !== undefined) {
      const record = this.#record(step.update);
      return this.#change(record, step.values ?? step.set ?? {});
    }
    throw new Error(`Nothing to do in ${JSON.stringify(step)}`);
  }

  #act({ entity, id }: Known, action: string): Promise<Reply> {
    return this.#client.post(`/api/v1/records/${entity}/${id}/actions/${action}`, {});
  }

  async #flow({ flow = '', from = '', set }: Step): Promise<Reply> {
    const { entity, id } = this.#record(from);
    const made = await this.#client.post(`/api/v1/records/${entity}/${id}/flows/${flow}`, {});
    if (made.status !== 201 || set === undefined) return made;
    const to = this.#flowTarget({ flow }) ?? '';
    const changed = await this.#change({ entity: to, id: String(made.body['data']?.['id']) }, set);
    return changed.status === 200 ? changed : made.status === 201 ? changed : made;
  }

  /** Changes a record; rows are meant by their place, and rows that the story leaves out go. */
  async #change({ entity, id }: Known, told: Told): Promise<Reply> {
    const current = (await this.#client.get(`/api/v1/records/${entity}/${id}`)).body['data'] as Body;
    const values = await this.#values(this.#entity(entity), told);
    for (const { name } of this.#entity(entity).linesFields) {
      const rows = values[name] as Record<string, unknown>[] | undefined;
      const stored = current[name] as unknown as readonly { readonly id: string }[] | undefined;
      rows?.forEach((row, index) => {
        const own = stored?.[index]?.id;
        if (own !== undefined) row['id'] = own;
      });
    }
    return this.#client.patch(`/api/v1/records/${entity}/${id}`, { ...values, version: current['version'] });
  }

  #entity(name: string): Entity {
    const entity = this.#from.model.entities.get(name);
    if (entity === undefined) throw new Error(`There is no entity “${name}”.`);
    return entity;
  }

  async #values(entity: Entity, told: Told): Promise<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(told)) {
      const field = entity.fieldByName.get(name);
      if (field === undefined) throw new Error(`“${entity.name}” has no field “${name}”.`);
      values[name] = await this.#value(field, value);
    }
    return values;
  }

  async #value(field: Field, value: unknown): Promise<unknown> {
    const { target } = field;
    if (field.of !== null && target !== null && Array.isArray(value)) {
      return Promise.all(value.map((row) => this.#values(target, row as Told)));
    }
    if (field.type === 'links' && Array.isArray(value)) {
      return Promise.all(value.map((each) => this.#idOf(target as Entity, String(each))));
    }
    if (typeof value !== 'string') return value;
    if (field.type === 'dynamic-link') return this.#anyRecord(value);
    return target === null ? value : this.#idOf(target, value);
  }

  /** `@invoice`, or `sales.customer:WARUNG`. */
  async #anyRecord(told: string): Promise<{ readonly entity: string; readonly id: string }> {
    if (told.startsWith('@')) {
      const [name = '', lines] = told.slice(1).split('/');
      const record = this.#record(name);
      if (lines === undefined) return record;
      const rows = this.#entity(record.entity).fieldByName.get(lines)?.target;
      return { entity: rows?.name ?? '', id: await this.#idOf(this.#entity(record.entity), told) };
    }
    const colon = told.indexOf(':');
    const entity = told.slice(0, colon);
    return { entity, id: await this.#idOf(this.#entity(entity), told.slice(colon + 1)) };
  }

  /** `@receipt`, `@receipt/lines/0`, or a natural key. */
  async #idOf(entity: Entity, told: string): Promise<string> {
    if (told.startsWith('@')) {
      const [name = '', lines, index] = told.slice(1).split('/');
      const record = this.#record(name);
      if (lines === undefined) return record.id;
      const { body } = await this.#client.get(`/api/v1/records/${record.entity}/${record.id}`);
      const rows = body['data']?.[lines] as unknown as readonly { readonly id: string }[];
      return rows[Number(index)]?.id ?? '';
    }
    const id = (await idsByKey(this.#from, entity, [told])).get(told.toLowerCase());
    if (id === undefined) throw new Error(`There is no “${told}” among ${entity.name}.`);
    return id;
  }

  /** Debit less credit of accounts, by their code, as the entries stand. */
  async trialBalance(): Promise<ReadonlyMap<string, string>> {
    const sql =
      'SELECT a.code, SUM(e.debit) - SUM(e.credit) FROM accounting_general__entries e ' +
      'JOIN accounting_account a ON a.id = e.account_id GROUP BY a.code';
    const { reader } = this.#from;
    const schema = reader.schema === '' ? '' : `\`${reader.schema}\`.`;
    const text = sql.replace(/accounting_\w+ [ea]\b/g, (name) => schema + name);
    const tuples = await reader.tuples(statement(text));
    return new Map(tuples.map(([code, sum]) => [String(code), this.#money(sum)]));
  }

  #money(raw: unknown): string {
    return this.#from.reader.dialect === 'sqlite'
      ? Decimal.fromUnits(BigInt(String(raw)), 2).toFixed(2)
      : (Decimal.parse(String(raw)) ?? Decimal.zero).toFixed(2);
  }

  async balance(ledger: string, at: Told, measure: string): Promise<string> {
    const book = this.#from.model.ledgers.get(ledger);
    if (book === undefined) throw new Error(`There is no ledger “${ledger}”.`);
    const values: Record<string, Value> = {};
    for (const [name, told] of Object.entries(at)) {
      const field = book.dimensions.find((dimension) => dimension.name === name);
      if (field === undefined) throw new Error(`“${ledger}” has no dimension “${name}”.`);
      const value = await this.#value(field, told);
      values[name] =
        typeof value === 'object' && value !== null
          ? `${(value as Known).entity}:${(value as Known).id}`
          : (value as Value);
    }
    const lookups = new LedgerLookups(this.#from);
    lookups.balance(ledger, values, measure);
    await lookups.loadMissing();
    const scale = book.measures.find(({ name }) => name === measure)?.scale ?? 0;
    return lookups.balance(ledger, values, measure).toFixed(scale);
  }

  async record(name: string): Promise<Body> {
    const { entity, id } = this.#record(name);
    return (await this.#client.get(`/api/v1/records/${entity}/${id}`)).body['data'] as Body;
  }

  /** The figures of a report's lines, by the names of their dimensions. */
  async report(name: string, parameters: Readonly<Record<string, string>>): Promise<Readonly<Record<string, Told>>> {
    const query = new URLSearchParams(parameters).toString();
    const { status, body } = await this.#client.get(`/api/v1/reports/${name}?${query}`);
    if (status !== 200) throw new Error(`${name} → ${status} ${JSON.stringify(body)}`);
    const { columns, rows } = body['data'] as unknown as Pick<ReportAnswer, 'columns' | 'rows'>;
    const dimensions = columns.filter(({ kind }) => kind === 'dimension').map((column) => column.name);
    return Object.fromEntries(
      rows.map(({ cells, titles }) => [
        dimensions.flatMap((dimension) => titles?.[dimension] ?? cells[dimension] ?? []).join(' | '),
        cells,
      ]),
    );
  }

  /** What breaks a promise about the books. */
  findings(): Promise<readonly Finding[]> {
    return examineBooks(this.#from);
  }
}
