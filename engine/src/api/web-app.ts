import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { Context } from 'koa';

const YEAR_SECONDS = 31_536_000;
const ASSETS = '/assets/';
const PAGE = '/index.html';

const NOT_BUILT = 'The web application has not been built; run `npm run build`. The API answers under /api/v1.\n';

/** Serves the built web application. */
export type WebApp = (context: Context) => void;

/** What the build wrote beside a file, in the order in which browsers are served. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly encoded: readonly (readonly [encoding: string, content: Buffer])[];
}

/**
 * The files of the web application, compressed beforehand where the build did so. Assets carry a hash in their name and
 * are kept for ever; every other address that is no file is a screen, and gets the page that draws it.
 *
 * All are held in memory: they are few, and a new build under a running server can take no file away from it.
 *
 * @param base where the application stands, such as `/designer`
 */
export function openWebApp(folder: string, base = ''): WebApp {
  if (!existsSync(join(folder, PAGE))) {
    return (context) => {
      context.status = 404;
      context.body = NOT_BUILT;
    };
  }
  const files = readFiles(folder);
  return (context) => {
    if (context.method !== 'GET' && context.method !== 'HEAD') {
      context.status = 405;
      context.set('Allow', 'GET, HEAD');
      return;
    }
    const path = context.path.slice(base.length);
    const isAsset = path.startsWith(ASSETS);
    // Names of screens may look like files: `/records/sales.customer`.
    const file = files.get(path) ?? (isAsset ? undefined : files.get(PAGE));
    if (file === undefined) {
      context.status = 404;
      context.body = '';
      return;
    }
    send(context, file, isAsset);
  };
}

function send(context: Context, file: StaticFile, isAsset: boolean): void {
  context.set('Cache-Control', isAsset ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
  context.vary('Accept-Encoding');
  context.status = 200;
  context.etag = file.etag;
  if (context.fresh) {
    context.status = 304;
    return;
  }
  const encoding = file.encoded.find(([name]) => context.acceptsEncodings(name) === name);
  if (encoding !== undefined) context.set('Content-Encoding', encoding[0]);
  context.type = file.type;
  context.body = encoding?.[1] ?? file.plain;
}

function readFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const contents = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    contents.set(`/${relative(folder, path).split(sep).join('/')}`, readFileSync(path));
  }
  const files = new Map<string, StaticFile>();
  for (const [path, plain] of contents) {
    if (ENCODINGS.some(([, ending]) => path.endsWith(ending))) continue;
    const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
    const encoded = ENCODINGS.flatMap(([name, ending]) => {
      const content = contents.get(path + ending);
      return content === undefined ? [] : [[name, content] as const];
    });
    files.set(path, { type: extname(path), etag, plain, encoded });
  }
  return files;
}
