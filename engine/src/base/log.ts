import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/** Lines of JSON on standard output; children carry what they concern (`log.child({ request })`). */
export type Log = Logger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Never written out, wherever an object that holds them is logged. */
const SECRETS = ['password', 'token', 'secret', 'authorization', 'cookie', 'phone', 'address'];
const SECRET_PATHS = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A log of one level and above; without a destination it writes to standard output. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = { level, base: undefined, redact: { paths: SECRET_PATHS, censor: '[hidden]' } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
