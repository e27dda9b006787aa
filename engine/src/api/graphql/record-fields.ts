import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { GraphQLFieldConfig, GraphQLFieldConfigMap } from 'graphql';
import { refuse } from '../../base/errors.ts';
import type { Entity } from '../../compiler/model.ts';
import { AGGREGATES } from '../../metamodel/operation.ts';
import type { Aggregate, ListQuery, Sort } from '../../metamodel/operation.ts';
import { runOperation } from '../../records/run.ts';
import type { JsonRecord } from '../../records/stored-entity.ts';
import type { DescribedCompany } from '../description/described-company.ts';
import { allowed, contextOf } from '../record-ask.ts';
import type { CompanyAsk } from '../route.ts';
import { conditionOf } from '../json-filter.ts';
import type { FilterInput } from '../json-filter.ts';
import { namesOf } from './names.ts';
import type { RecordTypes } from './record-types.ts';
import { JsonScalar } from './scalars.ts';
import { wantedFields } from './selection.ts';
import { PLAIN_LIST } from './session.ts';
import type { GraphQlSession } from './session.ts';

const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 200;
const SORT_MAX = 5;

type Fields = GraphQLFieldConfigMap<unknown, GraphQlSession>;

/** A record of the company, which whoever resolves these fields has. */
export function companyOf({ company }: GraphQlSession): CompanyAsk {
  if (company === null) throw refuse('not-signed-in');
  return company;
}

/** Queries for the records of one entity: one, a page of many, and figures over them. */
export function recordQueries(entity: Entity, types: RecordTypes, company: DescribedCompany): Fields {
  const names = namesOf(entity.name);
  if (!(company.doorsOf(entity)?.actions.includes('read') ?? false)) return {};
  return {
    [names.one]: oneField(entity, types),
    [names.many]: manyField(entity, types),
    [`${names.many}Aggregate`]: aggregateField(entity, types),
  };
}

function oneField(entity: Entity, types: RecordTypes): GraphQLFieldConfig<unknown, GraphQlSession> {
  return {
    type: types.object(entity),
    description: 'Null when there is no such record.',
    args: { id: { type: new GraphQLNonNull(GraphQLID) } },
    resolve: (_, { id }, session, info) => {
      const { fields, titles } = wantedFields(info, entity, [[]]);
      companyOf(session);
      return session.records?.load(entity, String(id), fields, titles) ?? null;
    },
  };
}

interface ListArguments {
  readonly filter?: FilterInput;
  readonly sort?: readonly string[];
  readonly search?: string;
  readonly first?: number;
  readonly after?: string;
}

function manyField(entity: Entity, types: RecordTypes): GraphQLFieldConfig<unknown, GraphQlSession> {
  return {
    type: new GraphQLNonNull(types.connection(entity)),
    args: {
      filter: { type: types.filter(entity) },
      sort: {
        type: new GraphQLList(new GraphQLNonNull(GraphQLString)),
        description: 'Fields, or paths through links; `-` before one for the greatest first.',
      },
      search: { type: GraphQLString },
      first: { type: GraphQLInt, description: `${PAGE_SIZE_DEFAULT} when absent, at most ${PAGE_SIZE_MAX}.` },
      after: { type: GraphQLString, description: 'The cursor that the page begins behind.' },
    },
    resolve: async (_, given, session, info) => {
      const ask = companyOf(session);
      const { fields, titles } = wantedFields(info, entity, [['nodes'], ['edges', 'node']]);
      const query = listQueryOf(entity, given as ListArguments, fields, titles);
      const authorized = allowed(ask, { kind: 'list', entity: entity.name, query });
      const { records, total, totalCapped } = await runOperation(contextOf(ask), authorized);
      return pageOf(records, query.page.offset ?? 0, total, totalCapped);
    },
  };
}

function listQueryOf(entity: Entity, given: ListArguments, fields: readonly string[], titles: boolean): ListQuery {
  const size = given.first ?? PAGE_SIZE_DEFAULT;
  if (size < 1 || size > PAGE_SIZE_MAX) {
    throw refuse('malformed-query', {
      faults: [{ pointer: '/first', code: 'maximum', parameters: { maximum: String(PAGE_SIZE_MAX) } }],
    });
  }
  const after = given.after === undefined || given.after === null ? 0 : offsetBehind(given.after);
  return {
    ...PLAIN_LIST,
    condition: conditionOf(given.filter, entity),
    sort: sortOf(given.sort ?? []),
    search: given.search === undefined || given.search === '' ? null : given.search,
    fields,
    titles,
    page: { number: 1, size, offset: after },
  };
}

