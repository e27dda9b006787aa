import * as outline from '@heroicons/vue/24/outline';
import type { Component } from 'vue';

/** `ArchiveBoxIcon` → `archive-box`, `BuildingOffice2Icon` → `building-office-2`, `Square3Stack3DIcon` → `square-3-stack-3d`. */
function nameOf(exported: string): string {
  return exported
    .replace(/Icon$/, '')
    .replace(/([a-z])([A-Z\d])/g, '$1-$2')
    .replace(/(\d)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** Every outline icon by the name that metadata uses. Loaded lazily, in a piece of its own. */
export const metadataIcons: ReadonlyMap<string, Component> = new Map(
  Object.entries(outline).map(([exported, icon]) => [nameOf(exported), icon as Component]),
);
