import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';

/** R-E3 */
export const FILE_BYTES_MAX = 104_857_600;

const INSERT = statement(`
  INSERT INTO ${table('rk_file')} (name, media_type, size, sha256, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?)`);
const FIND = statement(`SELECT id, name, media_type, size, sha256, created_by FROM ${table('rk_file')} WHERE id = ?`);

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Id of the user. */
  readonly uploadedBy: string;
}

/** Bytes that lie in the store, not yet known to any record. */
export interface KeptBytes {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The files of all companies in one folder: `<company>/<first two digits>/<SHA-256>`. The same bytes are kept once for
 * each company. A file appears under its name only when it is whole and on the disk, so that no row ever points to a
 * part of one.
 */
export class FileStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps what the stream gives. Throws `too-large`, or what the stream throws when it breaks off. */
  async keep(company: string, stream: Readable): Promise<KeptBytes> {
    const draftFolder = join(this.#folder, company, 'incoming');
    await mkdir(draftFolder, { recursive: true });
    const draft = join(draftFolder, randomId());
    const hash = createHash('sha256');
    let bytes = 0;
    const counting = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hash.update(chunk);
        if (bytes > FILE_BYTES_MAX) done(refuse('too-large', { parameters: { limit: `${FILE_BYTES_MAX >> 20} MB` } }));
        else done(null, chunk);
      },
    });
    try {
      await pipeline(stream, counting, createWriteStream(draft, { flags: 'wx', flush: true }));
      const sha256 = hash.digest('hex');
      const path = this.pathOf(company, sha256);
      await mkdir(join(path, '..'), { recursive: true });
      await rename(draft, path);
      return { bytes, sha256 };
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** The bytes of a file; null when they are gone. */
  async read(company: string, sha256: string): Promise<Readable | null> {
    const path = this.pathOf(company, sha256);
    const isThere = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    return isThere ? createReadStream(path) : null;
  }

  /** Where the bytes of a file lie, for readers that jump in it. */
  pathOf(company: string, sha256: string): string {
    return join(this.#folder, company, sha256.slice(0, 2), sha256);
  }
}

export async function addFile(
  writer: Session,
  file: Omit<StoredFile, 'id' | 'uploadedBy'>,
  userId: string,
): Promise<string> {
  const { name, mediaType, bytes, sha256 } = file;
  const { lastId } = await writer.run(INSERT, [name, mediaType, bytes, sha256, storedInstant(Date.now()), userId]);
  return lastId;
}

export async function findFile(reader: Reader, id: string): Promise<StoredFile | null> {
  const row = await reader.get(FIND, [id]);
  if (row === undefined) return null;
  return {
    id: String(row['id']),
    name: String(row['name']),
    mediaType: String(row['media_type']),
    bytes: Number(row['size']),
    sha256: String(row['sha256']),
    uploadedBy: String(row['created_by']),
  };
}
