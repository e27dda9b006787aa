import { onScopeDispose, shallowRef, watchEffect } from 'vue';

/** Names what is on the screen when its route alone cannot: a record, a kind of record. */
export const windowTitle = shallowRef<string | null>(null);

/** Keeps the window's title while the screen is shown; null leaves it to the route. */
export function useWindowTitle(title: () => string | null | undefined): void {
  watchEffect(() => (windowTitle.value = title() ?? null));
  onScopeDispose(() => (windowTitle.value = null));
}
