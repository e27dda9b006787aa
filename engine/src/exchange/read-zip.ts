import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { unreadable } from './table.ts';

/** APPNOTE.TXT 6.3 */
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_LENGTH = 22;
const COMMENT_MAX = 65_535;
const ENCRYPTED = 1;

/** What an archive may hold; a workbook has a dozen files. */
const ENTRIES_MAX = 2_000;
const DIRECTORY_MAX = 4_194_304;
/** Tables pack to a tenth, seldom to a fiftieth; what claims to be packed further was made to do harm. */
const RATIO_MAX = 250;
const RATIO_FREE = 16_777_216;
const UNPACKED_MAX = 4_294_967_296;

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly offset: number;
}

/** An archive on the disk, of which files are read one by one without holding any of them. */
export class ZipFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(path: string, file: FileHandle, entries: ReadonlyMap<string, Entry>) {
    this.#path = path;
    this.#file = file;
    this.#entries = entries;
  }

  /** Throws the refusal `unreadable-file` for what is no archive. */
  static async open(path: string): Promise<ZipFile> {
    const file = await open(path);
    try {
      return new ZipFile(path, file, await entriesOf(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** The unpacked bytes of a file of the archive, counted as they come, whatever its directory says of them. */
  async read(name: string): Promise<Readable> {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry === undefined) throw unreadable(`the part ${name} is missing`);
    const header = await bytesAt(this.#file, entry.offset, 30);
    if (header.readUInt32LE(0) !== LOCAL) throw unreadable('the archive is damaged');
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const limit = Math.min(UNPACKED_MAX, Math.max(RATIO_FREE, entry.packed * RATIO_MAX));
    const counting = counter(limit);
    if (entry.packed === 0) {
      counting.end();
      return counting;
    }
    const packed = createReadStream(this.#path, { start, end: start + entry.packed - 1 });
    if (entry.method === 0) return joined(packed, counting);
    if (entry.method === 8) return joined(joined(packed, createInflateRaw()), counting);
    throw unreadable('it is packed in a way that is not read here');
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function counter(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(unreadable('it unpacks to far more than a table is'));
      else done(null, chunk);
    },
  });
}

function joined<T extends Transform>(from: Readable, to: T): T {
  from.once('error', (error) => {
    const isDamage = 'code' in error && String(error.code).startsWith('Z_');
    to.destroy(isDamage ? unreadable('the archive is damaged') : error);
  });
  to.once('close', () => from.destroy());
  return from.pipe(to);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw unreadable('the archive is cut off');
  return buffer;
}

async function entriesOf(file: FileHandle): Promise<ReadonlyMap<string, Entry>> {
  const { size } = await file.stat();
  if (size < END_LENGTH) throw unreadable('it is no workbook');
  const tailLength = Math.min(size, END_LENGTH + COMMENT_MAX);
  const tail = await bytesAt(file, size - tailLength, tailLength);
  let at = tail.length - END_LENGTH;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at -= 1;
  if (at < 0) throw unreadable('it is no workbook');
  const count = tail.readUInt16LE(at + 10);
  const length = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (count > ENTRIES_MAX || length > DIRECTORY_MAX) throw unreadable('the archive holds too many files');
  return readDirectory(await bytesAt(file, offset, length), count, size);
}

function readDirectory(directory: Buffer, count: number, size: number): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL)
      throw unreadable('the archive is damaged');
    if ((directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw unreadable('it is locked with a password');
    const entry = {
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    };
    if (entry.offset + entry.packed > size) throw unreadable('the archive is damaged');
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength).toLowerCase();
    if (entries.has(name)) throw unreadable('the archive holds a file twice');
    entries.set(name, entry);
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}
