import { mount } from '@vue/test-utils';
import { beforeAll, describe, expect, it } from 'vitest';
import UiTextField from './UiTextField.vue';
import { i18n, setLocale } from '../i18n/i18n.ts';

beforeAll(() => setLocale('en'));

function field(props: Record<string, unknown>) {
  return mount(UiTextField, { props: { label: 'Title', modelValue: '', ...props }, global: { plugins: [i18n] } });
}

describe('a text field', () => {
  it('is named by its label', () => {
    const wrapper = field({ controlId: 'title' });
    expect(wrapper.get('label').attributes('for')).toBe('title');
    expect(wrapper.get('input').attributes('id')).toBe('title');
  });

  it('is described by its fault, then by its hint', () => {
    const wrapper = field({ controlId: 'title', error: 'Too long', hint: 'As on the cover' });
    const ids = wrapper.get('input').attributes('aria-describedby')?.split(' ') ?? [];
    expect(ids.map((id) => wrapper.get(`#${id}`).text())).toEqual(['Too long', 'As on the cover']);
    expect(wrapper.get('input').attributes('aria-invalid')).toBe('true');
  });

  it('without a fault is not called invalid', () => {
    const wrapper = field({});
    expect(wrapper.get('input').attributes()).not.toHaveProperty('aria-invalid');
    expect(wrapper.get('input').attributes()).not.toHaveProperty('aria-describedby');
  });

  it('hands attributes to the control and classes to the whole', () => {
    const wrapper = field({ class: 'place', maxlength: 5, 'data-search': '' });
    expect(wrapper.classes()).toContain('place');
    expect(wrapper.get('input').classes()).not.toContain('place');
    expect(wrapper.get('input').attributes()).toMatchObject({ maxlength: '5', 'data-search': '' });
  });

  it('tells what is typed', async () => {
    const wrapper = field({ rows: 3 });
    await wrapper.get('textarea').setValue('Laskar Pelangi');
    expect(wrapper.emitted('update:modelValue')).toEqual([['Laskar Pelangi']]);
  });
});
