import { actorOf } from '../access/caller.ts';
import { actionsOn } from '../access/entity-actions.ts';
import { demandGrantable } from '../access/granting.ts';
import { listInvitations } from '../access/invitations.ts';
import { ADMIN_ROLE, USER_ROLE } from '../access/member.ts';
import { listMembers } from '../access/members.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { slugOf } from '../base/ids.ts';
import { compile } from '../compiler/compile.ts';
import type { Entity, Field, Model } from '../compiler/model.ts';
import type { Diagnostic } from '../metamodel/diagnostic.ts';
import { LOCALES, textIn } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import { noteActivity } from '../runtime/activities.ts';
import { changedLayer, sourceLayerOf } from '../runtime/company-layer.ts';
import type { CompanyDocument, CompanyLayer, DocumentChange } from '../runtime/company-layer.ts';
import {
  grantsOfRole,
  openModules,
  ownRole,
  ownRoleName,
  roleChange,
  roleFile,
  roleVersion,
} from '../runtime/company-roles.ts';
import type { Engine } from '../runtime/engine.ts';
import { planLayer } from '../runtime/metadata-planning.ts';
import { demandSize } from './customising-input.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { admin, member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const LABEL_LENGTH_MAX = 100;
const SLUG_LENGTH_MAX = 40;
const GRANTS_MAX = 300;
const CONDITION_LENGTH_MAX = 2_000;
/** A role that stands for a condition while it is being typed; it is never published. */
const TRIAL_ROLE = ownRoleName('condition-being-typed');

/** The roles of a company: those of modules, and its own, which it makes and changes through its layer. */
export function roleRoutes(engine: Engine): readonly Route[] {
  const json = { body: 'json' } as const;
  const path = '/api/v1/roles' as const;
  return [
    member('members', `GET ${path}`, list),
    admin('members', `GET ${path}/grantable`, grantable),
    admin('members', `POST ${path}/conditions`, (ask) => tryCondition(engine, ask), { ...json, reads: true }),
    admin('members', `GET ${path}/:role`, one),
    admin('members', `POST ${path}`, (ask) => create(engine, ask), json),
    admin('members', `PATCH ${path}/:role`, (ask) => change(engine, ask), json),
    admin('members', `DELETE ${path}/:role`, (ask) => remove(engine, ask)),
  ];
}

/** The roles that may be given: the two of every company, those of the active modules, and the company's own. */
function list(ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  const general = [
    { name: ADMIN_ROLE, label: 'Admin', module: null, is_own: false },
    { name: USER_ROLE, label: ask.locale === 'id' ? 'Pengguna' : 'User', module: null, is_own: false },
  ];
  const { model, layer } = ask.company;
  const granted = model.roles
    .filter(({ name }) => name !== ADMIN_ROLE && name !== USER_ROLE)
    .map(({ name, label, module }) => {
      const isOwn = ownRole(layer, name) !== null;
      return { name, label: textIn(label, ask.locale), module: isOwn ? null : module, is_own: isOwn };
    });
  return { status: 200, body: { data: [...general, ...granted] } };
}

/** Everything there is to grant: modules, their entities with actions and fields, and what steps are called. */
function grantable(ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  const { model } = ask.company;
  const open = openModules(model);
  const entities = [...model.entities.values()].filter(({ kind }) => kind !== 'lines');
  const named = new Set(model.modules.map(({ slug }) => slug));
  const modules = [
    ...[...model.modules]
      .sort((a, b) => a.sortOrder - b.sortOrder)
      .map(({ slug, name }) => ({ slug, name: textIn(name, ask.locale) })),
    // A company's own entities may stand under a name that is no module's.
    ...[...new Set(entities.map(({ module }) => module))]
      .filter((slug) => !named.has(slug))
      .map((slug) => ({ slug, name: slug })),
  ];
  const data = modules.map(({ slug, name }) => ({
    slug,
    name,
    is_open: open.has(slug),
    entities: entities.filter(({ module }) => module === slug).map((entity) => grantableEntity(entity, ask)),
  }));
  return { status: 200, body: { data: data.filter((each) => each.entities.length > 0) } };
}

