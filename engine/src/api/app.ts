import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Context } from 'koa';
import compress from 'koa-compress';
import type { Engine } from '../runtime/engine.ts';
import { refuseClient } from './client-error.ts';
import { handle } from './handle.ts';
import type { Gateway } from './handle.ts';
import { health } from './health.ts';
import { LiveServer } from './live/live-server.ts';
import { makeLimiters } from './limiters.ts';
import { makeRouter } from './router.ts';
import { allRoutes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';
import { openWebApp } from './web-app.ts';

/** Smaller answers gain nothing from being compressed. */
const COMPRESSED_FROM_BYTES = 2_048;

/** Where the designer stands. */
const DESIGNER = '/designer';

const HEADERS_MS_MAX = 15_000;
/** Long enough for 100 MB over a slow line; a client that sends slower is cut off. */
const REQUEST_MS_MAX = 300_000;
const KEEP_ALIVE_MS = 65_000;
/** How long requests under way may take to end when the server stops. */
const STOP_MS_MAX = 10_000;

export interface Listening {
  readonly port: number;
  /** Takes no more requests, lets those under way end, and resolves when all have. */
  stop(): Promise<void>;
}

/** Opens the doors of an engine. Throws the system's error when the port is taken. */
export async function listen(engine: Engine, port: number, host: string | null): Promise<Listening> {
  const { settings } = engine;
  const headers = await securityHeaders(settings.publicUrl.startsWith('https:'));
  const state = { isStopping: false };
  const gateway: Gateway = {
    engine,
    router: makeRouter(allRoutes(engine)),
    limiters: settings.rateLimit === null ? null : makeLimiters(settings.rateLimit, engine.sharedCounts),
  };
  const webApp = openWebApp(settings.webFolder);
  const designer = openWebApp(settings.designerFolder, DESIGNER);

  const app = new Koa();
  app.on('error', (error: unknown) => engine.log.warn({ err: error }, 'An answer could not be sent'));
  app.use(compress({ threshold: COMPRESSED_FROM_BYTES }));
  app.use((context: Context) => {
    for (const [name, value] of headers) context.res.setHeader(name, value);
    const { path } = context;
    if (path.startsWith('/api/') || path === '/graphql') return handle(gateway, context);
    if (path.startsWith('/health/')) return health(engine, state.isStopping, context);
    return isBelow(DESIGNER, path) ? designer(context) : webApp(context);
  });

  const callback = app.callback();
  const server = createServer((request, response) => void callback(request, response));
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('clientError', refuseClient);
  const live = new LiveServer(engine);
  live.attach(server);
  await started(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      state.isStopping = true;
      live.stop();
      return stopped(server);
    },
  };
}

function isBelow(base: string, path: string): boolean {
  return path === base || path.startsWith(`${base}/`);
}

function started(server: Server, port: number, host: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
