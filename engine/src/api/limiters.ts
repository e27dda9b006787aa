import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../access/caller.ts';
import type { Cache } from '../storage/cache.ts';
import { RateLimiter } from './rate-limit.ts';

/** Typing into a picker asks again and again: a person at a screen sends as much as ten programs. */
const SCREEN_FACTOR = 10;

/** How much each kind of caller may send. */
export interface Limiters {
  readonly api: RateLimiter;
  readonly screens: RateLimiter;
}

export function makeLimiters(
  rate: { readonly requests: number; readonly seconds: number },
  shared: Pick<Cache, 'increment'> | null,
): Limiters {
  const { requests: count, seconds } = rate;
  return {
    api: new RateLimiter('api', { count, seconds }, shared),
    screens: new RateLimiter('screens', { count: count * SCREEN_FACTOR, seconds }, shared),
  };
}

/**
 * Our own pages, which browsers mark with `Sec-Fetch-Site: same-origin` (W3C Fetch Metadata), are counted apart from
 * programs. Whoever forges the mark gains the larger allowance of a person signed in, no more.
 */
export function limiterFor(limiters: Limiters, caller: Caller | null, headers: IncomingHttpHeaders): RateLimiter {
  return caller?.kind === 'session' && headers['sec-fetch-site'] === 'same-origin' ? limiters.screens : limiters.api;
}
