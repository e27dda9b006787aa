import DataLoader from 'dataloader';
import type { Entity } from '../../compiler/model.ts';
import type { ListQuery } from '../../metamodel/operation.ts';
import type { JsonRecord } from '../../records/stored-entity.ts';
import { runOperation } from '../../records/run.ts';
import { allowed, contextOf } from '../record-ask.ts';
import type { Ask, CompanyAsk } from '../route.ts';

/** Records that one query fetches behind links. */
const BATCH_MAX = 500;

/** What the resolvers of one request share. */
export interface GraphQlSession {
  readonly ask: Ask;
  /** Null for whoever has no company, or has not signed in. */
  readonly company: CompanyAsk | null;
  readonly records: LinkedRecordLoaders | null;
}

export const PLAIN_LIST: ListQuery = {
  condition: null,
  sort: [],
  fields: null,
  include: [],
  search: null,
  titles: false,
  page: { number: 1, size: 20 },
};

/** Fetches records behind links: all that one level of a query asks for at once, each through the door. */
export class LinkedRecordLoaders {
  readonly #ask: CompanyAsk;
  readonly #loaders = new Map<string, DataLoader<string, JsonRecord | null>>();

  constructor(ask: CompanyAsk) {
    this.#ask = ask;
  }

  /** Null for a record that is not there or not seen. */
  load(entity: Entity, id: string, fields: readonly string[], titles: boolean): Promise<JsonRecord | null> {
    return this.#loaderOf(entity, fields, titles).load(id);
  }

  async loadMany(
    entity: Entity,
    ids: readonly string[],
    fields: readonly string[],
    titles: boolean,
  ): Promise<readonly JsonRecord[]> {
    const loader = this.#loaderOf(entity, fields, titles);
    const found = await Promise.all(ids.map((id) => loader.load(id)));
    return found.filter((record) => record !== null);
  }

  #loaderOf(entity: Entity, fields: readonly string[], titles: boolean): DataLoader<string, JsonRecord | null> {
    const key = `${entity.name} ${titles ? 'titled ' : ''}${[...fields].sort().join(' ')}`;
    let loader = this.#loaders.get(key);
    if (loader === undefined) {
      loader = new DataLoader((ids) => this.#read(entity, ids, fields, titles), { maxBatchSize: BATCH_MAX });
      this.#loaders.set(key, loader);
    }
    return loader;
  }

  async #read(
    entity: Entity,
    ids: readonly string[],
    fields: readonly string[],
    titles: boolean,
  ): Promise<(JsonRecord | null)[]> {
    const query: ListQuery = {
      ...PLAIN_LIST,
      condition: { kind: 'compare', path: ['id'], operator: 'in', value: [...ids], at: '/id' },
      sort: [{ path: ['id'], descending: false }],
      fields,
      titles,
      page: { number: 1, size: ids.length },
    };
    const authorized = allowed(this.#ask, { kind: 'list', entity: entity.name, query });
    const { records } = await runOperation(contextOf(this.#ask), authorized);
    const byId = new Map(records.map((record) => [record.id, record]));
    return ids.map((id) => byId.get(id) ?? null);
  }
}
