import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Account } from './account.ts';

/** What is taken of a foreign folder: an app of 800 record types has 30 MB. */
const FILES_MAX = 50_000;
const FILE_BYTES_MAX = 5_242_880;
const DEPTH_MAX = 12;
const NESTED_MAX = 64;
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);
const SKIPPED = new Set(['node_modules', '.git', 'dist']);

export interface ForeignFile {
  /** Path below the folder, with forward slashes. */
  readonly path: string;
  readonly value: unknown;
}

/**
 * The JSON files of a folder, or the one file. Links of the file system are not followed; what is too large, nested
 * too deeply, or has keys that JavaScript gives a meaning is told in the account and left out.
 */
export async function readForeign(place: string, account: Account): Promise<readonly ForeignFile[]> {
  const found = await stat(place);
  const folder = found.isFile() ? join(place, '..') : place;
  const paths = found.isFile() ? [place] : await jsonFiles(place, 0);
  const files: ForeignFile[] = [];
  for (const path of paths.slice(0, FILES_MAX)) {
    const name = relative(folder, path).split(sep).join('/');
    const read = await readJson(path);
    if ('fault' in read) account.note(name, '', 'left-out', read.fault);
    else files.push({ path: name, value: read.value });
  }
  for (const path of paths.slice(FILES_MAX))
    account.note(relative(folder, path), '', 'left-out', 'There are too many files');
  return files;
}

async function jsonFiles(folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith('.json')) found.push(path);
    else if (entry.isDirectory() && depth < DEPTH_MAX && !SKIPPED.has(entry.name)) {
      found.push(...(await jsonFiles(path, depth + 1)));
    }
  }
  return found;
}

async function readJson(path: string): Promise<{ readonly value: unknown } | { readonly fault: string }> {
  const { size } = await stat(path);
  if (size > FILE_BYTES_MAX) return { fault: `The file is larger than ${FILE_BYTES_MAX >> 20} MB` };
  return parseForeign(await readFile(path, 'utf8'));
}

/** JSON of strangers. */
export function parseForeign(text: string): { readonly value: unknown } | { readonly fault: string } {
  if (isNestedTooDeeply(text)) return { fault: `The file is nested deeper than ${NESTED_MAX} levels` };
  let hasUnsafeKey = false;
  try {
    const value: unknown = JSON.parse(text, (key, part: unknown) => {
      if (UNSAFE.has(key)) hasUnsafeKey = true;
      return part;
    });
    return hasUnsafeKey ? { fault: 'The file has a key that is not allowed' } : { value };
  } catch {
    return { fault: 'The file is not JSON' };
  }
}

/** Counted before parsing, which would run out of its stack. */
function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inText) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > NESTED_MAX) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
