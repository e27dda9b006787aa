import { GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { GraphQLFieldConfigMap } from 'graphql';
import type { Engine } from '../../runtime/engine.ts';
import type { DescribedCompany } from '../description/described-company.ts';
import { companyMutations, companyQueries, openQueries } from './catalog-fields.ts';
import { recordQueries } from './record-fields.ts';
import { recordMutations } from './record-mutations.ts';
import { RecordTypes } from './record-types.ts';
import { SCALARS } from './scalars.ts';
import type { GraphQlSession } from './session.ts';

/**
 * The schema of what a caller can reach: the catalog, and with a company every entity as that caller sees it. What is
 * hidden has no type, field or argument.
 */
export function graphQlSchema(engine: Engine, company: DescribedCompany | null): GraphQLSchema {
  const queries: GraphQLFieldConfigMap<unknown, GraphQlSession> = { ...openQueries(engine) };
  const mutations: GraphQLFieldConfigMap<unknown, GraphQlSession> = {};
  if (company !== null) {
    Object.assign(queries, companyQueries(engine));
    Object.assign(mutations, companyMutations(engine));
    const types = new RecordTypes(company);
    for (const entity of company.model.entities.values()) {
      if (!types.isOpen(entity)) continue;
      Object.assign(queries, recordQueries(entity, types, company));
      Object.assign(mutations, recordMutations(engine, entity, types, company));
    }
  }
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: queries }),
    ...(company === null ? {} : { mutation: new GraphQLObjectType({ name: 'Mutation', fields: mutations }) }),
    types: [...SCALARS],
  });
}
