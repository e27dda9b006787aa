import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import { isPaletteOpen, isShortcutSheetOpen } from './navigation.ts';
import { useShortcuts } from './shortcuts.ts';

const screen = defineComponent({
  props: { hasSearch: Boolean },
  setup(props) {
    useShortcuts();
    return () => h('div', [h('textarea'), props.hasSearch ? h('input', { 'data-search': '' }) : null]);
  },
});

let wrapper: ReturnType<typeof mount>;

function open(hasSearch = false): void {
  wrapper = mount(screen, { props: { hasSearch }, attachTo: document.body });
}

function press(key: string, options: KeyboardEventInit = {}, target: Element = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options });
  target.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  isPaletteOpen.value = false;
  isShortcutSheetOpen.value = false;
});
afterEach(() => wrapper.unmount());

describe('keys', () => {
  it.each([{ ctrlKey: true }, { metaKey: true }])('K with %j opens the palette, also while typing', (options) => {
    open();
    expect(press('k', options, wrapper.get('textarea').element).defaultPrevented).toBe(true);
    expect(isPaletteOpen.value).toBe(true);
  });

  it('/ goes to the search field of the screen', () => {
    open(true);
    press('/');
    expect(document.activeElement).toBe(wrapper.get('input').element);
    expect(isPaletteOpen.value).toBe(false);
  });

  it('/ opens the palette where there is no search field', () => {
    open();
    press('/');
    expect(isPaletteOpen.value).toBe(true);
  });

  it('? shows the shortcuts', () => {
    open();
    press('?');
    expect(isShortcutSheetOpen.value).toBe(true);
  });

  it.each(['/', '?'])('%s is only a character while typing', (key) => {
    open();
    expect(press(key, {}, wrapper.get('textarea').element).defaultPrevented).toBe(false);
    expect([isPaletteOpen.value, isShortcutSheetOpen.value]).toEqual([false, false]);
  });
});
