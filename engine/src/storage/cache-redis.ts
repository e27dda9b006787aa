import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Cache, Subscriber } from './cache.ts';
import { Subscriptions } from './subscriptions.ts';

/** A cache that takes longer than this is slower than the database it spares. */
const COMMAND_MS_MAX = 250;
const CONNECT_MS_MAX = 2_000;
const RECONNECT_MS_MAX = 2_000;

/** Without Redis every command fails at once instead of waiting in a queue. */
const OPTIONS: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_MS_MAX,
  commandTimeout: COMMAND_MS_MAX,
  retryStrategy: (attempts) => Math.min(attempts * 100, RECONNECT_MS_MAX),
};

/** The cache that all processes share. It comes back by itself after Redis was away. */
export class RedisCache implements Cache {
  readonly #onFault: (error: unknown) => void;
  readonly #commands: Redis;
  /** A connection that listens can do nothing else. */
  readonly #listener: Redis;
  readonly #subscriptions = new Subscriptions();

  constructor(url: string, onFault: (error: unknown) => void) {
    this.#onFault = onFault;
    this.#commands = new Redis(url, OPTIONS);
    // Subscribing again is done below, together with telling subscribers what they missed.
    this.#listener = new Redis(url, { ...OPTIONS, autoResubscribe: false });
    for (const connection of [this.#commands, this.#listener]) connection.on('error', onFault);
    this.#listener.on('message', (topic: string, message: string) => this.#subscriptions.deliver(topic, message));
    this.#listener.on('ready', () => void this.#listenAgain());
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#attempt(this.#commands.get(key))) ?? undefined;
  }

  async set(key: string, value: string, lifetimeMs: number): Promise<void> {
    await this.#attempt(this.#commands.set(key, value, 'PX', Math.max(1, Math.round(lifetimeMs))));
  }

  async delete(key: string): Promise<void> {
    await this.#attempt(this.#commands.del(key));
  }

  async increment(key: string, lifetimeMs: number): Promise<number | undefined> {
    const lifetime = Math.max(1, Math.round(lifetimeMs));
    const replies = await this.#attempt(this.#commands.multi().set(key, 0, 'PX', lifetime, 'NX').incr(key).exec());
    const count = replies?.[1]?.[1];
    return typeof count === 'number' ? count : undefined;
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.#attempt(this.#commands.publish(topic, message));
  }

  subscribe(topic: string, subscriber: Subscriber): () => void {
    const isFirst = this.#subscriptions.add(topic, subscriber);
    if (isFirst && this.#listener.status === 'ready') void this.#attempt(this.#listener.subscribe(topic));
    return () => {
      const isLast = this.#subscriptions.remove(topic, subscriber);
      if (isLast && this.#listener.status === 'ready') void this.#attempt(this.#listener.unsubscribe(topic));
    };
  }

  async close(): Promise<void> {
    this.#commands.disconnect();
    this.#listener.disconnect();
  }

  async #listenAgain(): Promise<void> {
    const topics = this.#subscriptions.topics();
    if (topics.length === 0) return;
    await this.#attempt(this.#listener.subscribe(...topics));
    this.#subscriptions.tellMissed();
  }

  async #attempt<T>(reply: Promise<T>): Promise<T | undefined> {
    try {
      return await reply;
    } catch (error) {
      this.#onFault(error);
      return undefined;
    }
  }
}
