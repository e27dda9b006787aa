import type { Subscriber } from './cache.ts';

/** Who listens to what in this process. */
export class Subscriptions {
  readonly #topics = new Map<string, Set<Subscriber>>();

  /** Whether the subscriber is the topic's first. */
  add(topic: string, subscriber: Subscriber): boolean {
    const subscribers = this.#topics.get(topic);
    if (subscribers !== undefined) {
      subscribers.add(subscriber);
      return false;
    }
    this.#topics.set(topic, new Set([subscriber]));
    return true;
  }

  /** Whether nobody is left on the topic. */
  remove(topic: string, subscriber: Subscriber): boolean {
    const subscribers = this.#topics.get(topic);
    if (subscribers === undefined || !subscribers.delete(subscriber) || subscribers.size > 0) return false;
    return this.#topics.delete(topic);
  }

  topics(): string[] {
    return [...this.#topics.keys()];
  }

  deliver(topic: string, message: string): void {
    for (const subscriber of this.#topics.get(topic) ?? []) subscriber.message(message);
  }

  tellMissed(): void {
    for (const subscribers of this.#topics.values()) {
      for (const subscriber of subscribers) subscriber.missed();
    }
  }
}
