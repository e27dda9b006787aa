import { BoundedMap } from './bounded-map.ts';
import type { Cache, Subscriber } from './cache.ts';
import { Subscriptions } from './subscriptions.ts';

const ENTRIES_MAX = 10_000;

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/** The cache of a single process: what was asked for lately, within a bound. */
export class MemoryCache implements Cache {
  readonly #entries: BoundedMap<string, Entry>;
  readonly #subscriptions = new Subscriptions();

  constructor(entriesMax: number = ENTRIES_MAX) {
    this.#entries = new BoundedMap(entriesMax);
  }

  async get(key: string): Promise<string | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A monotonic clock: setting the machine's time neither expires nor revives anything.
    if (entry.expiresAt > performance.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  async set(key: string, value: string, lifetimeMs: number): Promise<void> {
    this.#entries.set(key, { value, expiresAt: performance.now() + lifetimeMs });
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  async increment(key: string, lifetimeMs: number): Promise<number> {
    const entry = this.#entries.get(key);
    const isAlive = entry !== undefined && entry.expiresAt > performance.now();
    const count = isAlive ? Number(entry.value) + 1 : 1;
    this.#entries.set(key, {
      value: String(count),
      expiresAt: isAlive ? entry.expiresAt : performance.now() + lifetimeMs,
    });
    return count;
  }

  async publish(topic: string, message: string): Promise<void> {
    // Later, as through a network: the publisher is never inside a subscriber's work.
    queueMicrotask(() => this.#subscriptions.deliver(topic, message));
  }

  subscribe(topic: string, subscriber: Subscriber): () => void {
    this.#subscriptions.add(topic, subscriber);
    return () => {
      this.#subscriptions.remove(topic, subscriber);
    };
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }
}
