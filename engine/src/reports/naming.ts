import { Decimal } from '../base/decimal.ts';
import type { Entity } from '../compiler/model.ts';
import type { ReportDimension } from '../compiler/report-model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { NUMBER_FIELD } from '../metamodel/naming.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { ReadFrom } from '../records/context.ts';
import { readRecords } from '../records/read-records.ts';
import { readsAll } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { titlesSeen } from '../records/titles.ts';

/** A document that a line of a report comes from. */
export interface NamedDocument {
  readonly entity: string;
  readonly id: string;
  readonly title: string;
}

/** What a missing value is called. */
const NO_VALUE = '–';
const YES: Text = { en: 'Yes', id: 'Ya' };
const NO: Text = { en: 'No', id: 'Tidak' };

/** `module.name:12` → its parts; null for anything else. */
export function referenceIn(value: Value): { readonly entity: string; readonly id: string } | null {
  if (typeof value !== 'string') return null;
  const colon = value.indexOf(':');
  return colon < 1 ? null : { entity: value.slice(0, colon), id: value.slice(colon + 1) };
}

/**
 * What the values of a report are called: one query for each entity that is named, however many values there are.
 * Records that the actor may not read have no name.
 */
export class Naming {
  readonly #from: ReadFrom;
  readonly #locale: Locale;
  readonly #reach: Reach;
  readonly #titles = new Map<string, Map<string, string>>();
  readonly #numbers = new Map<string, Map<string, string>>();
  readonly #wanted = new Map<Entity, Set<string>>();
  readonly #numbered = new Map<Entity, Set<string>>();

  constructor(from: ReadFrom, locale: Locale, reach: Reach) {
    this.#from = from;
    this.#locale = locale;
    this.#reach = reach;
  }

  get locale(): Locale {
    return this.#locale;
  }

  /** Says that these values of a dimension will be named. */
  want({ kind, target }: ReportDimension, values: Iterable<Value>): void {
    for (const value of values) {
      if (kind === 'link' && target !== null && typeof value === 'string') this.wantRecord(target, value);
      if (kind === 'record' || kind === 'number') this.wantReference(value, kind === 'number');
    }
  }

  wantReference(value: Value, withNumber = false): void {
    const reference = referenceIn(value);
    const entity = reference === null ? undefined : this.#from.model.entities.get(reference.entity);
    if (reference === null || entity === undefined) return;
    this.wantRecord(entity, reference.id);
    if (withNumber && this.#maySee(entity)) setIn(this.#numbered, entity).add(reference.id);
  }

  wantRecord(entity: Entity, id: string): void {
    if (this.#maySee(entity)) setIn(this.#wanted, entity).add(id);
  }

  /** Rows are seen where every record that could own them is. */
  #maySee(entity: Entity): boolean {
    return entity.owner === null ? this.#reach.mayRead(entity) : readsAll(this.#reach, entity.owner.entity);
  }

  async load(): Promise<void> {
    for (const [entity, ids] of this.#wanted) {
      const titles = await titlesSeen(this.#from, this.#reach, entity, [...ids]);
      this.#titles.set(entity.name, new Map([...(this.#titles.get(entity.name) ?? []), ...titles]));
    }
    for (const [entity, ids] of this.#numbered) {
      if (entity.fieldByName.get(NUMBER_FIELD)?.column === undefined) continue;
      const known = this.#titles.get(entity.name);
      const seen = [...ids].filter((id) => known?.has(id) === true);
      const records = await readRecords(this.#from, entity, seen);
      const numbers = records.flatMap((record): [string, string][] => {
        const number = record[NUMBER_FIELD];
        return typeof number === 'string' ? [[record.id, number]] : [];
      });
      this.#numbers.set(entity.name, new Map(numbers));
    }
    this.#wanted.clear();
    this.#numbered.clear();
  }

  titleOf(entity: string, id: string): string | null {
    return this.#titles.get(entity)?.get(id) ?? null;
  }

  /** What people call the value; null where the value speaks for itself, or may not be named. */
  nameOf({ kind, target, options }: ReportDimension, value: Value): string | null {
    if (value === null) return null;
    switch (kind) {
      case 'link':
        return target === null ? null : this.titleOf(target.name, String(value));
      case 'record':
        return this.documentOf(value)?.title ?? null;
      case 'boolean':
        return textIn(value === true ? YES : NO, this.#locale);
      case 'option':
      case 'bucket': {
        const text = textOf(value);
        const option = options.find((each) => each.value === text);
        return option === undefined ? null : textIn(option.label, this.#locale);
      }
      default:
        return null;
    }
  }

  /** The document that the value names, if the actor may read it. */
  documentOf(value: Value): NamedDocument | null {
    const reference = referenceIn(value);
    const title = reference === null ? null : this.titleOf(reference.entity, reference.id);
    return reference === null || title === null ? null : { ...reference, title };
  }

  /** The number of a document, or what it is called where it has none. */
  numberOf(value: Value): string | null {
    const reference = referenceIn(value);
    if (reference === null) return null;
    const number = this.#numbers.get(reference.entity)?.get(reference.id);
    return number ?? this.titleOf(reference.entity, reference.id);
  }

  /** What stands for a value where there is room for one text only. */
  textOf(dimension: ReportDimension, value: Value): string {
    if (value === null) return NO_VALUE;
    return (
      this.nameOf(dimension, value) ??
      (dimension.kind === 'number' ? (this.numberOf(value) ?? NO_VALUE) : textOf(value))
    );
  }

  /** The value of a cell. */
  cellOf(dimension: ReportDimension, value: Value): Json {
    if (dimension.kind === 'number') return this.numberOf(value);
    return value === null || typeof value === 'boolean' ? value : textOf(value);
  }

  /** What lines are put in order by: the place among options, numbers and dates by themselves, the rest by name. */
  orderOf(dimension: ReportDimension, value: Value): Value {
    if (dimension.kind === 'option') {
      const place = dimension.options.findIndex((option) => option.value === value);
      return value === null ? null : Decimal.of(place);
    }
    if (dimension.kind === 'bucket' || dimension.kind === 'boolean') return value;
    if (dimension.kind === 'number') return this.numberOf(value);
    return this.nameOf(dimension, value) ?? value;
  }
}

function textOf(value: Value): string {
  return value instanceof Decimal ? value.toString() : String(value);
}

function setIn(map: Map<Entity, Set<string>>, entity: Entity): Set<string> {
  const known = map.get(entity);
  if (known !== undefined) return known;
  const made = new Set<string>();
  map.set(entity, made);
  return made;
}

const collators: Partial<Record<Locale, Intl.Collator>> = {};

/** Orders values as people do; what is missing comes last. */
export function compareValues(one: Value, other: Value, locale: Locale): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  if (one instanceof Decimal && other instanceof Decimal) return one.compare(other);
  if (typeof one === 'string' && typeof other === 'string') {
    const collator = (collators[locale] ??= new Intl.Collator(locale, { numeric: true }));
    return collator.compare(one, other) || (one < other ? -1 : one > other ? 1 : 0);
  }
  return Number(one) - Number(other);
}
