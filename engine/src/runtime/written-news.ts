import { onWritten } from '../records/written-signal.ts';
import type { Cache, Subscriber } from '../storage/cache.ts';
import type { CompanyRuntime } from './company.ts';

const TOPIC = 'records written';
/** Commits that come one after the other are told together. */
const PAUSE_MS = 20;

/** Tells all processes which companies' records were written, a moment after the commit. */
export class WrittenNews {
  readonly #cache: Cache;
  readonly #onFault: (error: unknown) => void;
  readonly #known = new WeakSet<object>();
  readonly #waiting = new Set<string>();

  constructor(cache: Cache, onFault: (error: unknown) => void) {
    this.#cache = cache;
    this.#onFault = onFault;
  }

  /** Looks after a company from now on. */
  watch({ database, entry }: CompanyRuntime): void {
    if (this.#known.has(database)) return;
    this.#known.add(database);
    onWritten(database, () => this.#tell(entry.slug));
  }

  #tell(slug: string): void {
    if (this.#waiting.has(slug)) return;
    this.#waiting.add(slug);
    setTimeout(() => {
      this.#waiting.delete(slug);
      this.#cache.publish(TOPIC, slug).catch(this.#onFault);
    }, PAUSE_MS).unref();
  }

  /** Hears the slug of each company that was written, here or elsewhere. Answers a function that ends it. */
  subscribe(subscriber: Subscriber): () => void {
    return this.#cache.subscribe(TOPIC, subscriber);
  }
}
