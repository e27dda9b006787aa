import type { TypedExpression } from '../expression/ast.ts';
import type { Scope } from '../expression/scope.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import { commonType, scaleOf } from '../expression/type.ts';
import { valueNamed } from '../expression/value-named.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { DeriveSource } from '../metamodel/source.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import type { DeriveField, DeriveStep, Through } from './computation.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { NeedsGatherer } from './needs.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** What typing derived rows asks of the typist. */
interface Typing {
  scope(frames: Scope['frames']): Scope;
  expression(
    source: string,
    scope: Scope,
    place: LinkedEntity,
    pointer: string,
    expected?: ValueType,
  ): TypedExpression | null;
  typeOf(field: LinkedField): ValueType;
}

/** The rows that are grouped, and whose they are. */
interface Origin {
  readonly through: Through | null;
  readonly from: string;
  readonly rows: LinkedEntity;
}

/** What is grouped by what, into which rows. */
interface Grouping {
  readonly by: readonly DeriveField[];
  readonly rows: LinkedEntity;
  readonly key: string;
  readonly target: LinkedEntity;
}

type Names = Readonly<Record<string, ValueType>>;

/** How the rows of a group are called where `as` gives them names that their entity does not have. */
const COUNTED_ROWS = 'rows of ';

/** Types the rows that are made by grouping others; null when there are none, or after a fault. */
export class DerivedRows {
  readonly #typing: Typing;
  readonly #report: Report;

  constructor(typing: Typing, report: Report) {
    this.#typing = typing;
    this.#report = report;
  }

