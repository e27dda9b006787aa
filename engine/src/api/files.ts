import { actorOf } from '../access/caller.ts';
import { reachOf } from '../access/reach.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { seesFile } from '../records/file-holders.ts';
import { EVERYTHING } from '../records/reach.ts';
import { readingFrom } from '../records/write-unit.ts';
import { recordContext } from '../runtime/company.ts';
import type { Engine } from '../runtime/engine.ts';
import { addFile, FILE_BYTES_MAX, FileStore, findFile } from '../runtime/files.ts';
import type { StoredFile } from '../runtime/files.ts';
import { readParameters } from './parameters.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const NAME_LENGTH_MAX = 255;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,60}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}$/;

/** Uploads and downloads. The body of an upload is the file itself; its name comes in `X-File-Name`. */
export function fileRoutes(engine: Engine): readonly Route[] {
  const store = new FileStore(engine.settings.filesFolder);
  return [
    member('files', 'POST /api/v1/files', (ask) => upload(store, ask), { body: 'bytes' }),
    member('files', 'GET /api/v1/files/:id', (ask) => download(store, ask)),
  ];
}

async function upload(store: FileStore, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const name = readName(ask.headers['x-file-name']);
  const mediaType = (ask.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPE.test(mediaType))
    throw refuse('wrong-media-type', { parameters: { expected: 'image/png, application/pdf …' } });
  if (Number(ask.headers['content-length']) > FILE_BYTES_MAX) {
    throw refuse('too-large', { parameters: { limit: `${FILE_BYTES_MAX >> 20} MB` } });
  }
  const { entry, database } = ask.company;
  const { bytes, sha256 } = await keeping(store, entry.slug, ask);
  const file = { name, mediaType, bytes, sha256 };
  const id = await database.transaction((transaction) => addFile(transaction, file, ask.caller.person.id));
  return {
    status: 201,
    body: { data: { id, name, media_type: mediaType, size: bytes, sha256 } },
    headers: { Location: `/api/v1/files/${id}` },
  };
}

/** What the system says of a disk without room, and of a client that went away. */
const NO_ROOM = ['ENOSPC', 'EDQUOT'];
const GONE = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'];

/** Keeps the bytes that a request brings. */
export async function keeping(store: FileStore, company: string, ask: CompanyAsk): ReturnType<FileStore['keep']> {
  try {
    return await store.keep(company, ask.bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (NO_ROOM.includes(code)) throw refuse('unavailable', { headers: { 'Retry-After': '60' }, cause: error });
    if (GONE.includes(code)) throw refuse('malformed-body', { parameters: { reason: 'it ended early' }, cause: error });
    throw error;
  }
}

/** The file's name as the header gives it, percent-encoded where it is not ASCII; folders are cut off. */
export function readName(header: string | string[] | undefined): string {
  let name: string;
  try {
    name = decodeURIComponent(typeof header === 'string' ? header : '');
  } catch {
    throw refuse('malformed-header', { parameters: { header: 'X-File-Name' } });
  }
  const bare = name.normalize('NFC').split(/[/\\]/).at(-1)?.trim() ?? '';
  if (bare === '' || bare.length > NAME_LENGTH_MAX || /\p{Cc}/u.test(bare)) {
    throw refuse('malformed-header', { parameters: { header: 'X-File-Name' } });
  }
  return bare;
}

/** A file is open to whoever brought it, and to whoever sees it in a record. */
async function isOpenTo(ask: CompanyAsk, { id, uploadedBy }: StoredFile): Promise<boolean> {
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  if (uploadedBy === actor.id) return true;
  const reach = reachOf(actor, ask.caller.abilities, ask.company.model);
  const context = recordContext(ask.company, actor);
  return reach === EVERYTHING || seesFile(readingFrom(context, context.database), reach, id);
}

/** Always a download: what people upload is never shown as a page of ours (promise I4). */
async function download(store: FileStore, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const id = ask.parameters['id'] ?? '';
  const found = isRowId(id) ? await findFile(ask.company.database, id) : null;
  const file = found !== null && (await isOpenTo(ask, found)) ? found : null;
  const stream = file === null ? null : await store.read(ask.company.entry.slug, file.sha256);
  if (file === null || stream === null) throw refuse('not-found');
  const asciiName = file.name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return {
    status: 200,
    stream,
    headers: {
      'Content-Type': file.mediaType,
      'Content-Length': String(file.bytes),
      'Content-Disposition': `attachment; filename="${asciiName}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cache-Control': 'private, max-age=31536000, immutable',
    },
  };
}
