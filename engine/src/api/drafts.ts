import { refuse } from '../base/errors.ts';
import { discardDrafts, listDrafts, listPresent, notePresence, saveDrafts } from '../runtime/metadata-drafts.ts';
import type { DraftDocument } from '../runtime/metadata-drafts.ts';
import type { Engine } from '../runtime/engine.ts';
import type { JsonObject } from './body.ts';
import { readDrafted } from './customising-input.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const PLACE_LENGTH_MAX = 200;

/** What the designer works with: the documents of every layer, and what admins are changing but have not published. */
export function draftRoutes(engine: Engine): readonly Route[] {
  return [
    admin('metadata', 'GET /api/v1/metadata/sources', (ask) => sources(engine, ask)),
    admin('metadata', 'GET /api/v1/metadata/draft', draft),
    admin('metadata', 'PUT /api/v1/metadata/draft', save, { body: 'bulk' }),
    admin('metadata', 'DELETE /api/v1/metadata/draft', discard),
  ];
}

/** The documents that the company's metadata is folded from, as they were written: lowest layer first. */
function sources(engine: Engine, ask: CompanyAsk): Answer {
  readParameters(ask.queryText, []);
  const { entry, layer, modules } = ask.company;
  const layers = engine.models.layersOf(modules).map(({ name, files }) => ({ name, files }));
  return { status: 200, body: { data: { version: entry.metadataVersion, layers, documents: layer.documents } } };
}

async function draft(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  return present(ask);
}

async function present(ask: CompanyAsk): Promise<Answer> {
  const { database, entry } = ask.company;
  const [documents, people] = await Promise.all([listDrafts(database), listPresent(database)]);
  return {
    status: 200,
    body: { data: { version: entry.metadataVersion, documents: documents.map(draftJson), people } },
  };
}

function draftJson({ updatedAt, ...facts }: DraftDocument): Readonly<Record<string, unknown>> {
  return { ...facts, updated_at: updatedAt };
}

/**
 * Keeps changes, all or none, and notes where the caller is at work; with neither it is a sign of life. What somebody
 * else changed meanwhile is refused with `conflict`.
 */
async function save(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const input = new Input(ask.body);
  const place = input.optionalText('place', { lengthMax: PLACE_LENGTH_MAX });
  input.has('changes');
  input.finish();
  const changes = readDrafted((ask.body as JsonObject)['changes']);
  const { id, name } = ask.caller.person;
  await ask.company.database.transaction(async (transaction) => {
    const late = await saveDrafts(transaction, changes, { id, name });
    if (late !== null)
      throw refuse('conflict', { faults: [{ pointer: `/changes/${late}`, code: 'changed-meanwhile' }] });
    await notePresence(transaction, { id, name }, place);
  });
  return present(ask);
}

async function discard(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  await ask.company.database.transaction(discardDrafts);
  return { status: 204 };
}