  step(entity: LinkedEntity, field: LinkedField, needs: NeedsGatherer): DeriveStep | null {
    const source = field.source.derive;
    const target = field.target;
    if (source === undefined || target === null) return null;
    const at = `${field.pointer}/derive`;
    const origin = this.#origin(entity, field, source.from, `${at}/from`);
    if (origin === null) return null;
    const { through, from, rows } = origin;
    const by = typeof source.by === 'string' ? [{ field: source.by, as: {} }] : source.by.map(withNames);
    const key = source.key ?? by[0]?.field ?? '';
    if (!this.#groups(entity, at, source, { by, rows, key, target })) return null;
    const names = this.#names(entity, `${at}/by`, by, rows);
    if (names === null) return null;
    if (through !== null) needs.addRows(entity.name, through.link, from);
    const sums = this.#sums(entity, at, source, target, needs);
    const scope = this.#scope(entity, target, rows, names);
    const set = Object.entries(source.set).flatMap(([name, text]): DeriveStep['set'][number][] => {
      const place = `${at}/set${pointerStep(name)}`;
      const assigned = this.#field(entity, place, target, name);
      if (assigned === null) return [];
      const type = this.#typing.typeOf(assigned);
      const expression = this.#typing.expression(text, scope, entity, place, type);
      if (expression === null || (through !== null && !this.#staysWithin(entity, place, expression))) return [];
      needs.addDerived(expression, { through: through?.link ?? null, from, rows: rows.name, by, key });
      return [{ field: name, scale: scaleOf(type), expression, sum: sums.get(name) ?? null }];
    });
    return { kind: 'derive', field: field.name, through, from, by, key, set };
  }

  /** The rows that are grouped: those of a lines field, or of one of a record that a link leads to. */
  #origin(entity: LinkedEntity, field: LinkedField, path: string, place: string): Origin | null {
    const [first = '', second] = path.split('.');
    const link = second === undefined ? null : (entity.byName.get(first) ?? null);
    if (
      second !== undefined &&
      (link === null || link.shape.to === null || link.target === null || link.type.column(link.shape) === null)
    ) {
      const links = entity.fields.filter(({ shape }) => shape.to !== null).map(({ name }) => name);
      const message = `“${first}” is not a link of “${entity.name}”`;
      faultAt(this.#report, entity, place, 'unknown-field', message, nearestHint(first, links));
      return null;
    }
    const holder = link?.target ?? entity;
    const name = second ?? first;
    const from = holder.byName.get(name);
    if (from !== undefined && from.target !== null && from.shape.of !== null) {
      const through = link === null ? null : { link: link.name, target: holder.name };
      return { through, from: from.name, rows: from.target };
    }
    const lines = holder.fields.filter((each) => each.shape.of !== null && each !== field).map((each) => each.name);
    const message = `“${name}” is not a lines field of “${holder.name}”`;
    faultAt(this.#report, entity, place, 'unknown-field', message, nearestHint(name, lines));
    return null;
  }

  /** What the values of fields add up to, by their names. */
  #sums(
    entity: LinkedEntity,
    at: string,
    source: DeriveSource,
    target: LinkedEntity,
    needs: NeedsGatherer,
  ): ReadonlyMap<string, TypedExpression> {
    const scope = this.#typing.scope([{ frame: 'self', entity: entity.name }]);
    const sums = new Map<string, TypedExpression>();
    for (const [name, text] of Object.entries(source.adds_up_to ?? {})) {
      const place = `${at}/adds_up_to${pointerStep(name)}`;
      const field = this.#field(entity, place, target, name);
      if (field === null) continue;
      const type = this.#typing.typeOf(field);
      if (type.kind !== 'number' || !Object.hasOwn(source.set, name)) {
        faultAt(this.#report, entity, place, 'wrong-type', `“${name}” is no number that “set” gives`);
        continue;
      }
      const expression = this.#typing.expression(text, scope, entity, place, type);
      if (expression === null) continue;
      needs.add(expression, null);
      sums.set(name, expression);
    }
    return sums;
  }

  /** Rows of another record are loaded by themselves, without what they link to. */
  #staysWithin(entity: LinkedEntity, place: string, expression: TypedExpression): boolean {
    const isWithin = dependenciesOf(expression).every(({ frame, path }) => frame === 'parent' || path.length === 1);
    if (!isWithin) {
      const message = 'Rows of a linked record cannot be followed further; only their own fields can be read';
      faultAt(this.#report, entity, place, 'wrong-type', message);
    }
    return isWithin;
  }

  /** Whether the rows have the fields they are grouped by, and the derived row a field that takes their values. */
  #groups(entity: LinkedEntity, at: string, source: DeriveSource, { by, rows, key, target }: Grouping): boolean {
    const isList = typeof source.by !== 'string';
    const given = by.map(({ field }, index) =>
      this.#field(entity, isList ? `${at}/by/${index}/field` : `${at}/by`, rows, field),
    );
    if (given.includes(null)) return false;
    const taking = this.#field(entity, source.key === undefined ? `${at}/by` : `${at}/key`, target, key);
    if (taking === null) return false;
    const type = this.#typing.typeOf(taking);
    return given.every((field, index) => {
      if (field === null) return false;
      const place = isList ? `${at}/by/${index}/field` : `${at}/by`;
      if (by.findIndex((each) => each.field === field.name) < index) {
        faultAt(this.#report, entity, place, 'name-taken', `The rows are grouped by “${field.name}” already`);
        return false;
      }
      if (isAlike(this.#typing.typeOf(field), type)) return true;
      const message = `“${field.name}” does not hold what “${key}” of “${target.name}” holds`;
      faultAt(this.#report, entity, place, 'wrong-type', message);
      return false;
    });
  }

  /** The types of the names that `as` gives: the same names for every field, each for fields of one type. */
  #names(entity: LinkedEntity, at: string, by: readonly DeriveField[], rows: LinkedEntity): Names | null {
    const types: Record<string, ValueType> = {};
    let isSound = true;
    for (const [index, { as }] of by.entries()) {
      for (const [name, meant] of Object.entries(as)) {
        const place = `${at}/${index}/as${pointerStep(name)}`;
        const field = this.#field(entity, place, rows, meant);
        if (field === null) {
          isSound = false;
          continue;
        }
        const type = this.#typing.typeOf(field);
        const known = valueNamed(types, name) ?? type;
        if (isAlike(type, known)) types[name] = commonType(known, type) ?? type;
        else {
          faultAt(this.#report, entity, place, 'wrong-type', `“${name}” must mean fields of one type, and no rows`);
          isSound = false;
        }
      }
    }
    const all = new Set(by.flatMap(({ as }) => Object.keys(as)));
    for (const [index, { as }] of by.entries()) {
      const left = [...all].filter((name) => !Object.hasOwn(as, name));
      if (left.length === 0) continue;
      const message = `“as” must give every field the same names; ${left.map((name) => `“${name}”`).join(', ')} is missing`;
      faultAt(this.#report, entity, `${at}/${index}`, 'missing-property', message);
      isSound = false;
    }
    return isSound ? types : null;
  }

  /** The derived row, the record, and the rows of the group, which also have the names of `as`. */
  #scope(entity: LinkedEntity, target: LinkedEntity, rows: LinkedEntity, names: Names): Scope {
    const others = [
      { frame: 'self', entity: target.name },
      { frame: 'parent', entity: entity.name },
    ] as const;
    if (Object.keys(names).length === 0) {
      return this.#typing.scope([...others, { frame: 'group', entity: rows.name }]);
    }
    const counted = COUNTED_ROWS + rows.name;
    const scope = this.#typing.scope([...others, { frame: 'group', entity: counted }]);
    return {
      ...scope,
      fieldType: (holder, name) =>
        holder === counted
          ? (valueNamed(names, name) ?? scope.fieldType(rows.name, name))
          : scope.fieldType(holder, name),
      fieldNames: (holder) =>
        holder === counted
          ? [...new Set([...Object.keys(names), ...scope.fieldNames(rows.name)])]
          : scope.fieldNames(holder),
    };
  }

  #field(entity: LinkedEntity, place: string, holder: LinkedEntity, name: string): LinkedField | null {
    const field = holder.byName.get(name);
    if (field !== undefined) return field;
    const message = `“${holder.name}” has no field “${name}”`;
    faultAt(this.#report, entity, place, 'unknown-field', message, nearestHint(name, holder.byName.keys()));
    return null;
  }
}

/** Whether values of one type can stand where the other is: the same kind, links to the same entity, no rows. */
function isAlike(one: ValueType, other: ValueType): boolean {
  return one.kind === other.kind && commonType(one, other) !== null;
}

function withNames({ field, as = {} }: { readonly field: string; readonly as?: DeriveField['as'] }): DeriveField {
  return { field, as };
}
