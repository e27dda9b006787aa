// `npm run generate` writes the files that are derived from others; with `--check` it changes nothing and fails when
// one of them is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expressionsPage } from './expressions-page.ts';
import { fieldTypesPage } from './field-types-page.ts';
import { settingsPage } from './settings-page.ts';
import { sourceTypes } from './source-types.ts';

const producers: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/expressions.md': expressionsPage,
  'docs/field-types.md': fieldTypesPage,
  'docs/settings.md': settingsPage,
  'engine/src/api/description/client-text.ts': clientText,
  'engine/src/metamodel/source.ts': sourceTypes,
};

/** The client that is handed out, as text: a built engine has no sources to read it from. */
async function clientText(): Promise<string> {
  const text = await readFile('engine/src/api/description/client.ts', 'utf8');
  return `// Generated from client.ts by “npm run generate”.\nexport const clientText = ${JSON.stringify(text)};\n`;
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const [file, produce] of Object.entries(producers)) {
  const wanted = await format(await produce(), { ...(await resolveConfig(file)), filepath: file });
  if (wanted === (await readFile(file, 'utf8').catch(() => null))) continue;
  stale.push(file);
  if (!isCheck) await writeFile(file, wanted);
}

for (const file of stale) console.log(isCheck ? `${file} is stale: run “npm run generate”.` : `Wrote ${file}.`);
if (isCheck && stale.length > 0) process.exitCode = 1;