function grantableEntity(entity: Entity, ask: CompanyAsk): Readonly<Record<string, unknown>> {
  const { model } = ask.company;
  const label = ({ label: text }: { readonly label: Text }): string => textIn(text, ask.locale);
  const steps = model.workflows.get(entity.name)?.transitions ?? [];
  return {
    name: entity.name,
    label: textIn(entity.labelPlural, ask.locale),
    kind: entity.kind,
    actions: actionsOn(entity, model),
    steps: steps.map((step) => ({ action: `transition:${step.name}`, label: label(step), roles: step.roles })),
    fields: entity.fields.map((field) => ({
      name: field.name,
      label: label(field),
      rows: rowFields(field).map((row) => ({ name: row.name, label: label(row) })),
    })),
  };
}

function rowFields(field: Field): readonly Field[] {
  return field.of === null ? [] : (field.target?.fields ?? []);
}

function one(ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  return { status: 200, body: { data: roleJson(ask.company, demandRole(ask)) } };
}

function demandRole(ask: CompanyAsk): string {
  const role = ask.parameters['role'] ?? '';
  if (!ask.company.model.roles.some(({ name }) => name === role)) throw refuse('not-found');
  return role;
}

function roleJson(
  { model, layer }: { readonly model: Model; readonly layer: CompanyLayer },
  name: string,
): Readonly<Record<string, unknown>> {
  const own = ownRole(layer, name);
  return {
    name,
    label: model.roles.find((role) => role.name === name)?.label ?? {},
    is_own: own !== null,
    version: own === null ? null : roleVersion(own),
    grants: grantsOfRole(model, name),
  };
}

/** A role of the company's own. Throws `conflict` for one that a module brings: copy it and change the copy. */
function demandOwn(ask: CompanyAsk): CompanyDocument {
  const name = demandRole(ask);
  const own = ownRole(ask.company.layer, name);
  if (own === null) throw refuse('conflict', { faults: [{ pointer: '', code: 'role-of-a-module' }] });
  return own;
}

async function create(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const isTrial = readTrial(ask);
  const input = new Input(ask.body);
  const label = readLabel(input) ?? {};
  const slug = input.optionalText('name', { lengthMax: SLUG_LENGTH_MAX });
  const name = ownRoleName(slugOf(slug ?? textIn(label, 'en')));
  const grants = readGrants(input) ?? [];
  if (Object.keys(label).length === 0) input.fault('label', 'required');
  else if (!/^[a-z][a-z0-9-]*$/.test(name.split('.')[1] ?? '')) input.fault(slug === null ? 'label' : 'name', 'slug');
  if (grants.length === 0) input.fault('grants', 'required');
  input.finish();
  if (ask.company.model.roles.some((role) => role.name === name)) {
    throw refuse('already-exists', { faults: [{ pointer: slug === null ? '/label' : '/name', code: 'unique' }] });
  }
  return publish(engine, ask, { isTrial, action: 'role.create', change: roleChange(name, label, grants) });
}

async function change(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const isTrial = readTrial(ask);
  const own = demandOwn(ask);
  const input = new Input(ask.body);
  const version = input.optionalText('version', { lengthMax: 64 });
  const label = readLabel(input) ?? (own.document['label'] as Text | undefined) ?? {};
  const grants = readGrants(input) ?? (own.document['grants'] as readonly Readonly<Record<string, unknown>>[]);
  if (grants.length === 0) input.fault('grants', 'required');
  input.finish();
  if (version === null) throw refuse('version-missing');
  if (version !== roleVersion(own)) throw refuse('stale-version', { data: roleJson(ask.company, own.name) });
  return publish(engine, ask, { isTrial, action: 'role.change', change: roleChange(own.name, label, grants) });
}

async function remove(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { name } = demandOwn(ask);
  const { catalog } = engine.server;
  const companyId = ask.company.entry.id;
  const holders = [...(await listMembers(catalog, companyId)), ...(await listInvitations(catalog, companyId))]
    .filter(({ roles }) => roles.includes(name))
    .map(({ email }) => email);
  if (holders.length > 0) {
    const parameters = { people: holders.join(', ') };
    throw refuse('conflict', { faults: [{ pointer: '', code: 'role-in-use', parameters }] });
  }
  await publish(engine, ask, {
    isTrial: false,
    action: 'role.delete',
    change: { kind: 'permission', name, document: null },
  });
  return { status: 204 };
}

