// @ts-check
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Something that is built from sources.
 * @typedef {object} Product
 * @property {string} label
 * @property {string} entry  the source without which there is nothing to build
 * @property {string} output  the file that is written last
 * @property {readonly string[]} sources  files and folders whose change makes the output stale
 * @property {string} tool  the package that builds it
 * @property {() => Promise<void>} build
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const engineFolder = join(root, 'engine/dist');

/** @type {Product} */
export const engine = {
  label: 'engine',
  entry: 'engine/src/main.ts',
  output: 'engine/dist/main.js',
  sources: ['engine/src', 'engine/package.json', 'migrations', 'metadata/schema', 'scripts/build.js'],
  tool: 'esbuild',
  build: buildEngine,
};

/** @type {Product} */
export const web = {
  label: 'web application',
  entry: 'runtime-ui/src/main.ts',
  output: 'runtime-ui/dist/index.html',
  sources: [
    'runtime-ui/index.html',
    'runtime-ui/package.json',
    'runtime-ui/public',
    'runtime-ui/src',
    'runtime-ui/vite.config.ts',
    'runtime-ui/precompress.ts',
    'engine/src/base',
    'engine/src/compiler',
    'engine/src/expression',
    'engine/src/metamodel',
    'metadata/schema',
  ],
  tool: 'vite',
  build: buildWeb,
};

/** @type {Product} */
export const designer = {
  label: 'designer',
  entry: 'designer/src/main.ts',
  output: 'designer/dist/index.html',
  sources: [
    'designer/index.html',
    'designer/package.json',
    'designer/src',
    'designer/vite.config.ts',
    'designer/validators-plugin.ts',
    ...web.sources.filter((path) => path !== 'runtime-ui/index.html'),
  ],
  tool: 'vite',
  build: buildDesigner,
};

/**
 * Builds those products whose output is missing or older than a source, and says so in one line each on stderr.
 * Without sources (a production image) or without the tool there is nothing to do.
 * @param {readonly Product[]} products
 */
export async function buildStale(products) {
  for (const product of products) {
    if (!existsSync(join(root, product.entry)) || !isStale(product)) continue;
    if (!isInstalled(product.tool)) {
      console.error(`The ${product.label} is not built: run "npm install" with the development dependencies first.`);
      continue;
    }
    const started = performance.now();
    await product.build();
    console.error(`Built the ${product.label} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  }
}

/** @param {Product} product */
function isStale({ output, sources }) {
  const built = statSync(join(root, output), { throwIfNoEntry: false })?.mtimeMs;
  return built === undefined || sources.some((source) => isNewer(join(root, source), built));
}

/**
 * Whether a file, a folder (something was added or removed) or anything below it changed after an instant.
 * @param {string} path
 * @param {number} instant  milliseconds
 * @returns {boolean}
 */
function isNewer(path, instant) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || path.endsWith('.test.ts')) return false;
  if (found.isDirectory()) {
    if (readdirSync(path).some((name) => isNewer(join(path, name), instant))) return true;
  }
  return found.mtimeMs > instant;
}

/** @param {string} tool */
function isInstalled(tool) {
  try {
    createRequire(import.meta.url).resolve(tool);
    return true;
  } catch {
    return false;
  }
}

/** Chunks carry a hash of their content in their names; the entry is swapped in last, so a start never meets half a build. */
async function buildEngine() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['engine/src/main.ts'],
    outdir: engineFolder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  });
  await mkdir(engineFolder, { recursive: true });
  const entryLast = outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)));
  for (const { path, contents } of entryLast) {
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, contents);
    await rename(draft, path);
  }
  const written = new Set(outputFiles.map(({ path }) => basename(path)));
  const leftovers = (await readdir(engineFolder)).filter((name) => !written.has(name));
  await Promise.all(leftovers.map((name) => rm(join(engineFolder, name), { recursive: true, force: true })));
}

/** @param {string} path */
function isEntry(path) {
  return basename(path) === 'main.js';
}

async function buildWeb() {
  const { build } = await import('vite');
  await build({ root: join(root, 'runtime-ui'), logLevel: 'warn' });
}

async function buildDesigner() {
  const { build } = await import('vite');
  await build({ root: join(root, 'designer'), logLevel: 'warn' });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const products = [engine, web, designer];
  if (process.argv.includes('--if-stale')) {
    await buildStale(products);
  } else {
    for (const product of products) await product.build();
  }
}
