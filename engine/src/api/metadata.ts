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
import type { FieldView } from '../compiler/lower/screen-view.ts';
import { commonSchema, kindSchemas } from '../compiler/schemas.ts';
import type { SourceFile, SourceLayer } from '../compiler/source-layer.ts';
import { EVERYTHING, READ, WRITE } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { sees, sightOf, writeSightOf } from '../records/sight.ts';
import type { Sight } from '../records/sight.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import type { Engine } from '../runtime/engine.ts';
import { hashOf } from '../runtime/shipped.ts';
import type { JsonObject } from './body.ts';
import { matchesNone } from './etag.ts';
import { readParameters } from './parameters.ts';
import { anyone, member } from './route.ts';
import type { Answer, Ask, CompanyAsk, Route } from './route.ts';

const FILES_MAX = 2_000;

/** Descriptions made before, by their ETag: companies and people with the same rights share them. */
const REMEMBERED_MAX = 500;
const remembered = new BoundedMap<string, string>(REMEMBERED_MAX);

/** What screens and programs need to know of a company's metadata. */
export function metadataRoutes(engine: Engine): readonly Route[] {
  return [
    member('metadata', 'GET /api/v1/metadata', index),
    member('metadata', 'GET /api/v1/metadata/entities/:entity', entity),
    anyone('GET /api/v1/metadata/schemas/:kind', schema),
    member('metadata', 'POST /api/v1/metadata/check', (ask) => check(engine, ask), { body: 'bulk', reads: true }),
  ];
}

function actionsFor(ask: CompanyAsk): (entity: Entity) => readonly string[] {
  const rights = rightsOf(ask.member.roles, ask.company.model);
  return (each) => (rights.allows(each, 'read') ? actionsOpenTo(each, rights) : []);
}

/** Answers 304, or JSON that was made once for all who see the same. */
function described(ask: CompanyAsk, what: string, describe: () => unknown): Answer {
  readParameters(ask.queryText, []);
  const { company, member: who, locale } = ask;
  const facts = [company.model.hash, String(company.entry.metadataVersion), company.entry.id, locale, ...who.roles];
  const etag = `"${hashOf([what, ...facts]).slice(0, 32)}"`;
  const headers = { ETag: etag, Vary: 'Accept-Language, Cookie, Authorization, X-Company' };
  if (matchesNone(ask.headers['if-none-match'], etag)) return { status: 304, headers };
  let text = remembered.get(etag);
  if (text === undefined) {
    text = JSON.stringify({ data: describe() });
    remembered.set(etag, text);
  }
  return { status: 200, text, headers };
}

function index(ask: CompanyAsk): Answer {
  const { company, locale } = ask;
  const { slug, name, currency, timezone } = company.entry;
  const globals = { company: company.company, settings: company.settings };
  return described(ask, 'index', () =>
    screenIndex(company.model, { slug, name, currency, timezone }, globals, actionsFor(ask), locale),
  );
}

function entity(ask: CompanyAsk): Answer {
  const found = findEntity(ask.parameters['entity'] ?? '', ask.company);
  const actions = actionsFor(ask)(found);
  if (actions.length === 0) throw refuse('forbidden');
  return described(ask, `entity ${found.name}`, () => {
    const screen = screenEntity(found, actions, ask.locale);
    const reach = reachOf(actorOf(ask.caller, ask.member, ask.locale), ask.caller.abilities, ask.company.model);
    return reach === EVERYTHING ? screen : narrowedScreen(screen, found, fieldView(reach));
  });
}

/** What is seen and written of records by whoever has this reach, whichever record it is. */
function fieldView(reach: Reach): FieldView {
  const seen = new Map<Entity, Sight>();
  const written = new Map<Entity, Sight>();
  const known = (sights: Map<Entity, Sight>, entity: Entity, find: () => Sight): Sight => {
    if (!sights.has(entity)) sights.set(entity, find());
    return sights.get(entity) ?? null;
  };
  return {
    sees: (entity, name, ofRow) =>
      sees(
        entity,
        known(seen, entity, () => sightOf(reach.bounds(entity, READ))),
        name,
        ofRow,
      ),
    writes: (entity, name, ofRow) =>
      sees(
        entity,
        known(written, entity, () => writeSightOf(reach.bounds(entity, WRITE))),
        name,
        ofRow,
      ),
  };
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
 * Compiles documents on top of the company's own modules without changing anything:
 * `{ "files": [{ "path": "entities/x.json", "document": {…} }] }` → every diagnostic.
 */
function check(engine: Engine, ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  const layer: SourceLayer = { kind: 'company', name: 'company', files: readFiles(ask.body as JsonObject) };
  const below = [...engine.shipped.modules.values()]
    .filter(({ slug }) => ask.company.modules.has(slug))
    .map((module) => module.layer);
  const { model, diagnostics } = compile([...below, layer], '');
  return { status: 200, body: { data: { valid: model !== null, diagnostics } } };
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
