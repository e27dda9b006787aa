/** What the server tells over a live connection; see docs/live.md. */
export interface LiveMessage {
  readonly type: 'ready' | 'subscribed' | 'changed' | 'removed' | 'reset' | 'notifications' | 'presence' | 'refused';
  readonly id?: string;
  readonly record?: string;
  readonly version?: string;
  readonly position?: string;
  readonly by?: Someone;
  readonly people?: readonly Someone[];
  readonly unread?: number;
}

export interface Someone {
  readonly id: string;
  readonly name: string;
}

export type LiveTopic =
  | { readonly to: 'record'; readonly entity: string; readonly record: string }
  | { readonly to: 'list'; readonly entity: string };

interface Subscription {
  readonly topic: LiveTopic;
  readonly hear: (message: LiveMessage) => void;
  /** Up to where this subscription has heard everything. */
  position: string | null;
}

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
/** Not signed in any more: trying again would not help. */
const NO_RIGHTS = 4401;
/** Presence lasts half a minute on the server. */
const PRESENCE_MS = 15_000;

/**
 * One connection for all that this page listens to. It is opened with the first subscription, opened again when it is
 * lost, and then goes on where each subscription was.
 */
export class LiveClient {
  readonly #address: () => string;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: WebSocket | null = null;
  #isReady = false;
  #next = 0;
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;

  /** @param address where the connection is opened, asked for each time */
  constructor(address: () => string) {
    this.#address = address;
  }

  /** Answers a function that ends the subscription. */
  subscribe(topic: LiveTopic, hear: (message: LiveMessage) => void): () => void {
    this.#next += 1;
    const id = String(this.#next);
    const subscription: Subscription = { topic, hear, position: null };
    this.#subscriptions.set(id, subscription);
    if (this.#socket === null) this.#connect();
    else if (this.#isReady) this.#ask(id, subscription);
    return () => {
      this.#subscriptions.delete(id);
      if (this.#subscriptions.size === 0) this.#leave();
      else this.#send({ type: 'unsubscribe', id });
    };
  }

  /** Tells others that this person is at work on a record, until the answered function is called. */
  present(entity: string, record: string): () => void {
    const tell = (editing: boolean): void => this.#send({ type: 'presence', entity, record, editing });
    tell(true);
    const timer = setInterval(() => tell(true), PRESENCE_MS);
    return () => {
      clearInterval(timer);
      tell(false);
    };
  }

  #connect(): void {
    const socket = new WebSocket(this.#address());
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as LiveMessage));
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#isReady = false;
      if (code !== NO_RIGHTS && this.#subscriptions.size > 0) this.#later();
    });
  }

  #later(): void {
    const wait = Math.min(RETRY_MS_MIN * 2 ** this.#tries, RETRY_MS_MAX);
    this.#tries += 1;
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #leave(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const socket = this.#socket;
    this.#socket = null;
    this.#isReady = false;
    socket?.close();
  }

  #hear(message: LiveMessage): void {
    if (message.type === 'ready') {
      this.#tries = 0;
      this.#isReady = true;
      for (const [id, subscription] of this.#subscriptions) this.#ask(id, subscription);
      return;
    }
    const subscription = message.id === undefined ? undefined : this.#subscriptions.get(message.id);
    if (subscription === undefined) return;
    if (message.position !== undefined && (message.type !== 'subscribed' || subscription.position === null)) {
      subscription.position = message.position;
    }
    subscription.hear(message);
  }

  #ask(id: string, { topic, position }: Subscription): void {
    this.#send({ type: 'subscribe', id, ...topic, ...(position === null ? {} : { since: position }) });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
