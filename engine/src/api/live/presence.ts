import type { Someone } from './protocol.ts';

/** Whoever has not been heard of for so long is no longer there. */
const GONE_AFTER_MS = 30_000;

interface Seen {
  readonly person: Someone;
  readonly at: number;
}

/** Who is at work on which record, as far as this process has heard: it hears what all processes tell each other. */
export class Presence {
  readonly #places = new Map<string, Map<string, Seen>>();

  /** Notes what somebody does; answers whether that changes who is there. */
  note(place: string, person: Someone, isThere: boolean): boolean {
    const known = this.#places.get(place) ?? new Map<string, Seen>();
    const was = this.#isThere(known.get(person.id));
    if (isThere) known.set(person.id, { person, at: Date.now() });
    else known.delete(person.id);
    if (known.size === 0) this.#places.delete(place);
    else this.#places.set(place, known);
    return was !== isThere;
  }

  at(place: string): readonly Someone[] {
    return [...(this.#places.get(place)?.values() ?? [])]
      .filter((seen) => this.#isThere(seen))
      .map(({ person }) => person);
  }

  /** Forgets whoever is gone; answers the places where somebody was. */
  sweep(): readonly string[] {
    const changed: string[] = [];
    for (const [place, known] of this.#places) {
      const gone = [...known].filter(([, seen]) => !this.#isThere(seen));
      for (const [id] of gone) known.delete(id);
      if (gone.length > 0) changed.push(place);
      if (known.size === 0) this.#places.delete(place);
    }
    return changed;
  }

  #isThere(seen: Seen | undefined): boolean {
    return seen !== undefined && Date.now() - seen.at < GONE_AFTER_MS;
  }
}
