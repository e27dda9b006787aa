import type { Context } from 'koa';
import type { Engine } from '../runtime/engine.ts';

const READY_MS_MAX = 2_000;

/**
 * `/health/live`: the process runs. `/health/ready`: it can serve; 503 while its database is away, and from the moment
 * it is told to stop, so that a balancer sends nothing more.
 */
export async function health(engine: Engine, isStopping: boolean, context: Context): Promise<void> {
  context.set('Cache-Control', 'no-store');
  if (context.path === '/health/live') {
    context.body = { status: 'live' };
    return;
  }
  if (context.path !== '/health/ready') {
    context.status = 404;
    context.body = { status: 'unknown' };
    return;
  }
  const isReady = !isStopping && (await answersInTime(engine));
  context.status = isReady ? 200 : 503;
  if (!isReady) context.set('Retry-After', '2');
  context.body = { status: isReady ? 'ready' : 'not ready' };
}

async function answersInTime(engine: Engine): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_MS_MAX);
  });
  const answer = engine.ready().then(
    () => true,
    () => false,
  );
  const isReady = await Promise.race([answer, late]);
  clearTimeout(timer);
  return isReady;
}