function sortOf(names: readonly string[]): readonly Sort[] {
  if (names.length > SORT_MAX) {
    const parameters = { maximum: String(SORT_MAX) };
    throw refuse('malformed-query', { faults: [{ pointer: '/sort', code: 'too-many', parameters }] });
  }
  return names.map((name) => ({ path: name.replace(/^-/, '').split('.'), descending: name.startsWith('-') }));
}

const CURSOR = /^[1-9]\d{0,8}$/;

/** A cursor counts the records up to and with its own. */
function cursorOf(place: number): string {
  return Buffer.from(String(place)).toString('base64url');
}

function offsetBehind(cursor: string): number {
  const place = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!CURSOR.test(place)) throw refuse('malformed-query', { faults: [{ pointer: '/after', code: 'unreadable' }] });
  return Number(place);
}

function pageOf(records: readonly JsonRecord[], offset: number, total: number, totalCapped: boolean): object {
  const edges = records.map((node, index) => ({ cursor: cursorOf(offset + index + 1), node }));
  return {
    nodes: records,
    edges,
    totalCount: total,
    pageInfo: {
      hasNextPage: offset + records.length < total || totalCapped,
      hasPreviousPage: offset > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const AggregateType = new GraphQLEnumType({
  name: 'Aggregate',
  values: Object.fromEntries(AGGREGATES.map((name) => [name, { value: name }])),
});

const MeasureInput = new GraphQLInputObjectType({
  name: 'Measure',
  fields: {
    aggregate: { type: new GraphQLNonNull(AggregateType) },
    field: { type: GraphQLString, description: 'Absent for counting records.' },
  },
});

const FiguresType = new GraphQLObjectType({
  name: 'Figures',
  fields: {
    group: { type: new GraphQLNonNull(JsonScalar), description: 'What the records have in common, by field.' },
    count: { type: new GraphQLNonNull(GraphQLInt) },
    values: { type: new GraphQLNonNull(JsonScalar), description: 'By `sum_total` and the like.' },
  },
});

const AggregationType = new GraphQLObjectType({
  name: 'Aggregation',
  fields: {
    rows: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(FiguresType))) },
    truncated: { type: new GraphQLNonNull(GraphQLBoolean), description: 'There are more groups.' },
  },
});

interface AggregateArguments {
  readonly filter?: FilterInput;
  readonly search?: string;
  readonly group?: readonly string[];
  readonly measures?: readonly { readonly aggregate: Aggregate; readonly field?: string }[];
}

function aggregateField(entity: Entity, types: RecordTypes): GraphQLFieldConfig<unknown, GraphQlSession> {
  return {
    type: new GraphQLNonNull(AggregationType),
    description: 'Figures over records, for each combination of the fields that they are grouped by.',
    args: {
      filter: { type: types.filter(entity) },
      search: { type: GraphQLString },
      group: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) },
      measures: { type: new GraphQLList(new GraphQLNonNull(MeasureInput)) },
    },
    resolve: async (_, given, session) => {
      const ask = companyOf(session);
      const { filter, search, group = [], measures = [] } = given as AggregateArguments;
      const query = {
        condition: conditionOf(filter, entity),
        search: search === undefined || search === '' ? null : search,
        groups: group.map((path) => path.split('.')),
        measures: measures.map(({ aggregate, field }) => ({ aggregate, field: field ?? null })),
      };
      const authorized = allowed(ask, { kind: 'aggregate', entity: entity.name, query });
      const { rows, truncated } = await runOperation(contextOf(ask), authorized);
      return {
        truncated,
        rows: rows.map(({ keys, count, values }) => ({
          count,
          group: Object.fromEntries(group.map((path, index) => [path, keys[index] ?? null])),
          values: Object.fromEntries(
            query.measures.map(({ aggregate, field }, index) => [
              field === null ? aggregate : `${aggregate}_${field}`,
              values[index] ?? null,
            ]),
          ),
        })),
      };
    },
  };
}
