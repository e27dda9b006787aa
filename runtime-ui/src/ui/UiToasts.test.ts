import { enableAutoUnmount, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import UiToasts from './UiToasts.vue';
import { showToast, toasts } from './toasts.ts';
import { i18n } from '../i18n/i18n.ts';

beforeEach(() => {
  vi.useFakeTimers();
  toasts.value = [];
});
afterEach(() => vi.useRealTimers());
enableAutoUnmount(afterEach);

async function shown() {
  const wrapper = mount(UiToasts, { global: { plugins: [i18n] } });
  await nextTick();
  return wrapper;
}

describe('short messages', () => {
  it('are read out where a region waits for them, and go by themselves', async () => {
    const wrapper = await shown();
    const region = wrapper.get('[role=status]').element;
    showToast('Saved');
    await nextTick();
    expect(region.textContent).toContain('Saved');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(region.textContent).not.toContain('Saved');
  });

  it('stay while somebody points at them', async () => {
    showToast('Saved');
    const wrapper = await shown();
    await wrapper.get('.popover').trigger('mouseenter');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wrapper.text()).toContain('Saved');
    await wrapper.get('.popover').trigger('mouseleave');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wrapper.text()).not.toContain('Saved');
  });

  it('take back what was done, once', async () => {
    const run = vi.fn();
    showToast('Deleted', { action: { label: 'Undo', run } });
    const wrapper = await shown();
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Undo')!
      .trigger('click');
    expect(run).toHaveBeenCalledTimes(1);
    expect(wrapper.text()).not.toContain('Deleted');
  });

  it('do not pile up', async () => {
    for (let number = 1; number <= 9; number += 1) showToast(`Message ${number}`);
    const wrapper = await shown();
    expect(wrapper.findAll('.popover')).toHaveLength(4);
    expect(wrapper.text()).toContain('Message 9');
  });
});
