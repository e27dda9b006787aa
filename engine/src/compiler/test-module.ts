import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { SourceLayer } from './source-layer.ts';

const root = join(import.meta.dirname, '../../..');

/** A module's folder as the compiler takes it; the path counts from the root of the project. */
export function readModule(name: string, path: string): SourceLayer {
  const folder = join(root, path);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: relative(folder, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }))
    // Stories are tests of a module, not a part of it.
    .filter(({ path }) => !path.startsWith('scenarios/'));
  return { kind: 'module', name, files };
}
