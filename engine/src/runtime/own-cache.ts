import type { Cache } from '../storage/cache.ts';

/** A cache that several installations may share: each sees its own keys and topics only. */
export function ownCache(installation: string, shared: Cache): Cache {
  const own = (name: string): string => `rangka:${installation}:${name}`;
  return {
    get: (key) => shared.get(own(key)),
    set: (key, value, lifetimeMs) => shared.set(own(key), value, lifetimeMs),
    delete: (key) => shared.delete(own(key)),
    increment: (key, lifetimeMs) => shared.increment(own(key), lifetimeMs),
    publish: (topic, message) => shared.publish(own(topic), message),
    subscribe: (topic, subscriber) => shared.subscribe(own(topic), subscriber),
    close: () => shared.close(),
  };
}
