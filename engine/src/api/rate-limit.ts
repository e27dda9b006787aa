import { refuse } from '../base/errors.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import type { Cache } from '../storage/cache.ts';

/** So many requests in so many seconds. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** Counts that all processes share. */
type SharedCounts = Pick<Cache, 'increment'>;

export interface Allowance {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the count begins anew. */
  readonly resetSeconds: number;
}

interface Window {
  count: number;
  readonly endsAt: number;
}

const COUNTED_MAX = 100_000;

/**
 * Counts requests per key in windows of fixed length that begin with the first request. Without shared counts, or
 * while they are away, each process counts for itself.
 */
export class RateLimiter {
  readonly rate: Rate;
  /** The `RateLimit-Policy` header. */
  readonly policy: string;
  readonly #name: string;
  readonly #shared: SharedCounts | null;
  readonly #windows = new BoundedMap<string, Window>(COUNTED_MAX);

  constructor(name: string, rate: Rate, shared: SharedCounts | null) {
    this.rate = rate;
    this.policy = `"${name}";q=${rate.count};w=${rate.seconds}`;
    this.#name = name;
    this.#shared = shared;
  }

  /** Counts one request of this key. */
  async take(key: string): Promise<Allowance> {
    const now = Date.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { count: 0, endsAt: now + this.rate.seconds * 1000 };
      this.#windows.set(key, window);
    }
    window.count += 1;
    if (this.#shared !== null) {
      const shared = await this.#shared.increment(`limit:${this.#name}:${key}`, window.endsAt - now);
      if (shared !== undefined && shared > window.count) window.count = shared;
    }
    return {
      allowed: window.count <= this.rate.count,
      remaining: Math.max(0, this.rate.count - window.count),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
    };
  }

  /** As `take`, but refuses with 429 when the key has used its allowance up. */
  async demand(key: string): Promise<Allowance> {
    const allowance = await this.take(key);
    if (allowance.allowed) return allowance;
    throw refuse('too-many-requests', {
      parameters: { seconds: String(allowance.resetSeconds) },
      headers: { ...this.headers(allowance), 'Retry-After': String(allowance.resetSeconds) },
    });
  }

  /** The headers of draft-ietf-httpapi-ratelimit-headers. */
  headers(allowance: Allowance): Readonly<Record<string, string>> {
    return {
      RateLimit: `"${this.#name}";r=${allowance.remaining};t=${allowance.resetSeconds}`,
      'RateLimit-Policy': this.policy,
    };
  }
}
