import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const METER = new URL('meter.js', import.meta.url).href;

/** What a server has used since it started, and the memory it holds now. */
export interface Usage {
  readonly cpuMicroseconds: number;
  readonly residentBytes: number;
}

/** A server as a process of its own, with a meter in it. */
export class Child {
  readonly #process: ChildProcess;
  #lastWords = '';

  /** @param profileFolder where to leave a CPU profile at the end */
  constructor(
    script: string,
    parameters: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    profileFolder?: string,
  ) {
    this.#process = fork(script, parameters, {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...inherited(), NODE_ENV: 'production', ...environment },
      execArgv: [
        '--import',
        METER,
        ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
      ],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#lastWords = (this.#lastWords + text).slice(-2000);
      });
    }
  }

  /** The port that a hand-written server tells. */
  async port(): Promise<number> {
    const message = await this.#message();
    if (typeof message === 'object' && message !== null && 'port' in message) return Number(message.port);
    throw new Error(`A server did not start: ${this.#lastWords}`);
  }

  async usage(): Promise<Usage> {
    const answer = this.#message();
    this.#process.send('usage');
    return (await answer) as Usage;
  }

  /** Throws when the process has ended, with what it said last. */
  demandAlive(): void {
    if (this.#process.exitCode !== null) throw new Error(`A server ended: ${this.#lastWords}`);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }

  async #message(): Promise<unknown> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const ended = once(this.#process, 'exit', { signal }).then(() => {
      throw new Error(`A server ended: ${this.#lastWords}`);
    });
    try {
      const [message] = (await Promise.race([once(this.#process, 'message', { signal }), ended])) as [unknown];
      return message;
    } finally {
      ended.catch(() => undefined);
      waiting.abort();
    }
  }
}

/** The environment of the bench without settings of an engine that may be running here otherwise. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'PORT' && !name.startsWith('RANGKA_')),
  );
}
