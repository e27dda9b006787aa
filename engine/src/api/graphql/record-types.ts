import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { GraphQLFieldConfigMap, GraphQLInputFieldConfigMap, GraphQLInputType, GraphQLScalarType } from 'graphql';
import type { Entity, Field } from '../../compiler/model.ts';
import type { Operator } from '../../metamodel/field-type.ts';
import { EQUALITY, LINE, ORDER, PASSAGE, PRESENCE } from '../../metamodel/fields/operators.ts';
import { textIn } from '../../metamodel/text.ts';
import { isWritable } from '../../records/read-input.ts';
import { TITLE } from '../../records/titles.ts';
import type { JsonRecord } from '../../records/stored-entity.ts';
import type { DescribedCompany } from '../description/described-company.ts';
import { namesOf } from './names.ts';
import { scalarOf } from './scalars.ts';
import { ID_SUFFIX, wantedFields } from './selection.ts';
import type { GraphQlSession } from './session.ts';

const LIST_OPERATORS: readonly Operator[] = ['in', 'nin', 'between'];
/** How the sets of operators that field types have are called. */
const COMPARISONS: Readonly<Record<string, string>> = {
  [EQUALITY.join(' ')]: 'Choice',
  [ORDER.join(' ')]: 'Order',
  [LINE.join(' ')]: 'Text',
  [PASSAGE.join(' ')]: 'Passage',
  [PRESENCE.join(' ')]: 'Presence',
  'eq ne null': 'Flag',
};

export const PageInfoType = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

/** The types of the records of a company, as one caller sees them; each is made once, when it is first needed. */
export class RecordTypes {
  readonly #company: DescribedCompany;
  readonly #objects = new Map<Entity, GraphQLObjectType>();
  readonly #connections = new Map<Entity, GraphQLObjectType>();
  readonly #filters = new Map<string, GraphQLInputObjectType>();
  readonly #inputs = new Map<string, GraphQLInputObjectType>();

  constructor(company: DescribedCompany) {
    this.#company = company;
  }

  /** Whether the records of an entity can be asked for at all. */
  isOpen(entity: Entity): boolean {
    return entity.kind !== 'lines' && this.#company.doorsOf(entity) !== null;
  }

