import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { GraphQLFieldConfigMap } from 'graphql';
import { covers } from '../../access/abilities.ts';
import type { Verb } from '../../access/abilities.ts';
import { isAdmin } from '../../access/member.ts';
import { refuse } from '../../base/errors.ts';
import type { BusinessType, CatalogModule } from '../../runtime/catalog.ts';
import type { Engine } from '../../runtime/engine.ts';
import { activate, companyModules, deactivate, reconfigure } from '../catalog.ts';
import type { CompanyAsk } from '../route.ts';
import { companyOf } from './record-fields.ts';
import { JsonScalar } from './scalars.ts';
import type { GraphQlSession } from './session.ts';

/* Business types, modules and the modules of a company (R-B4). */

type Fields = GraphQLFieldConfigMap<unknown, GraphQlSession>;

const text = { type: new GraphQLNonNull(GraphQLString) };

const BusinessTypeType = new GraphQLObjectType<BusinessType>({
  name: 'BusinessType',
  fields: {
    id: { type: new GraphQLNonNull(GraphQLID) },
    name: text,
    slug: text,
    description: { type: GraphQLString },
    icon: { type: GraphQLString },
    color: { type: GraphQLString },
  },
});

const ModuleType = new GraphQLObjectType<CatalogModule>({
  name: 'Module',
  fields: {
    id: { type: new GraphQLNonNull(GraphQLID) },
    name: text,
    slug: text,
    description: { type: GraphQLString },
    category: text,
    icon: { type: GraphQLString },
    version: text,
    isCore: { type: new GraphQLNonNull(GraphQLBoolean), resolve: (module) => module.is_core },
    dependencies: { type: new GraphQLNonNull(new GraphQLList(text.type)) },
  },
});

interface ModuleOfCompany {
  readonly id: string;
  readonly module: unknown;
  readonly is_active: boolean;
  readonly activated_at: string | null;
  readonly configuration: unknown;
}

const UserModuleType = new GraphQLObjectType<ModuleOfCompany>({
  name: 'UserModule',
  fields: {
    id: { type: new GraphQLNonNull(GraphQLID) },
    module: { type: new GraphQLNonNull(ModuleType) },
    isActive: { type: new GraphQLNonNull(GraphQLBoolean), resolve: (own) => own.is_active },
    activatedAt: { type: GraphQLString, resolve: (own) => own.activated_at },
    configuration: { type: JsonScalar },
  },
});

interface RecommendedModule {
  readonly id: string;
  readonly priority: number;
  readonly is_required: boolean;
  readonly because: string | null;
  readonly module: unknown;
}

const ModuleRecommendationType = new GraphQLObjectType<RecommendedModule>({
  name: 'ModuleRecommendation',
  fields: {
    id: { type: new GraphQLNonNull(GraphQLID) },
    priority: { type: new GraphQLNonNull(GraphQLInt), description: '1 high, 2 medium, 3 low.' },
    isRequired: { type: new GraphQLNonNull(GraphQLBoolean), resolve: (each) => each.is_required },
    because: { type: GraphQLString },
    module: { type: new GraphQLNonNull(ModuleType) },
  },
});

const listOf = (type: GraphQLObjectType): GraphQLNonNull<GraphQLList<GraphQLNonNull<GraphQLObjectType>>> =>
  new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));
const idArgument = { type: new GraphQLNonNull(GraphQLID), description: 'An id or a slug.' };

/** What anybody may ask. */
export function openQueries({ catalog }: Engine): Fields {
  return {
    businessTypes: {
      type: listOf(BusinessTypeType),
      resolve: (_, __, { ask }) => catalog.businessTypes(ask.locale),
    },
    modules: {
      type: listOf(ModuleType),
      args: { category: { type: GraphQLString } },
      resolve: (_, { category }, { ask }) => catalog.modules((category as string | null) ?? undefined, ask.locale),
    },
    moduleRecommendations: {
      type: listOf(ModuleRecommendationType),
      args: { businessTypeId: idArgument },
      resolve: async (_, { businessTypeId }, { ask }) => {
        const found = await catalog.modulesFor(String(businessTypeId), ask.locale);
        if (found === null) throw refuse('not-found');
        return found;
      },
    },
  };
}

/** What members of a company may ask besides. */
export function companyQueries(engine: Engine): Fields {
  return {
    userModules: {
      type: listOf(UserModuleType),
      resolve: (_, __, session) => companyModules(engine, demandModules(session, 'read')),
    },
  };
}

interface ModuleArguments {
  readonly moduleId: string;
  readonly config?: unknown;
}

export function companyMutations(engine: Engine): Fields {
  const moduleId = { moduleId: idArgument };
  return {
    activateModule: {
      type: new GraphQLNonNull(UserModuleType),
      args: moduleId,
      resolve: async (_, { moduleId: key }: ModuleArguments, session) => {
        const ask = demandAdmin(session);
        return dataOf(await activate(engine, { ...ask, body: { module: key } }));
      },
    },
    deactivateModule: {
      type: new GraphQLNonNull(GraphQLBoolean),
      args: moduleId,
      resolve: async (_, { moduleId: key }: ModuleArguments, session) => {
        await deactivate(engine, await namingModule(engine, demandAdmin(session), key));
        return true;
      },
    },
    updateModuleConfiguration: {
      type: new GraphQLNonNull(UserModuleType),
      args: { ...moduleId, config: { type: new GraphQLNonNull(JsonScalar) } },
      resolve: async (_, { moduleId: key, config }: ModuleArguments, session) => {
        const ask = await namingModule(engine, demandAdmin(session), key);
        return dataOf(await reconfigure(engine, { ...ask, body: { configuration: config } }));
      },
    },
  };
}

/** A token reaches modules only as far as its abilities say; the door of `/graphql` itself asks for none. */
function demandModules(session: GraphQlSession, verb: Verb): CompanyAsk {
  const ask = companyOf(session);
  if (!covers(ask.caller.abilities, 'modules', verb)) throw refuse('forbidden');
  return ask;
}

function demandAdmin(session: GraphQlSession): CompanyAsk {
  const ask = demandModules(session, 'write');
  if (!isAdmin(ask.member)) throw refuse('forbidden');
  return ask;
}

/** As the address of REST names it: by the slug of the module. */
async function namingModule(engine: Engine, ask: CompanyAsk, key: string): Promise<CompanyAsk> {
  const module = await engine.catalog.module(key, ask.locale);
  if (module === null) throw refuse('not-found');
  return { ...ask, parameters: { id: module.slug } };
}

function dataOf({ body }: { readonly body?: unknown }): unknown {
  return (body as { readonly data: unknown }).data;
}
