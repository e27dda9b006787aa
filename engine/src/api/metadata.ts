import { actionsOpenTo, findEntity } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { reachOf } from '../access/reach.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { compile } from '../compiler/compile.ts';
import type { Entity } from '../compiler/model.ts';
import { DOCUMENT_KINDS } from '../compiler/kinds.ts';
import { screenEntity, screenIndex } from '../compiler/lower/screens.ts';
import { narrowedScreen } from '../compiler/lower/screen-view.ts';
import { commonSchema, kindSchemas } from '../compiler/schemas.ts';
import { parse } from '../compiler/parse.ts';
import type { SourceFile } from '../compiler/source-layer.ts';
import { EVERYTHING } from '../records/reach.ts';
import { companyLayer, sourceLayerOf } from '../runtime/company-layer.ts';
import type { Engine } from '../runtime/engine.ts';
import type { JsonObject } from './body.ts';
import { described } from './described.ts';
import { fieldView } from './field-view.ts';
import { readParameters } from './parameters.ts';
import { admin, anyone, member } from './route.ts';
import type { Answer, Ask, CompanyAsk, Route } from './route.ts';

const FILES_MAX = 2_000;

/** What screens and programs need to know of a company's metadata. */
export function metadataRoutes(engine: Engine): readonly Route[] {
  return [
    member('metadata', 'GET /api/v1/metadata', index),
    member('metadata', 'GET /api/v1/metadata/entities/:entity', entity),
    anyone('GET /api/v1/metadata/schemas/:kind', schema),
    admin('metadata', 'POST /api/v1/metadata/check', (ask) => check(engine, ask), { body: 'bulk', reads: true }),
  ];
}

function actionsFor(ask: CompanyAsk): (entity: Entity) => readonly string[] {
  const rights = rightsOf(ask.member.roles, ask.company.model);
  return (each) => (rights.allows(each, 'read') ? actionsOpenTo(each, rights) : []);
}

function index(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { company, locale } = ask;
  const { slug, name, currency, timezone } = company.entry;
  const globals = { company: company.company, settings: company.settings };
  return described(ask, 'index', () =>
    dataText(screenIndex(company.model, { slug, name, currency, timezone }, globals, actionsFor(ask), locale)),
  );
}

function entity(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const found = findEntity(ask.parameters['entity'] ?? '', ask.company);
  const actions = actionsFor(ask)(found);
  if (actions.length === 0) throw refuse('forbidden');
  return described(ask, `entity ${found.name}`, () => {
    const screen = screenEntity(found, actions, ask.locale);
    const reach = reachOf(actorOf(ask.caller, ask.member, ask.locale), ask.caller.abilities, ask.company.model);
    return dataText(reach === EVERYTHING ? screen : narrowedScreen(screen, found, fieldView(reach)));
  });
}

function dataText(data: unknown): string {
  return JSON.stringify({ data });
}

/** The JSON Schema of one kind of metadata document, or of what they share (`common`). */
function schema(ask: Ask): Answer {
  readParameters(ask.queryText, []);
  const name = ask.parameters['kind']?.replace(/\.schema\.json$/, '').replaceAll('-', '_');
  const kind = DOCUMENT_KINDS.find((each) => each === name);
  if (kind === undefined && name !== 'common') throw refuse('not-found');
  return {
    status: 200,
    body: kind === undefined ? commonSchema : kindSchemas[kind],
    headers: { 'Cache-Control': 'public, max-age=3600' },
  };
}

/**
 * Compiles documents on top of the company's modules and in place of its own documents of the same names, without
 * changing anything:
 * `{ "files": [{ "path": "entities/x.json", "document": {…} }] }` → every diagnostic.
 */
function check(engine: Engine, ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  const files = readFiles(ask.body as JsonObject);
  const sent = new Set(parse([{ kind: 'company', name: 'company', files }], () => undefined).map(keyOf));
  const kept = companyLayer(ask.company.layer.documents.filter((each) => !sent.has(keyOf(each))));
  const { model, diagnostics } = compile(
    [...engine.models.layersOf(ask.company.modules), sourceLayerOf(kept, files)],
    '',
  );
  return { status: 200, body: { data: { valid: model !== null, diagnostics } } };
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

function readFiles({ files, ...rest }: JsonObject): readonly SourceFile[] {
  const faults: Fault[] = Object.keys(rest).map((name) => ({
    pointer: `/${name}`,
    code: 'unknown-property',
    parameters: { known: 'files' },
  }));
  const list = Array.isArray(files) ? (files as readonly unknown[]) : null;
  if (list === null) faults.push({ pointer: '/files', code: 'type', parameters: { expected: 'array' } });
  else if (list.length > FILES_MAX) {
    faults.push({ pointer: '/files', code: 'too-many', parameters: { maximum: String(FILES_MAX) } });
  }
  const read = (list ?? []).map((file, place): SourceFile | null => {
    const { path, document } = (typeof file === 'object' && file !== null ? file : {}) as JsonObject;
    if (typeof path !== 'string' || path === '') faults.push({ pointer: `/files/${place}/path`, code: 'required' });
    if (document === undefined) faults.push({ pointer: `/files/${place}/document`, code: 'required' });
    return typeof path === 'string' ? { path, text: JSON.stringify(document ?? null) } : null;
  });
  if (faults.length > 0) throw refuse('invalid', { faults });
  return read.filter((file) => file !== null);
}
