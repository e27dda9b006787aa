import { useLocalStorage } from '@vueuse/core';

const REMEMBERED_MAX = 6;

/** Kinds of record that were looked at on this device, the last one first. */
export const recentEntities = useLocalStorage<readonly string[]>('rangka.recent-entities', []);

export function noteVisit(entity: string): void {
  if (recentEntities.value[0] === entity) return;
  recentEntities.value = [entity, ...recentEntities.value.filter((other) => other !== entity)].slice(0, REMEMBERED_MAX);
}
