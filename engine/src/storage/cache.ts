/** Hears messages of one topic. */
export interface Subscriber {
  message(text: string): void;
  /** Messages may have been lost: whatever they would have changed must be read anew. */
  missed(): void;
}

/**
 * Remembers what can be had again, and tells other processes what changed. It may forget anything at any time, so it
 * never fails a request: when the cache is away, `get` finds nothing and the rest has no effect. Keys and topics carry
 * the tenant they belong to.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, lifetimeMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Adds one to a count that all processes share, and answers it; undefined while the cache is away. A count that is
   * new lives so long.
   */
  increment(key: string, lifetimeMs: number): Promise<number | undefined>;
  /** To every subscriber in every process, this one included; at most once each. */
  publish(topic: string, message: string): Promise<void>;
  /** Answers a function that ends the subscription. */
  subscribe(topic: string, subscriber: Subscriber): () => void;
  close(): Promise<void>;
}
