import { actorOf } from '../access/caller.ts';
import { demandGrantable } from '../access/granting.ts';
import { refuse } from '../base/errors.ts';
import { changedLayer, layerChanges } from '../runtime/company-layer.ts';
import type { CompanyLayer } from '../runtime/company-layer.ts';
import type { Engine } from '../runtime/engine.ts';
import { isScope, layerWithPackage, packageOf } from '../runtime/metadata-package.ts';
import { documentChanges, planLayer } from '../runtime/metadata-planning.ts';
import type { LayerPlan } from '../runtime/metadata-planning.ts';
import { noteStandard } from '../runtime/standard-base.ts';
import { findVersion, listVersions } from '../runtime/metadata-versions.ts';
import type { MetadataVersion } from '../runtime/metadata-versions.ts';
import { demandSize, readPackage, readPlanned } from './customising-input.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const VERSIONS_MAX = 200;

/** Looking at, publishing and moving the documents that a company has of its own. */
export function customisingRoutes(engine: Engine): readonly Route[] {
  return [
    admin('metadata', 'POST /api/v1/metadata/plan', (ask) => plan(engine, ask), { body: 'bulk' }),
    admin('metadata', 'POST /api/v1/metadata/apply', (ask) => apply(engine, ask), { body: 'json' }),
    admin('metadata', 'GET /api/v1/metadata/versions', versions),
    admin('metadata', 'GET /api/v1/metadata/versions/:number', version),
    admin('metadata', 'POST /api/v1/metadata/versions/:number/restore', (ask) => restore(engine, ask)),
    admin('metadata', 'GET /api/v1/metadata/export', exported),
    admin('metadata', 'POST /api/v1/metadata/import', (ask) => imported(engine, ask), { body: 'bulk' }),
  ];
}

async function plan(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { changes, note } = readPlanned(ask.body);
  const layer = changedLayer(ask.company.layer, changes);
  demandSize(layer, '/changes');
  demandRights(engine, ask, layer);
  const made = await planLayer(engine.models, ask.company, layer, { note, keep: true });
  return { status: 200, body: { data: planJson(made) } };
}

function planJson({ id, hash, changes, steps, diagnostics, risks }: LayerPlan): Readonly<Record<string, unknown>> {
  return {
    plan_id: id,
    model_hash: hash,
    changes,
    // The SQL stays here: it is the engine's own business and would tell of the database.
    steps: steps.map(({ kind, table, names, description, rows, blocks }) => {
      return { kind, table, names, description, rows, blocks };
    }),
    diagnostics,
    risks,
  };
}

async function apply(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const input = new Input(ask.body);
  const id = input.text('plan_id', { lengthMax: 64 });
  input.finish();
  return published(engine, ask, id);
}

async function published(engine: Engine, ask: CompanyAsk, planId: string): Promise<Answer> {
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  const number = await engine.changes.publish(ask.company.entry, planId, actor);
  const company = await engine.companies.latest(ask.company.entry.id);
  await noteStandard(engine.models, company);
  const { model } = company;
  return { status: 200, body: { data: { version: number, model_hash: model.hash } } };
}

/** Nobody publishes a right they lack (promise R5): a token changes no role that opens more than its abilities cover. */
function demandRights(engine: Engine, { company, caller }: CompanyAsk, layer: CompanyLayer): void {
  const roles = layerChanges(company.layer, layer).flatMap(({ kind, document }) =>
    kind === 'permission' && typeof document?.['role'] === 'string' ? [document['role']] : [],
  );
  const model = roles.length === 0 ? null : engine.models.compile(company.modules, layer).model;
  if (model !== null) demandGrantable(roles, caller.abilities, model);
}

/** Plans a layer and publishes it at once. A layer that cannot be applied is refused with its plan. */
async function publishLayer(engine: Engine, ask: CompanyAsk, layer: CompanyLayer, note: string): Promise<Answer> {
  demandRights(engine, ask, layer);
  const made = await planLayer(engine.models, ask.company, layer, { note, keep: true });
  if (made.id === null) throw refuse('conflict', { data: planJson(made) });
  return published(engine, ask, made.id);
}

async function versions(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { database, entry } = ask.company;
  return { status: 200, body: { data: await listVersions(database, entry.metadataVersion, VERSIONS_MAX) } };
}

async function demandVersion(ask: CompanyAsk): Promise<MetadataVersion> {
  readParameters(ask.queryText, []);
  const { database, entry } = ask.company;
  const text = ask.parameters['number'] ?? '';
  const number = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  const found = number <= entry.metadataVersion ? await findVersion(database, number) : null;
  if (found === null) throw refuse('not-found');
  return found;
}

async function version(ask: CompanyAsk): Promise<Answer> {
  const { layer, ...facts } = await demandVersion(ask);
  const before = await findVersion(ask.company.database, facts.number - 1);
  const changes = documentChanges(before?.layer ?? { documents: [], hash: '' }, layer);
  const former = before?.modules ?? [];
  const data = {
    ...facts,
    documents: layer.documents,
    changes,
    modules_added: facts.modules.filter((each) => !former.includes(each)),
    modules_removed: former.filter((each) => !facts.modules.includes(each)),
  };
  return { status: 200, body: { data } };
}

/** The company's own documents become those of a version; modules stay as they are, and no value is lost. */
async function restore(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const { layer, number } = await demandVersion(ask);
  return publishLayer(engine, ask, layer, `restore ${number}`);
}

function exported(ask: CompanyAsk): Answer {
  const { scope = 'company' } = readParameters(ask.queryText, ['scope']);
  if (!isScope(scope)) {
    const parameters = { options: 'company, module:{slug}' };
    throw refuse('malformed-query', { faults: [{ pointer: '/scope', code: 'option', parameters }] });
  }
  return { status: 200, body: packageOf(ask.company.layer, scope) };
}

async function imported(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const { dry_run: dryRun = 'false' } = readParameters(ask.queryText, ['dry_run']);
  if (dryRun !== 'true' && dryRun !== 'false') {
    const parameters = { options: 'true, false' };
    throw refuse('malformed-query', { faults: [{ pointer: '/dry_run', code: 'option', parameters }] });
  }
  const { scope, documents } = readPackage(ask.body);
  const layer = layerWithPackage(ask.company.layer, scope, documents);
  demandSize(layer, '/documents');
  if (dryRun === 'false') return publishLayer(engine, ask, layer, `import ${scope}`);
  const made = await planLayer(engine.models, ask.company, layer, { note: null, keep: false });
  return { status: 200, body: { data: planJson(made) } };
}
