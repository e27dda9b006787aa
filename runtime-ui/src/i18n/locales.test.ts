import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '..');

interface Messages {
  readonly [key: string]: string | Messages;
}

function read(folder: string, locale: string): ReadonlyMap<string, string> {
  const messages = JSON.parse(readFileSync(join(source, folder, `${locale}.json`), 'utf8')) as Messages;
  return new Map(flatten(messages));
}

function flatten(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  );
}

function placeholders(message: string): readonly string[] {
  return [...new Set([...message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
}

const folders = [
  'activity',
  'automations',
  'company',
  'documents',
  'i18n',
  'imports',
  'privacy',
  'records',
  'reports',
  'roles',
].map((area) => `${area}/locales`);
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(source, name), 'utf8'))
  .join('\n');

/** Keys in the code: `'nav.modules'`; keys with a part that varies end in a dot: `` `theme.${choice}` ``. */
const usedKeys = new Set([...code.matchAll(/'([a-z][a-zA-Z]*\.[a-zA-Z0-9.]+)'/g)].map(([, key = '']) => key));
const usedPrefixes = [...code.matchAll(/`([a-z][a-zA-Z]*\.[a-zA-Z.]*)\$\{/g)].map(([, prefix = '']) => prefix);

describe.each(folders)('%s', (folder) => {
  const english = read(folder, 'en');
  const indonesian = read(folder, 'id');

  it.each([
    ['English', english],
    ['Indonesian', indonesian],
  ])('holds no %s text that means something else to the message compiler', (_, messages) => {
    // A bare @ links to another message; `{'@'}` is the sign itself.
    const linked = [...messages].filter(([, message]) => message.replaceAll("{'@'}", '').includes('@'));
    expect(linked).toEqual([]);
  });

  it('says the same in both languages', () => {
    expect([...indonesian.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('fills in the same values in both languages', () => {
    const differing = [...english].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(indonesian.get(key) ?? '').join(),
    );
    expect(differing).toEqual([]);
  });

  it('holds no text that no screen shows', () => {
    const unused = [...english.keys()].filter(
      (key) => !usedKeys.has(key) && !usedPrefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

it('has a text for every key that screens ask for', () => {
  const known = new Set(folders.flatMap((folder) => [...read(folder, 'en').keys()]));
  const asked = [...code.matchAll(/\bte?\(\s*'([a-zA-Z]+\.[a-zA-Z0-9.]+)'/g)].map(([, key = '']) => key);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});
