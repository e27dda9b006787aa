import { inject } from 'vue';
import type { Component, InjectionKey } from 'vue';

/** Editors of values that hold values. They use the editor of a value, which so must not name them. */
type BlockEditors = Readonly<Record<'object' | 'map' | 'list', Component>>;

export const BLOCK_EDITORS: InjectionKey<BlockEditors> = Symbol('block editors');

export function useBlockEditors(): BlockEditors {
  const editors = inject(BLOCK_EDITORS);
  if (editors === undefined) throw new Error('Nobody said what edits values that hold values.');
  return editors;
}
