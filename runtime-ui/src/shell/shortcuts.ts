import { useEventListener } from '@vueuse/core';
import { isPaletteOpen, isShortcutSheetOpen } from './navigation.ts';

/** Whether keys belong to what has the focus: a field that somebody types in. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role="combobox"], [role="textbox"]'))
  );
}

/** The first search field of the screen; it marks itself with `data-search`. */
function searchField(): HTMLInputElement | null {
  return document.querySelector('[data-search]');
}

/** Keys that work on every screen: Ctrl+K, `/` and `?`. */
export function useShortcuts(): void {
  useEventListener(window, 'keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      isPaletteOpen.value = true;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === '/') {
      event.preventDefault();
      const field = searchField();
      if (field === null) isPaletteOpen.value = true;
      else field.focus();
    } else if (event.key === '?') {
      isShortcutSheetOpen.value = true;
    }
  });
}
