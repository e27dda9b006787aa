import { removeExpiredSessions } from '../access/sessions.ts';
import { listen } from '../api/app.ts';
import { createLog } from '../base/log.ts';
import type { Engine } from '../runtime/engine.ts';
import { demandConfig, openConfigured } from './open.ts';
import { command, CommandFault } from './command.ts';

const SWEEP_MS = 3_600_000;

/** Serves until it is told to stop (SIGTERM, SIGINT); requests under way are finished first. */
export function serve(): Promise<void> {
  return command(async () => {
    const config = demandConfig();
    const log = createLog(config.logLevel);
    const engine = await openConfigured(config, log);
    const listening = await listen(engine, config.port, config.host).catch(async (error: unknown) => {
      await engine.close();
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      throw isTaken ? new CommandFault(`Port ${config.port} is in use: set PORT to another one.`) : error;
    });
    log.info({ port: listening.port, url: config.publicUrl }, 'Rangka serves');

    const sweep = setInterval(() => void sweepSessions(engine), SWEEP_MS).unref();
    const stop = async (signal: string): Promise<void> => {
      log.info({ signal }, 'Rangka stops');
      clearInterval(sweep);
      await listening.stop();
      await engine.close();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
    await engine.resume();
  });
}

async function sweepSessions(engine: Engine): Promise<void> {
  try {
    await engine.server.catalog.transaction((transaction) => removeExpiredSessions(transaction));
  } catch (error) {
    engine.log.warn({ err: error }, 'Expired sessions could not be removed');
  }
}
