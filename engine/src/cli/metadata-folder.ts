import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { companyLayer, COMPANY_KINDS } from '../runtime/company-layer.ts';
import type { CompanyDocument } from '../runtime/company-layer.ts';
import { isScope, PACKAGE_FORMAT } from '../runtime/metadata-package.ts';
import type { MetadataPackage } from '../runtime/metadata-package.ts';
import { CommandFault } from './command.ts';

/** Says in a folder of documents what it is. */
const MANIFEST = 'rangka.json';
/** A file of a whole layer, at the size the engine takes; a document alone is far smaller. */
const FILE_BYTES_MAX = 10_000_000;
const FILES_MAX = 2_000;
/** Names of documents are names of files as they are. */
const SAFE_NAME = /^[a-z][a-z0-9.-]*$/;

/** Writes a package: one file, or for a path without `.json` a folder with a file for each document, which diffs well. */
export async function writePackage(path: string, content: MetadataPackage): Promise<void> {
  if (path.endsWith('.json')) {
    await writeFile(path, json(content));
    return;
  }
  await mkdir(path, { recursive: true });
  const files = new Map(content.documents.map((each) => [fileOf(each), json(each.document)]));
  // What an earlier export wrote and is no more would come back with the next import.
  for (const file of await documentFiles(path)) if (!files.has(file)) await rm(join(path, file));
  for (const [file, text] of files) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  await writeFile(join(path, MANIFEST), json({ format: PACKAGE_FORMAT, scope: content.scope }));
}

function fileOf({ kind, name }: CompanyDocument): string {
  if (!SAFE_NAME.test(name)) throw new CommandFault(`“${name}” cannot be the name of a file.`);
  return `${kind}/${name}.json`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Reads what `writePackage` wrote, perhaps edited since. A file says a hash of its content, which is checked by whoever
 * takes it; a folder is worked on, so it says none and its hash is what its documents are. Throws CommandFault.
 */
export async function readPackageFrom(path: string): Promise<Readonly<Record<string, unknown>>> {
  const found = await lstat(path).catch(() => null);
  if (found === null) throw new CommandFault(`There is nothing at ${path}.`);
  if (!found.isDirectory()) return readObject(path);
  const manifest = await readObject(join(path, MANIFEST));
  const { format, scope } = manifest;
  if (format !== PACKAGE_FORMAT) throw new CommandFault(`${MANIFEST} in ${path} does not say “${PACKAGE_FORMAT}”.`);
  if (typeof scope !== 'string' || !isScope(scope))
    throw new CommandFault(`${MANIFEST} in ${path} must say the scope: company, or module:{slug}.`);
  const files = await documentFiles(path);
  if (files.length > FILES_MAX) throw new CommandFault(`${path} holds more than ${FILES_MAX} documents.`);
  const documents: CompanyDocument[] = [];
  for (const file of files) {
    const [kind = '', rest = ''] = file.split('/');
    const document = await readObject(join(path, file));
    documents.push({ kind: kind as CompanyDocument['kind'], name: rest.replace(/\.json$/, ''), document });
  }
  return { format, scope, ...companyLayer(documents) };
}

/** The documents below a folder, `kind/name.json`; links are not followed. */
async function documentFiles(folder: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    COMPANY_KINDS.map(async (kind) => {
      const entries = await readdir(join(folder, kind), { withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
        .map((entry) => `${kind}/${entry.name}`);
    }),
  );
  return lists.flat().sort();
}

async function readObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { size } = await lstat(path).catch(() => {
    throw new CommandFault(`There is no ${path}.`);
  });
  if (size > FILE_BYTES_MAX) throw new CommandFault(`${path} is larger than any metadata.`);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new CommandFault(`${path} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new CommandFault(`${path} must hold a JSON object.`);
  return content as Readonly<Record<string, unknown>>;
}
