import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../engine/bin/rangka.js', import.meta.url));

/** The built program in a process of its own, as `npm start` runs it, with the embedded database. */
export interface Server {
  /** The same after each start. */
  readonly url: string;
  /** Starts it again on its data. */
  start(): Promise<void>;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/**
 * Starts a server on a data folder and a port of its own; resolves once it serves.
 *
 * @param settings more of its environment
 */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'rangka-journey-'));
  const port = await freePort();
  let kill = await launch(folder, port, settings);
  return {
    url: `http://localhost:${port}`,
    kill: () => kill(),
    async start() {
      kill = await launch(folder, port, settings);
    },
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0);
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');
  return port;
}

/** Answers what kills the process. */
async function launch(
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [launcher, 'serve'], {
    env: { PATH: process.env['PATH'], PORT: String(port), RANGKA_DATA: folder, RANGKA_RATE_LIMIT: 'off', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface(child.stdout);
  await new Promise<void>((resolve, reject) => {
    void ended.then(() => reject(new Error('The server ended before it served.')));
    lines.on('line', (line) => line.includes(`"port":${port}`) && resolve());
  });
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}
