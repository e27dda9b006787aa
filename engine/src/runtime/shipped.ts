import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile, SourceLayer } from '../compiler/source-layer.ts';
import { moduleOf } from '../metamodel/naming.ts';
import type { BusinessTypeDocument, EntityDocument, ModuleDocument } from '../metamodel/source.ts';

/** A module as it was shipped: its documents, unchanged, and what its manifest says. */
export interface ShippedModule {
  readonly slug: string;
  readonly manifest: ModuleDocument;
  readonly layer: SourceLayer;
  /** Content hash of all its files. */
  readonly hash: string;
}

/** Everything that came with this installation, read once at the start. */
export interface Shipped {
  /** By slug, each after those it depends on. */
  readonly modules: ReadonlyMap<string, ShippedModule>;
  readonly businessTypes: readonly BusinessTypeDocument[];
  /** The module that owns a first word of names: `sales` of `sales.order`, `quality` of `quality.plan`. */
  readonly moduleOfPrefix: ReadonlyMap<string, string>;
  /** Content hash of manifests and business types: what the catalog's tables are filled from. */
  readonly catalogHash: string;
}

/** A folder that cannot be used as it is; the message says which file and why. */
export class ShippedFault extends Error {}

interface Folders {
  /** `<category>/<slug>/module.json` and the documents beside it. */
  readonly modules: string;
  /** Holds `business-types/*.json`. */
  readonly metadata: string;
}

/** Reads the shipped folders. Throws ShippedFault for a manifest that is not JSON or names a module twice. */
export async function readShipped(folders: Folders): Promise<Shipped> {
  const layers = await readModuleFolders(folders.modules);
  const modules = inOrderOfNeed(layers.map(toModule));
  const businessTypeFiles = await readJsonFiles(join(folders.metadata, 'business-types'));
  const businessTypes = businessTypeFiles.map((file) => parseFile<BusinessTypeDocument>(file));
  const manifests = [...modules.values()].map(({ manifest }) => manifest);
  return {
    modules,
    businessTypes,
    moduleOfPrefix: prefixesOf(modules),
    catalogHash: hashOf([JSON.stringify(manifests), JSON.stringify(businessTypes)]),
  };
}

/** The documents of one module folder as a layer, its files in a stable order. */
export async function readLayer(folder: string, name: string): Promise<SourceLayer> {
  return { kind: 'module', name, files: await readJsonFiles(folder) };
}

/** SHA-256 of texts, in hexadecimal; no two lists of texts run together. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex');
}

async function readModuleFolders(root: string): Promise<readonly SourceLayer[]> {
  const categories = await foldersIn(root);
  const found = await Promise.all(
    categories.map(async (category) => {
      const slugs = await foldersIn(join(root, category));
      return Promise.all(slugs.map((slug) => readLayer(join(root, category, slug), slug)));
    }),
  );
  return found.flat().filter((layer) => layer.files.some((file) => file.path === 'module.json'));
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

/** Scenarios are tests of a module, not a part of it. */
const NOT_METADATA = /^scenarios\//;

async function readJsonFiles(folder: string): Promise<readonly SourceFile[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json') && !NOT_METADATA.test(path))
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })));
}

function parseFile<T>(file: SourceFile): T {
  try {
    return JSON.parse(file.text) as T;
  } catch (error) {
    throw new ShippedFault(`${file.path} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

function toModule(layer: SourceLayer): ShippedModule {
  const file = layer.files.find(({ path }) => path === 'module.json') as SourceFile;
  const manifest = parseFile<ModuleDocument>(file);
  if (manifest.module !== layer.name) {
    throw new ShippedFault(`The folder ${layer.name} holds the module “${manifest.module}”: rename one of them`);
  }
  return { slug: layer.name, manifest, layer, hash: hashOf(layer.files.flatMap(({ path, text }) => [path, text])) };
}

/** Sorts modules so that each follows what it depends on. Unknown dependencies are the compiler's to report. */
function inOrderOfNeed(modules: readonly ShippedModule[]): ReadonlyMap<string, ShippedModule> {
  const bySlug = new Map<string, ShippedModule>();
  for (const module of modules) {
    if (bySlug.has(module.slug)) throw new ShippedFault(`Two folders hold the module “${module.slug}”`);
    bySlug.set(module.slug, module);
  }
  const ordered = new Map<string, ShippedModule>();
  const open = new Set<string>();
  const visit = (module: ShippedModule): void => {
    if (ordered.has(module.slug) || open.has(module.slug)) return;
    open.add(module.slug);
    for (const slug of module.manifest.dependencies ?? []) {
      const needed = bySlug.get(slug);
      if (needed !== undefined) visit(needed);
    }
    ordered.set(module.slug, module);
  };
  for (const module of modules) visit(module);
  return ordered;
}

function prefixesOf(modules: ReadonlyMap<string, ShippedModule>): ReadonlyMap<string, string> {
  const prefixes = new Map([...modules.keys()].map((slug) => [slug, slug] as const));
  for (const module of modules.values()) {
    for (const file of module.layer.files) {
      if (!file.path.startsWith('entities/')) continue;
      const { entity } = parseFile<Partial<EntityDocument>>(file);
      if (typeof entity === 'string') prefixes.set(moduleOf(entity), module.slug);
    }
  }
  return prefixes;
}
