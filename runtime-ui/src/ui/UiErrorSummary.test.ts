import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import UiErrorSummary from './UiErrorSummary.vue';
import UiTextField from './UiTextField.vue';
import type { SummaryFault } from './form-problem.ts';
import { i18n } from '../i18n/i18n.ts';

it('takes the focus when faults appear, names the fields and leads to them', async () => {
  const faults = ref<readonly SummaryFault[]>([]);
  const form = defineComponent(() => () => [
    h(UiErrorSummary, { title: 'Please check', faults: faults.value }),
    h(UiTextField, { label: 'Title', controlId: 'title', modelValue: '' }),
  ]);
  const wrapper = mount(form, { attachTo: document.body, global: { plugins: [i18n] } });
  expect(wrapper.find('[role=alert]').exists()).toBe(false);

  faults.value = [{ message: 'Needed', controlId: 'title' }, { message: 'Try later' }];
  await flushPromises();
  expect(document.activeElement).toBe(wrapper.get('[role=alert]').element);
  expect(wrapper.findAll('li').map((line) => line.text())).toEqual(['Title: Needed', 'Try later']);

  await wrapper.get('li a').trigger('click');
  expect(document.activeElement).toBe(wrapper.get('#title').element);
  wrapper.unmount();
});
