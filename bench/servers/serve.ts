import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';

/** Listens on a free port of this computer and tells the parent which one. */
export function serve(app: Koa): void {
  const callback = app.callback();
  const server = createServer((request, response) => void callback(request, response));
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.once('SIGTERM', () => process.exit());
}
