import { authorize } from '../../access/authorize.ts';
import { Refusal } from '../../base/errors.ts';
import { isRowId } from '../../base/ids.ts';
import type { Entity, Field } from '../../compiler/model.ts';
import type { Actor, Condition, ListQuery } from '../../metamodel/operation.ts';
import { runOperation } from '../../records/run.ts';
import type { JsonRecord } from '../../records/stored-entity.ts';
import { BoundedMap } from '../../storage/bounded-map.ts';
import { recordContext } from '../company.ts';
import type { CompanyRuntime } from '../company.ts';

/** Keys that one query asks for. */
const PORTION = 200;
/** Keys that are remembered while an import runs. */
const KNOWN_MAX = 100_000;

/** Who looks, and where. */
export interface Looker {
  readonly company: CompanyRuntime;
  readonly actor: Actor;
  readonly abilities: readonly string[];
}

/** The records that a list finds, as this person sees them; none where nothing of the entity may be read. */
export async function find(
  { company, actor, abilities }: Looker,
  entity: string,
  query: Pick<ListQuery, 'condition' | 'fields'> & { readonly size: number },
): Promise<readonly JsonRecord[]> {
  const { condition, fields, size } = query;
  const list: ListQuery = {
    condition,
    fields,
    sort: [],
    include: [],
    search: null,
    titles: false,
    total: false,
    page: { number: 1, size },
  };
  try {
    const authorized = authorize({ kind: 'list', entity, query: list }, actor, abilities, company);
    return (await runOperation<'list'>(recordContext(company, actor), authorized)).records;
  } catch (error) {
    // What may not be seen is not there.
    if (error instanceof Refusal && ['forbidden', 'malformed-query', 'not-found'].includes(error.code)) return [];
    throw error;
  }
}

/** Fields by which a cell may name a record: its key, or what is unique and written as text. */
export function namingFields(entity: Entity): readonly Field[] {
  const isPlain = (field: Field): boolean =>
    field.column !== null && !field.encrypted && field.fieldType.operators.includes('in') && field.target === null;
  const key = entity.key.length === 1 ? entity.key.filter(isPlain) : [];
  const unique = entity.fields.filter((field) => field.unique && isPlain(field) && !key.includes(field));
  const names = entity.fields.filter((field) => field.name === 'name' && isPlain(field));
  return [...new Set([...key, ...unique, ...names])];
}

/** A value as a cell may write it, without regard to case. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
}

/** A key that names no record, and one that names several. */
export const NOBODY = 'nobody';
export const SEVERAL = 'several';

/**
 * The ids of records that cells name, looked up for many rows at once and remembered. A cell names a record by its
 * key, by another unique field, by its name where just one has it, and last by its id.
 */
export class LinkLookups {
  readonly #known = new Map<string, BoundedMap<string, string>>();
  /** `entity text` of what was not found. */
  readonly #absent = new Set<string>();
  readonly #missing = new Map<string, Map<string, string>>();

  /** The id that a cell stands for, or NOBODY or SEVERAL; undefined until it was looked up. */
  idOf(entity: string, text: string): string | undefined {
    const word = text.toLowerCase();
    const id = this.#known.get(entity)?.get(word) ?? (this.#absent.has(`${entity} ${word}`) ? NOBODY : undefined);
    if (id === undefined) {
      let missing = this.#missing.get(entity);
      if (missing === undefined) this.#missing.set(entity, (missing = new Map<string, string>()));
      missing.set(word, text);
    }
    return id;
  }

  /** Forgets what was not found: it may have been written since. */
  forgetMissing(): void {
    this.#absent.clear();
  }

  async load(looker: Looker): Promise<void> {
    for (const [name, wanted] of this.#missing) {
      let known = this.#known.get(name);
      if (known === undefined) this.#known.set(name, (known = new BoundedMap(KNOWN_MAX)));
      const entity = looker.company.model.entities.get(name);
      const texts = [...wanted.values()];
      for (let start = 0; entity !== undefined && start < texts.length; start += PORTION) {
        await this.#loadPortion(looker, entity, texts.slice(start, start + PORTION), known);
      }
    }
    this.#missing.clear();
  }

  async #loadPortion(
    looker: Looker,
    entity: Entity,
    texts: readonly string[],
    known: BoundedMap<string, string>,
  ): Promise<void> {
    let open: readonly string[] = texts;
    for (const field of namingFields(entity)) {
      if (open.length === 0) return;
      const valid = open.filter((text) => 'value' in field.fieldType.read(text, field));
      if (valid.length === 0) continue;
      const records = await find(looker, entity.name, {
        condition: { kind: 'compare', path: [field.name], operator: 'in', value: valid, at: '' },
        fields: [field.name],
        size: PORTION * 4,
      });
      const found = new Map<string, string>();
      for (const record of records) {
        const text = wordOf(record[field.name]);
        found.set(text, found.has(text) ? SEVERAL : record.id);
      }
      for (const [text, id] of found) known.set(text, id);
      open = open.filter((text) => !found.has(text.toLowerCase()));
    }
    const ids = open.filter(isRowId);
    const byId =
      ids.length === 0 ? [] : await find(looker, entity.name, { condition: idIn(ids), fields: [], size: PORTION });
    for (const { id } of byId) known.set(id, id);
    const there = new Set(byId.map(({ id }) => id));
    for (const text of open) if (!there.has(text)) this.#absent.add(`${entity.name} ${text.toLowerCase()}`);
  }
}

export function idIn(ids: readonly string[]): Condition {
  return { kind: 'compare', path: ['id'], operator: 'in', value: ids, at: '' };
}
