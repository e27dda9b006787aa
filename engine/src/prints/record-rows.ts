import type { Entity, Field, Model } from '../compiler/model.ts';
import type { Row } from '../expression/evaluation.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { LINK_TITLES } from '../records/titles.ts';

/**
 * A record as its reader got it, turned into rows that expressions read. What the reader did not get, because the
 * caller may not see it, counts as empty.
 */
export class RecordRows {
  readonly record: Row;
  readonly #model: Model;
  readonly #linked = new Map<string, Row>();
  readonly #titles = new Map<Row, Readonly<Record<string, string>>>();

  constructor(model: Model, entity: Entity, json: JsonRecord) {
    this.#model = model;
    this.record = this.#rowOf(entity, json);
  }

  readonly linked = (entity: string, id: string): Row | null => this.#linked.get(`${entity}:${id}`) ?? null;

  /** The title that came with the record for one of its links. */
  titleOf(row: Row, link: string): string | undefined {
    return this.#titles.get(row)?.[link];
  }

  /** The field at the end of a path, as the model has it. */
  fieldOf(entity: string, name: string): Field | null {
    return this.#model.entities.get(entity)?.fieldByName.get(name) ?? null;
  }

  #rowOf(entity: Entity, json: JsonRecord): Row {
    const row: Record<string, Value | readonly Row[]> = { id: json.id };
    for (const field of entity.fieldByName.values()) {
      const given = json[field.name];
      if (field.name !== 'id')
        row[field.name] = given === undefined || given === null ? null : this.#valueOf(field, given);
    }
    const titles = json[LINK_TITLES];
    if (typeof titles === 'object' && titles !== null) this.#titles.set(row, titles as Record<string, string>);
    return row;
  }

  #valueOf(field: Field, given: NonNullable<JsonRecord[string]>): Value | readonly Row[] {
    const { target } = field;
    if (field.of !== null && target !== null) return asRecords(given).map((each) => this.#rowOf(target, each));
    if (target !== null && (field.type === 'link' || field.joinTable !== null)) {
      const ids = (Array.isArray(given) ? given : [given]).map((each) =>
        this.#keep(target, each as JsonRecord | string),
      );
      return field.joinTable === null ? (ids[0] ?? null) : ids;
    }
    const read = field.fieldType.read(given, field);
    return 'value' in read ? read.value : null;
  }

  /** An embedded record is kept to be linked to. Answers its id. */
  #keep(target: Entity, given: JsonRecord | string): string {
    if (typeof given === 'string') return given;
    const key = `${target.name}:${given.id}`;
    this.#linked.set(key, this.#rowOf(target, given));
    return given.id;
  }
}

function asRecords(given: NonNullable<JsonRecord[string]>): readonly JsonRecord[] {
  return Array.isArray(given) ? given : [];
}