  #sees(entity: Entity, field: Field): boolean {
    const { owner } = entity;
    return owner === null
      ? this.#company.view.sees(entity, field.name, null)
      : this.#company.view.sees(owner.entity, owner.field.name, field.name);
  }

  #writes(entity: Entity, field: Field): boolean {
    const { owner } = entity;
    if (!isWritable(field)) return false;
    return owner === null
      ? this.#company.view.writes(entity, field.name, null)
      : this.#company.view.writes(owner.entity, owner.field.name, field.name);
  }

  /** The type of a record, or of a row. */
  object(entity: Entity): GraphQLObjectType {
    let type = this.#objects.get(entity);
    if (type === undefined) {
      type = new GraphQLObjectType<JsonRecord, GraphQlSession>({
        name: namesOf(entity.name).type,
        description: textIn(entity.label, this.#company.locale),
        fields: () => this.#fieldsOf(entity),
      });
      this.#objects.set(entity, type);
    }
    return type;
  }

  #fieldsOf(entity: Entity): GraphQLFieldConfigMap<JsonRecord, GraphQlSession> {
    const fields: GraphQLFieldConfigMap<JsonRecord, GraphQlSession> = {
      id: { type: new GraphQLNonNull(GraphQLID) },
    };
    const named = entity.owner === null ? entity.fieldByName.values() : entity.fields;
    for (const field of named) {
      if (field.name === 'id' || !this.#sees(entity, field)) continue;
      Object.assign(fields, this.#fieldConfigs(field));
    }
    if (entity.owner === null) {
      fields[TITLE] = {
        type: GraphQLString,
        description: 'How the record is called.',
        resolve: (record) => record[TITLE] ?? null,
      };
    }
    return fields;
  }

  #fieldConfigs(field: Field): GraphQLFieldConfigMap<JsonRecord, GraphQlSession> {
    const { name, target } = field;
    const description = textIn(field.label, this.#company.locale);
    if (field.of !== null && target !== null) {
      const type = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.object(target))));
      return { [name]: { type, description, resolve: (record) => record[name] ?? [] } };
    }
    if (target === null) return { [name]: { type: scalarOf(field), description } };
    const isMany = field.joinTable !== null;
    const ids = isMany ? new GraphQLList(new GraphQLNonNull(GraphQLID)) : GraphQLID;
    const own = {
      [name + ID_SUFFIX]: { type: ids, description, resolve: (record: JsonRecord) => record[name] ?? null },
    };
    if (!this.isOpen(target)) return own;
    return { ...own, [name]: isMany ? this.#manyConfig(field, target) : this.#linkConfig(field, target) };
  }

  #linkConfig({ name, label }: Field, target: Entity): GraphQLFieldConfigMap<JsonRecord, GraphQlSession>[string] {
    return {
      type: this.object(target),
      description: textIn(label, this.#company.locale),
      resolve: (record, _, { records }, info) => {
        const id = record[name];
        if (typeof id !== 'string' || records === null) return null;
        const { fields, titles } = wantedFields(info, target, [[]]);
        return records.load(target, id, fields, titles);
      },
    };
  }

  #manyConfig({ name, label }: Field, target: Entity): GraphQLFieldConfigMap<JsonRecord, GraphQlSession>[string] {
    return {
      type: new GraphQLList(new GraphQLNonNull(this.object(target))),
      description: textIn(label, this.#company.locale),
      resolve: (record, _, { records }, info) => {
        const ids = record[name];
        if (!Array.isArray(ids) || records === null) return [];
        const { fields, titles } = wantedFields(info, target, [[]]);
        return records.loadMany(target, ids as unknown as readonly string[], fields, titles);
      },
    };
  }

  /** A page of records, as Relay has it. */
  connection(entity: Entity): GraphQLObjectType {
    let type = this.#connections.get(entity);
    if (type === undefined) {
      const name = namesOf(entity.name).type;
      const node = this.object(entity);
      const edge = new GraphQLObjectType({
        name: `${name}Edge`,
        fields: { cursor: { type: new GraphQLNonNull(GraphQLString) }, node: { type: new GraphQLNonNull(node) } },
      });
      type = new GraphQLObjectType({
        name: `${name}Connection`,
        fields: {
          nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(node))) },
          edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
          pageInfo: { type: new GraphQLNonNull(PageInfoType) },
          totalCount: { type: new GraphQLNonNull(GraphQLInt), description: 'Counted up to 100,000 with a filter.' },
        },
      });
      this.#connections.set(entity, type);
    }
    return type;
  }

  /** What records can be filtered by; records behind links and rows have filters of their own. */
  filter(entity: Entity): GraphQLInputObjectType {
    const name = `${namesOf(entity.name).type}Filter`;
    return this.#filterNamed(name, (self) => ({
      ...this.#filterFields(entity),
      and: { type: new GraphQLList(new GraphQLNonNull(self)) },
      or: { type: new GraphQLList(new GraphQLNonNull(self)) },
      not: { type: self },
    }));
  }

  #filterNamed(
    name: string,
    fields: (self: GraphQLInputObjectType) => GraphQLInputFieldConfigMap,
  ): GraphQLInputObjectType {
    let type = this.#filters.get(name);
    if (type === undefined) {
      type = new GraphQLInputObjectType({ name, fields: () => fields(type as GraphQLInputObjectType) });
      this.#filters.set(name, type);
    }
    return type;
  }

  #filterFields(entity: Entity): GraphQLInputFieldConfigMap {
    const fields: GraphQLInputFieldConfigMap = {};
    const named = entity.owner === null ? entity.fieldByName.values() : entity.fields;
    for (const field of named) {
      if (!this.#sees(entity, field) || field.encrypted) continue;
      const type = this.#filterOf(field);
      if (type !== null) fields[field.name] = { type };
    }
    return fields;
  }

  #filterOf(field: Field): GraphQLInputType | null {
    const { target } = field;
    const isStored = field.column !== null || field.joinTable !== null;
    if (field.of !== null && target !== null) {
      const rows = this.filter(target);
      return this.#filterNamed(`${namesOf(target.name).type}RowsFilter`, () => ({
        ...this.#filterFields(target),
        some: { type: rows, description: 'One row meets all of this at once.' },
      }));
    }
    if (target !== null && this.isOpen(target)) {
      const name = `${namesOf(target.name).type}${field.joinTable === null ? 'Link' : 'Links'}Filter`;
      return this.#filterNamed(name, () => ({
        ...this.#filterFields(target),
        ...this.#operatorFields(field, GraphQLID),
      }));
    }
    if (!isStored || field.fieldType.operators.length === 0) return null;
    const scalar = scalarOf(field);
    const operators = field.fieldType.operators;
    const kind = COMPARISONS[operators.join(' ')] ?? operators.join('_');
    return this.#filterNamed(`${scalar.name}${kind}Comparison`, () => this.#operatorFields(field, scalar));
  }

  #operatorFields({ fieldType: { operators } }: Field, scalar: GraphQLScalarType): GraphQLInputFieldConfigMap {
    return Object.fromEntries(
      [...new Set([...operators, 'null' as const])].map((operator) => {
        if (operator === 'null') return [operator, { type: GraphQLBoolean }];
        const value = new GraphQLNonNull(scalar);
        return [operator, { type: LIST_OPERATORS.includes(operator) ? new GraphQLList(value) : scalar }];
      }),
    );
  }

  /** What is written to a record; nothing is required here: the server says what is missing, all at once. */
  input(entity: Entity): GraphQLInputObjectType | null {
    const name = `${namesOf(entity.name).type}Input`;
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    const fields = entity.fields.filter((field) => this.#writes(entity, field));
    if (fields.length === 0) return null;
    const type = new GraphQLInputObjectType({
      name,
      fields: () => ({
        ...(entity.owner === null ? {} : { id: { type: GraphQLID, description: 'The stored row that is meant.' } }),
        ...Object.fromEntries(fields.flatMap((field) => this.#inputField(field))),
      }),
    });
    this.#inputs.set(name, type);
    return type;
  }

  #inputField(field: Field): [string, { type: GraphQLInputType }][] {
    if (field.of !== null && field.target !== null) {
      const rows = this.input(field.target);
      return rows === null ? [] : [[field.name, { type: new GraphQLList(new GraphQLNonNull(rows)) }]];
    }
    if (field.joinTable !== null) return [[field.name, { type: new GraphQLList(new GraphQLNonNull(GraphQLID)) }]];
    return [[field.name, { type: scalarOf(field) }]];
  }
}
