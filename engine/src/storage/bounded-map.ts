/**
 * A map that forgets what was not asked for lately. Entries live in two generations: when the young one is full, the
 * old one is dropped and the young one takes its place, so a hit costs one lookup and no list is kept in order.
 */
export class BoundedMap<Key, Value extends NonNullable<unknown>> {
  readonly #generationSize: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  /** Never more than `sizeMax` entries; the latest half of that is always remembered. */
  constructor(sizeMax: number) {
    this.#generationSize = Math.max(1, Math.floor(sizeMax / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    this.#old.delete(key);
    if (this.#young.size >= this.#generationSize && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  deleteWhere(isUnwanted: (key: Key) => boolean): void {
    for (const generation of [this.#young, this.#old]) {
      for (const key of generation.keys()) if (isUnwanted(key)) generation.delete(key);
    }
  }

  values(): readonly Value[] {
    return [...this.#old.values(), ...this.#young.values()];
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
