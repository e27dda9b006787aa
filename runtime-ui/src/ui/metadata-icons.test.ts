import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metadataIcons } from './metadata-icons.ts';

const root = join(import.meta.dirname, '../../..');

function iconsIn(folder: string): readonly string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
  return files.flatMap((name) => {
    const text = readFileSync(join(root, folder, name), 'utf8');
    return [...text.matchAll(/"icon": "([^"]+)"/g)].map(([, icon = '']) => icon);
  });
}

it.each(['modules', 'metadata'])('every icon that %s names exists', (folder) => {
  const unknown = iconsIn(folder).filter((icon) => !metadataIcons.has(icon));
  expect(unknown).toEqual([]);
});

it.each([
  'archive-box',
  'building-office-2',
  'h1',
  'bars-3',
  'cog-6-tooth',
  'arrow-down-on-square-stack',
  'square-3-stack-3d',
])('knows %s', (name) => {
  expect(metadataIcons.has(name)).toBe(true);
});
