import { shallowRef } from 'vue';
import type { LinkNeeds } from '../../../engine/src/compiler/computation.ts';
import type { ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { Row } from '../../../engine/src/expression/evaluation.ts';
import type { Value } from '../../../engine/src/metamodel/value-type.ts';
import type { DraftRow } from '../../../engine/src/records/compute.ts';
import { ApiProblem } from '../api/problem.ts';
import { valueOfJson } from './field-values.ts';
import { fetchEntity, listRecords } from './record-api.ts';
import type { RecordJson } from './record-api.ts';

const IDS_MAX = 100;

/** A record as expressions see it, as far as it is known. */
type LinkedRow = Record<string, Value | readonly Row[]>;

/** Linked records as far as a form has come across them: their titles, and the fields that computations read. */
export class LinkedStore {
  readonly #rows = new Map<string, Map<string, LinkedRow>>();
  readonly #titles = new Map<string, string>();
  /** Ids by natural key; null when there is no such record. */
  readonly #ids = new Map<string, string | null>();
  /** Entities that nobody lists: rows, which come with their owner, and what this person may not read. */
  readonly #unlisted: Set<string>;
  /** Grows whenever something was learnt, so that screens draw anew. */
  readonly revision = shallowRef(0);

  /** @param rows entities whose records are rows of others */
  constructor(rows: Iterable<string> = []) {
    this.#unlisted = new Set(rows);
  }

  titleOf(entity: string, id: string): string | undefined {
    void this.revision.value;
    return this.#titles.get(`${entity}:${id}`);
  }

  readonly linked = (entity: string, id: string): Row | null => this.#rows.get(entity)?.get(id) ?? null;

  /** Learns from a record that came with `_titles` how the records it links to are called. */
  learnTitles(targets: Readonly<Record<string, string | null>>, record: Readonly<Record<string, unknown>>): void {
    const titles = record['_titles'] as Readonly<Record<string, string | Readonly<Record<string, string>>>> | undefined;
    for (const [field, title] of Object.entries(titles ?? {})) {
      const target = targets[field];
      if (target === null || target === undefined) continue;
      if (typeof title === 'string') this.#titles.set(`${target}:${String(record[field])}`, title);
      else for (const [id, text] of Object.entries(title)) this.#titles.set(`${target}:${id}`, text);
    }
    this.revision.value += 1;
  }

  /** Learns a record of a picker or a list. */
  async learn(entity: string, record: RecordJson): Promise<void> {
    const { fields, lines } = await fetchEntity(entity);
    this.learnValues(entity, fields, record);
    const row = this.#rows.get(entity)?.get(record.id);
    for (const [name, { fields: ofRows }] of Object.entries(lines)) {
      const rows = record[name];
      if (row !== undefined && Array.isArray(rows))
        row[name] = rows.map((each) => valuesOf(ofRows, each as RecordJson));
    }
  }

  /** Learns a record whose fields are known, such as a row that came with its owner. */
  learnValues(entity: string, fields: readonly ScreenField[], record: RecordJson): void {
    const rows = this.#rows.get(entity) ?? new Map<string, LinkedRow>();
    this.#rows.set(entity, rows);
    rows.set(record.id, { ...rows.get(record.id), ...valuesOf(fields, record) });
    if (typeof record['_title'] === 'string') this.#titles.set(`${entity}:${record.id}`, record['_title']);
    this.learnTitles(Object.fromEntries(fields.map((field) => [field.name, field.to])), record);
  }

  /** Whether everything that computations read through these links is here. */
  has(needs: readonly LinkNeeds[], rows: readonly DraftRow[]): boolean {
    return this.#missing(needs, rows).length === 0;
  }

  /** The id of the record with a natural key; undefined when nobody has looked yet. */
  idByKey(entity: string, key: string): string | null | undefined {
    return this.#ids.get(`${entity}:${key}`);
  }

  async loadKey(entity: string, key: string): Promise<void> {
    const [name] = (await fetchEntity(entity)).key;
    if (name === undefined) return;
    const { data } = await listRecords(entity, {
      [`filter[${name}]`]: key,
      fields: `id,${name}`,
      'page[size]': 1,
      titles: true,
    });
    const [record] = data;
    if (record !== undefined) await this.learn(entity, record);
    this.#ids.set(`${entity}:${key}`, record?.id ?? null);
  }

  /** Loads what is missing, one request for each entity and level of links. */
  async load(needs: readonly LinkNeeds[], rows: readonly DraftRow[]): Promise<void> {
    for (let missing = this.#missing(needs, rows); missing.length > 0; missing = this.#missing(needs, rows)) {
      const found = await Promise.all(missing.map(({ entity, ids, fields }) => this.#fetch(entity, ids, fields)));
      if (found.every((count) => count === 0)) return;
    }
  }

  /** Loads the titles of records that were only seen as ids. */
  async loadTitles(entity: string, ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#titles.has(`${entity}:${id}`));
    if (unknown.length > 0) await this.#fetch(entity, unknown, []);
  }

  async #fetch(entity: string, ids: readonly string[], fields: readonly string[]): Promise<number> {
    if (this.#unlisted.has(entity)) return 0;
    let count = 0;
    try {
      for (let start = 0; start < ids.length; start += IDS_MAX) {
        const portion = ids.slice(start, start + IDS_MAX);
        const { data } = await listRecords(entity, {
          'filter[id][in]': portion.join(','),
          fields: ['id', ...fields].join(','),
          'page[size]': portion.length,
          titles: true,
        });
        for (const record of data) await this.learn(entity, record);
        count += data.length;
      }
    } catch (error) {
      // A record may be open to somebody who may not see all that it links to.
      if (!(error instanceof ApiProblem) || (error.status !== 403 && error.status !== 404)) throw error;
      this.#unlisted.add(entity);
    }
    return count;
  }

  #missing(
    needs: readonly LinkNeeds[],
    rows: readonly Row[],
  ): readonly { readonly entity: string; readonly ids: readonly string[]; readonly fields: readonly string[] }[] {
    const missing: { entity: string; ids: readonly string[]; fields: readonly string[] }[] = [];
    for (const need of needs) {
      const ids = new Set<string>();
      const present: Row[] = [];
      for (const row of rows) {
        const id = row[need.link];
        if (typeof id !== 'string') continue;
        const linked = this.linked(need.target, id);
        if (linked === null || need.fields.some((field) => !(field in linked))) ids.add(id);
        else present.push(linked);
      }
      if (ids.size > 0 && !this.#unlisted.has(need.target))
        missing.push({ entity: need.target, ids: [...ids], fields: need.fields });
      missing.push(...this.#missing(need.nested, present));
    }
    return missing;
  }
}

/** What a record holds of these fields, as expressions see it. */
function valuesOf(fields: readonly ScreenField[], record: RecordJson): Record<string, Value> {
  const values: Record<string, Value> = { id: record.id };
  for (const field of fields) {
    if (field.name in record) values[field.name] = valueOfJson(field, record[field.name]);
  }
  return values;
}
