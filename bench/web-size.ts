import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

export interface WebSize {
  readonly files: number;
  readonly gzipBytes: number;
  readonly brotliBytes: number;
}

const FOLDER = fileURLToPath(new URL('../runtime-ui/dist/', import.meta.url));
const SCRIPT = /<(?:script|link)\b[^>]*\b(?:src|href)="\/?([^"]+\.js)"/g;
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g;

/**
 * JavaScript that the first page needs before it shows anything: what its HTML names and what that imports at once.
 * Null when the web application is not built.
 */
export async function measureWebApp(): Promise<WebSize | null> {
  let page: string;
  try {
    page = await readFile(`${FOLDER}index.html`, 'utf8');
  } catch {
    return null;
  }
  const waiting = [...page.matchAll(SCRIPT)].map(([, path]) => path as string);
  const seen = new Map<string, Buffer>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    const bytes = await readFile(FOLDER + path);
    seen.set(path, bytes);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    for (const [, name] of bytes.toString('utf8').matchAll(STATIC_IMPORT)) waiting.push(folder + String(name));
  }
  const files = [...seen.values()];
  return {
    files: files.length,
    gzipBytes: files.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0),
    brotliBytes: files.reduce((sum, bytes) => sum + brotliCompressSync(bytes).length, 0),
  };
}