/** With `?dry_run=true` nothing is published: the answer says what would be wrong, and which modules it closes. */
function readTrial(ask: CompanyAsk): boolean {
  const { dry_run: dryRun = 'false' } = readParameters(ask.queryText, ['dry_run']);
  if (dryRun !== 'true' && dryRun !== 'false') {
    const parameters = { options: 'true, false' };
    throw refuse('malformed-query', { faults: [{ pointer: '/dry_run', code: 'option', parameters }] });
  }
  return dryRun === 'true';
}

/** What people call the role: one text, or one for each language. */
function readLabel(input: Input): Text | null {
  const rule = { lengthMax: LABEL_LENGTH_MAX };
  if (!input.has('label')) return null;
  const texts = input.textOrTexts('label', LOCALES, rule);
  if (texts !== null && Object.keys(texts).length === 0) input.fault('label', 'required');
  return texts;
}

/** The grants as they were sent; what they say is for the compiler to check. */
function readGrants(input: Input): readonly Readonly<Record<string, unknown>>[] | null {
  const grants = input.objects('grants', GRANTS_MAX);
  // Null and absent mean the same to people, and only absence to metadata.
  return grants === null
    ? null
    : grants.map((grant) => Object.fromEntries(Object.entries(grant).filter(([, value]) => value !== null)));
}

interface Publication {
  readonly isTrial: boolean;
  readonly action: string;
  readonly change: DocumentChange;
}

/** Plans the changed layer and publishes it, as any change of metadata. Throws `invalid` with what is wrong with it. */
async function publish(engine: Engine, ask: CompanyAsk, { isTrial, action, change }: Publication): Promise<Answer> {
  const { company, caller } = ask;
  const layer = changedLayer(company.layer, [change]);
  demandSize(layer, '/grants');
  const { model, diagnostics } = engine.models.compile(company.modules, layer);
  if (model === null) throw refuse('invalid', { faults: faultsOf(diagnostics, change.name) });
  demandGrantable([change.name], caller.abilities, model);
  if (isTrial) return { status: 200, body: { data: consequences(company.model, model) } };
  const plan = await planLayer(engine.models, company, layer, { note: `${action} ${change.name}`, keep: true });
  if (plan.id === null) throw refuse('conflict');
  const actor = actorOf(caller, ask.member, ask.locale);
  await engine.changes.publish(company.entry, plan.id, actor);
  await engine.server.catalog.transaction((transaction) =>
    noteActivity(transaction, { companyId: company.entry.id, actor, action, subject: change.name }),
  );
  await engine.identities.forget();
  const data = roleJson({ model, layer }, change.name);
  return { status: action === 'role.create' ? 201 : 200, body: { data } };
}

/** Modules that a change closes to members without a role there, and those that it opens to all. */
function consequences(before: Model, after: Model): Readonly<Record<string, readonly string[]>> {
  const [former, next] = [openModules(before), openModules(after)];
  return {
    closes: [...former].filter((module) => !next.has(module)),
    opens: [...next].filter((module) => !former.has(module)),
  };
}

/** What the compiler says of a role, at the place in the request; of other documents, without one. */
function faultsOf(diagnostics: readonly Diagnostic[], role: string): readonly Fault[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ file, pointer, message, hint }) => {
      const isHere = file === roleFile(role);
      const text = hint === undefined ? message : `${message} (${hint})`;
      const parameters = { place: `${file}${pointer}`, reason: message };
      return isHere
        ? { pointer, code: 'metadata-fault', message: { en: text } }
        : { pointer: '', code: 'metadata-fault', parameters };
    });
}

/** Whether a condition of a grant can be taken, while it is being typed. */
function tryCondition(engine: Engine, ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  const input = new Input(ask.body);
  const entity = input.text('entity', { lengthMax: 100 });
  const where = input.text('where', { lengthMax: CONDITION_LENGTH_MAX });
  input.finish();
  const { company } = ask;
  const trial = roleChange(TRIAL_ROLE, { en: '…' }, [{ entity, actions: ['read'], where }]);
  const layer = changedLayer(company.layer, [trial]);
  // Not through the cache of models: what is being typed would drive those out that serve.
  const { diagnostics } = compile([...engine.models.layersOf(company.modules), sourceLayerOf(layer)], '');
  const faults = diagnostics
    .filter(({ file, severity }) => severity === 'error' && file === roleFile(TRIAL_ROLE))
    .map(({ code, message, hint }) => ({ code, message, hint: hint ?? null }));
  return { status: 200, body: { data: { valid: faults.length === 0, faults } } };
}
