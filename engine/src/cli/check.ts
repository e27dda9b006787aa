import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { compile } from '../compiler/compile.ts';
import type { SourceLayer } from '../compiler/source-layer.ts';
import type { Diagnostic } from '../metamodel/diagnostic.ts';
import { readLayer, readShipped } from '../runtime/shipped.ts';
import { demandConfig } from './open.ts';
import { command, CommandFault } from './command.ts';

/** How deep below the folder modules are looked for: `<folder>/<category>/<slug>`. */
const DEPTH_MAX = 2;

/**
 * Compiles the modules in a folder, together with the shipped ones they may depend on, and prints what is wrong with
 * them. The exit code is 1 when anything is.
 */
export function check(folder: string, asJson: boolean): Promise<void> {
  return command(async () => {
    const modules = await findModules(resolve(folder), DEPTH_MAX);
    if (modules.length === 0)
      throw new CommandFault(`${folder} holds no module: a module is a folder with a module.json.`);
    const layers = await Promise.all(modules.map((path) => readLayer(path, basename(path))));
    const diagnostics = await diagnose(layers);
    process.stdout.write(asJson ? `${JSON.stringify(diagnostics, null, 2)}\n` : inWords(diagnostics, layers.length));
    if (diagnostics.some(({ severity }) => severity === 'error')) process.exitCode = 1;
  });
}

async function findModules(path: string, depth: number): Promise<readonly string[]> {
  if (existsSync(join(path, 'module.json'))) return [path];
  if (depth === 0 || !existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => findModules(join(path, entry.name), depth - 1)),
  );
  return found.flat().sort();
}

/** Modules in the folder take the place of shipped ones of the same name; only their own faults are told. */
async function diagnose(layers: readonly SourceLayer[]): Promise<readonly Diagnostic[]> {
  const { installation } = demandConfig();
  const shipped = await readShipped(installation);
  const own = new Set(layers.map(({ name }) => name));
  const below = [...shipped.modules.values()].filter(({ slug }) => !own.has(slug)).map(({ layer }) => layer);
  const named = layers.map((layer) => prefixed(layer));
  const { diagnostics } = compile([...below, ...named], '');
  const files = new Set(named.flatMap((layer) => layer.files.map(({ path }) => path)));
  return diagnostics.filter(({ file }) => files.has(file));
}

/** Tells files of different modules apart by the module's folder. */
function prefixed(layer: SourceLayer): SourceLayer {
  return { ...layer, files: layer.files.map(({ path, text }) => ({ path: `${layer.name}/${path}`, text })) };
}

function inWords(diagnostics: readonly Diagnostic[], modules: number): string {
  const lines = diagnostics.map(({ severity, file, pointer, message, hint, code }) => {
    const place = pointer === '' ? file : `${file} ${pointer}`;
    return `${severity} ${place}\n  ${message}${hint === undefined ? '' : `\n  ${hint}`}  [${code}]\n`;
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return `${lines.join('\n')}${lines.length > 0 ? '\n' : ''}${modules} modules checked, ${errors} errors\n`;
}
