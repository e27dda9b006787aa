import { computed, shallowRef } from 'vue';

/** Changes of one thing that follow each other within this time are taken back together. */
const TOGETHER_MS = 1_000;

interface Step<State> {
  readonly state: State;
  /** What was changed: typing on in one place makes one step. */
  readonly place: string | null;
  readonly at: number;
}

/** States that can be returned to, one step after the other, as far back as the page was opened. */
export class History<State> {
  readonly #done = shallowRef<readonly Step<State>[]>([]);
  readonly #undone = shallowRef<readonly Step<State>[]>([]);
  readonly canUndo = computed(() => this.#done.value.length > 0);
  readonly canRedo = computed(() => this.#undone.value.length > 0);

  /** Notes the state before a change; `place` is where something is typed, null for any other change. */
  note(before: State, place: string | null, now = Date.now()): void {
    const last = this.#done.value.at(-1);
    this.#undone.value = [];
    if (place !== null && last?.place === place && now - last.at < TOGETHER_MS) {
      this.#done.value = [...this.#done.value.slice(0, -1), { ...last, at: now }];
      return;
    }
    this.#done.value = [...this.#done.value, { state: before, place, at: now }];
  }

  /** The state before the last change; null when there is none. */
  undo(present: State): State | null {
    const last = this.#done.value.at(-1);
    if (last === undefined) return null;
    this.#done.value = this.#done.value.slice(0, -1);
    this.#undone.value = [...this.#undone.value, { ...last, state: present, at: 0 }];
    return last.state;
  }

  /** The state that was undone last; null when there is none. */
  redo(present: State): State | null {
    const last = this.#undone.value.at(-1);
    if (last === undefined) return null;
    this.#undone.value = this.#undone.value.slice(0, -1);
    this.#done.value = [...this.#done.value, { ...last, state: present, at: 0 }];
    return last.state;
  }

  clear(): void {
    this.#done.value = [];
    this.#undone.value = [];
  }
}
