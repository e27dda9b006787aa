import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../engine/src/compiler/compile.ts';
import type { SourceFile } from '../engine/src/compiler/source-layer.ts';
import { readLayer, readShipped } from '../engine/src/runtime/shipped.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function page(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

/** The documents of a page: each fenced JSON whose paragraph before it names a file, such as `entities/job.json`. */
function documentsIn(markdown: string): readonly SourceFile[] {
  const [first = '', ...fences] = markdown.split('\n```json\n');
  let before = first;
  return fences.map((fence) => {
    const [text = '', after = ''] = fence.split('\n```\n', 2);
    const paragraph = before.trimEnd().split('\n\n').at(-1) ?? '';
    before = after;
    const path = [...paragraph.matchAll(/`([\w/-]+\.json)`/g)].at(-1)?.[1] ?? '';
    return { path: path.split('/').slice(-2).join('/'), text };
  });
}

describe.each([
  ['README.md', 3],
  ['docs/metadata-guide.md', 14],
])('the module in %s', (path, count) => {
  it('compiles over the shipped modules, without a fault', async () => {
    const shipped = await readShipped({ modules: join(root, 'modules'), metadata: join(root, 'metadata') });
    const files = documentsIn(await page(path));
    expect(files).toHaveLength(count);
    const below = [...shipped.modules.values()].map(({ layer }) => layer);
    const { diagnostics } = compile([...below, { kind: 'module', name: 'repair', files }], '');
    expect(diagnostics).toEqual([]);
  });
});

describe('docs/diagnostics.md', async () => {
  const codes = [...(await page('docs/diagnostics.md')).matchAll(/^\| `([a-z-]+)`/gm)].map(([, code = '']) => code);

  it('has the codes of a module with many faults', async () => {
    const layer = await readLayer(join(root, 'tests/fixtures/broken-module'), 'broken');
    const found = new Set(compile([layer], '').diagnostics.map(({ code }) => code));
    expect([...found].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it('has no code that the compiler does not give', async () => {
    const folders = ['engine/src/compiler', 'engine/src/expression'];
    const files = await Promise.all(
      folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => join(folder, name))),
    );
    const sources = files.flat().filter((path) => path.endsWith('.ts') && !path.includes('.test.'));
    const text = (await Promise.all(sources.map(page))).join('\n');
    expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });
});

describe('links between pages', async () => {
  const folders = ['.', 'docs', 'docs/decisions', 'designer'];
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => join(folder, name))),
  );
  const pages = found.flat().filter((path) => path.endsWith('.md'));

  it.each(pages)('of %s lead somewhere', async (path) => {
    const links = [...(await page(path)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => !existsSync(join(root, dirname(path), link)));
    expect(broken).toEqual([]);
  });
});
