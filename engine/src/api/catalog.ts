import { refuse } from '../base/errors.ts';
import { instantOf } from '../base/clock.ts';
import { actorOf } from '../access/caller.ts';
import { configure, listActivations } from '../runtime/activations.ts';
import type { Activation } from '../runtime/activations.ts';
import { noteActivity } from '../runtime/activities.ts';
import { checkConfiguration, settingsSchema } from '../runtime/configuration.ts';
import type { CompanyRuntime } from '../runtime/company.ts';
import type { Engine } from '../runtime/engine.ts';
import type { Locale } from '../metamodel/text.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { admin, anyone, member } from './route.ts';
import type { Answer, Ask, CompanyAsk, Route } from './route.ts';

/** Business types, modules and the modules of a company (R-B1). */
export function catalogRoutes(engine: Engine): readonly Route[] {
  const { catalog } = engine;
  const key = (ask: Ask): string => ask.parameters['id'] ?? '';
  return [
    anyone('GET /api/v1/business-types', async (ask) => found(ask, await catalog.businessTypes(ask.locale))),
    anyone('GET /api/v1/business-types/:id', async (ask) =>
      found(ask, await catalog.businessType(key(ask), ask.locale)),
    ),
    anyone('GET /api/v1/business-types/:id/recommendations', async (ask) =>
      found(ask, await catalog.modulesFor(key(ask), ask.locale)),
    ),
    anyone('GET /api/v1/modules', async (ask) => {
      const { category } = readParameters(ask.queryText, ['category']);
      return { status: 200, body: { data: await catalog.modules(category, ask.locale) } };
    }),
    anyone('GET /api/v1/modules/:id', async (ask) => found(ask, await catalog.module(key(ask), ask.locale))),
    anyone('GET /api/v1/modules/:id/recommendations', async (ask) =>
      found(ask, await catalog.typesFor(key(ask), ask.locale)),
    ),
    member('modules', 'GET /api/v1/user-modules', async (ask) => found(ask, await companyModules(engine, ask))),
    admin('modules', 'POST /api/v1/user-modules', (ask) => activate(engine, ask), { body: 'json' }),
    admin('modules', 'PATCH /api/v1/user-modules/:id', (ask) => reconfigure(engine, ask), { body: 'json' }),
    admin('modules', 'DELETE /api/v1/user-modules/:id', (ask) => deactivate(engine, ask)),
  ];
}

function found(ask: Ask, data: unknown): Answer {
  readParameters(ask.queryText, []);
  if (data === null) throw refuse('not-found');
  return { status: 200, body: { data } };
}

type ModuleOfCompany = Readonly<Record<string, unknown>>;

export async function companyModules(engine: Engine, ask: CompanyAsk): Promise<readonly ModuleOfCompany[]> {
  const activations = await listActivations(engine.server.catalog, ask.company.entry.ownerId);
  return describeAll(engine, ask.company, activations, ask.locale);
}

async function describeAll(
  engine: Engine,
  company: CompanyRuntime,
  activations: readonly Activation[],
  locale: Locale,
): Promise<readonly ModuleOfCompany[]> {
  const modules = await engine.catalog.modules(undefined, locale);
  return activations.map((activation) => {
    const settings = company.model.modules.find(({ slug }) => slug === activation.slug)?.settings ?? [];
    return {
      id: activation.id,
      module: modules.find(({ slug }) => slug === activation.slug) ?? { slug: activation.slug },
      is_active: activation.isActive,
      activated_at: activation.activatedAt === null ? null : instantOf(activation.activatedAt),
      configuration: activation.configuration,
      settings_schema: settings.length === 0 ? null : settingsSchema(settings, locale),
    };
  });
}

/** Answers the module that was asked for; `meta.activated` names everything that became active with it. */
export async function activate(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const rule = { lengthMax: 100 };
  const key = input.optionalText('module_id', rule) ?? input.optionalText('module', rule);
  if (key === null) input.fault('module', 'required');
  const configuration = input.object('configuration');
  const module = key === null ? null : await engine.catalog.module(key, ask.locale);
  if (key !== null && module === null) {
    input.fault(input.has('module_id') ? 'module_id' : 'module', 'unknown-choice', { what: 'module' });
  }
  input.finish();

  const slug = module?.slug ?? '';
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  const activated = await engine.changes.activate(ask.company.entry, slug, configuration, actor);
  const company = await engine.companies.latest(ask.company.entry.id);
  const activations = await listActivations(engine.server.catalog, company.entry.ownerId);
  const asked = activations.filter((activation) => activation.slug === slug);
  const [data] = await describeAll(engine, company, asked, ask.locale);
  return { status: activated.length > 0 ? 201 : 200, body: { data, meta: { activated } } };
}

export async function reconfigure(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const activation = await findActivation(engine, ask);
  const input = new Input(ask.body);
  const configuration = input.object('configuration');
  if (configuration === null) input.fault('configuration', 'required');
  input.finish();
  const module = ask.company.model.modules.find(({ slug }) => slug === activation.slug);
  if (module === undefined) throw refuse('module-access-denied', { parameters: { module: activation.slug } });
  const checked = checkConfiguration(configuration ?? {}, module.settings, '/configuration');

  const actor = actorOf(ask.caller, ask.member, ask.locale);
  await engine.changes.configure(ask.company.entry, async (transaction) => {
    await configure(transaction, activation.id, checked);
    await noteActivity(transaction, {
      companyId: ask.company.entry.id,
      actor,
      action: 'module.configure',
      subject: activation.slug,
      detail: { before: activation.configuration, after: checked },
    });
  });
  const company = await engine.companies.latest(ask.company.entry.id);
  const [data] = await describeAll(engine, company, [{ ...activation, configuration: checked }], ask.locale);
  return { status: 200, body: { data } };
}

export async function deactivate(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const activation = await findActivation(engine, ask);
  if (!activation.isActive) throw refuse('not-found');
  await engine.changes.deactivate(ask.company.entry, activation.slug, actorOf(ask.caller, ask.member, ask.locale));
  return { status: 204 };
}

/** The row that the address names, by its id or by the slug of its module. */
async function findActivation(engine: Engine, ask: CompanyAsk): Promise<Activation> {
  const key = ask.parameters['id'];
  const activations = await listActivations(engine.server.catalog, ask.company.entry.ownerId);
  const activation = activations.find(({ id, slug }) => id === key || slug === key);
  if (activation === undefined) throw refuse('not-found');
  return activation;
}
