interface Deadline {
  readonly since: number;
  readonly onLate: () => void;
}

/**
 * Watches over waits that all have the same limit, with one timer for all of them: a timer for each would cost more
 * than the statements it watches. What is late is noticed at its limit, or a little after.
 */
export class Deadlines {
  readonly #msMax: number;
  /** In the order they began, which is the order they fall due. */
  readonly #waiting = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(msMax: number) {
    this.#msMax = msMax;
  }

  /** Calls `onLate` unless the answered function is called in time. That one tells whether it was in time. */
  begin(onLate: () => void): () => boolean {
    const deadline = { since: performance.now(), onLate };
    this.#waiting.add(deadline);
    this.#timer ??= setTimeout(() => this.#check(), this.#msMax).unref();
    return () => this.#waiting.delete(deadline);
  }

  #check(): void {
    this.#timer = undefined;
    const latest = performance.now() - this.#msMax;
    for (const deadline of this.#waiting) {
      if (deadline.since > latest) {
        this.#timer = setTimeout(() => this.#check(), Math.ceil(deadline.since - latest)).unref();
        return;
      }
      this.#waiting.delete(deadline);
      deadline.onLate();
    }
  }
}
