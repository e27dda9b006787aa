import { instantOf, storedInstant } from '../base/clock.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Database, Reader } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';
import { companyLayer, EMPTY_LAYER } from './company-layer.ts';
import type { CompanyDocument, CompanyLayer } from './company-layer.ts';

const COLUMNS = 'number, hash, documents, created_at, actor_id, actor_name, note';
const REMOVE = statement(`DELETE FROM ${table('rk_metadata_version')} WHERE number = ?`);
const INSERT = statement(`
  INSERT INTO ${table('rk_metadata_version')}
    (number, hash, parent, documents, created_at, actor_kind, actor_id, actor_name, note)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const FIND = statement(`SELECT ${COLUMNS} FROM ${table('rk_metadata_version')} WHERE number = ?`);
const LIST = statement(`
  SELECT number, hash, created_at, actor_id, actor_name, note FROM ${table('rk_metadata_version')}
  WHERE number <= ? ORDER BY number DESC LIMIT ?`);

/** What a version row holds as JSON. */
interface Stored {
  readonly modules: readonly string[];
  /** The company's own documents; absent when the layer is that of version `layerOf`, or empty. */
  readonly documents?: readonly CompanyDocument[];
  /** The version that holds the same layer, so that a change of settings does not store it again. */
  readonly layerOf?: number;
}

/** A version of what a company serves, without its content. */
export interface VersionEntry {
  readonly number: number;
  readonly hash: string;
  readonly at: string;
  readonly actor: { readonly id: string; readonly name: string };
  readonly note: string | null;
}

export interface MetadataVersion extends VersionEntry {
  readonly modules: readonly string[];
  readonly layer: CompanyLayer;
}

export interface NewVersion {
  readonly number: number;
  readonly hash: string;
  readonly modules: readonly string[];
  readonly layer: CompanyLayer;
  /** Null when the engine itself made it. */
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'> | null;
  readonly note: string | null;
}

const ENGINE = { kind: 'system', id: 'metadata', name: 'metadata' } as const;

/**
 * Writes down which metadata a company serves as its version `number` (R-C5), before the switch to it. A version that
 * was written but never served, because the process was killed in between, is written again.
 */
export async function rememberVersion(database: Database, version: NewVersion): Promise<void> {
  const { number, hash, modules, layer, note } = version;
  const actor = version.actor ?? ENGINE;
  const parent = number > 1 ? number - 1 : null;
  const stored: Stored = { modules: [...modules].sort(), ...(await placeOfLayer(database, number, layer)) };
  await database.transaction(async (transaction) => {
    await transaction.run(REMOVE, [number]);
    await transaction.run(INSERT, [
      number,
      hash,
      parent,
      JSON.stringify(stored),
      storedInstant(Date.now()),
      actor.kind,
      actor.id,
      actor.name,
      note,
    ]);
  });
}

async function placeOfLayer(
  reader: Reader,
  number: number,
  layer: CompanyLayer,
): Promise<Pick<Stored, 'documents' | 'layerOf'>> {
  if (layer.documents.length === 0) return {};
  const before = await reader.get(FIND, [number - 1]);
  if (before !== undefined) {
    const holder = storedOf(before).layerOf ?? number - 1;
    if ((await layerOfVersion(reader, holder)).hash === layer.hash) return { layerOf: holder };
  }
  return { documents: layer.documents };
}

/** The company's own layer at a version; empty for one that was never written. */
export async function layerOfVersion(reader: Reader, number: number): Promise<CompanyLayer> {
  const row = await reader.get(FIND, [number]);
  return row === undefined ? EMPTY_LAYER : layerFrom(reader, storedOf(row));
}

async function layerFrom(reader: Reader, { documents, layerOf }: Stored): Promise<CompanyLayer> {
  if (documents !== undefined) return companyLayer(documents);
  return layerOf === undefined ? EMPTY_LAYER : layerOfVersion(reader, layerOf);
}

/** A version with its content; null when there is none of this number. */
export async function findVersion(reader: Reader, number: number): Promise<MetadataVersion | null> {
  const row = await reader.get(FIND, [number]);
  if (row === undefined) return null;
  const stored = storedOf(row);
  return { ...entryFrom(row), modules: stored.modules, layer: await layerFrom(reader, stored) };
}

/** Versions up to this number, the latest first. A later one was written by a switch that did not happen. */
export async function listVersions(reader: Reader, upTo: number, count: number): Promise<readonly VersionEntry[]> {
  return (await reader.all(LIST, [upTo, count])).map(entryFrom);
}

function storedOf(row: RawRow): Stored {
  return JSON.parse(String(row['documents'])) as Stored;
}

function entryFrom(row: RawRow): VersionEntry {
  return {
    number: Number(row['number']),
    hash: String(row['hash']),
    at: instantOf(String(row['created_at'])),
    actor: { id: String(row['actor_id']), name: String(row['actor_name']) },
    note: row['note'] === null ? null : String(row['note']),
  };
}
