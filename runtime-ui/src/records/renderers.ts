import type { JsonFormsRendererRegistryEntry } from '@jsonforms/core';
import { isControl, rankWith, uiTypeIs } from '@jsonforms/core';
import { markRaw } from 'vue';
import ControlRenderer from './controls/ControlRenderer.vue';
import GroupRenderer from './controls/GroupRenderer.vue';
import StackRenderer from './controls/StackRenderer.vue';

/**
 * Our renderer set for JSON Forms: one tester for each kind of element. JSON Forms lays the form out; the values live in
 * RecordDraft, because its own store reacts deeply and recomputes every control at every key.
 */
export const renderers: readonly JsonFormsRendererRegistryEntry[] = markRaw([
  { tester: rankWith(10, isControl), renderer: markRaw(ControlRenderer) },
  { tester: rankWith(10, uiTypeIs('Group')), renderer: markRaw(GroupRenderer) },
  { tester: rankWith(10, uiTypeIs('VerticalLayout')), renderer: markRaw(StackRenderer) },
]);
