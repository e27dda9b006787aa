import { useLocalStorage } from '@vueuse/core';
import { ref } from 'vue';

/** The sidebar on wide screens: with names, or icons alone. */
export const isSidebarCollapsed = useLocalStorage('rangka.sidebar-collapsed', false);

/** Slugs of modules whose entries are folded away. */
export const foldedModules = useLocalStorage<readonly string[]>('rangka.folded-modules', []);

/** The same as a drawer on small screens. */
export const isDrawerOpen = ref(false);

export const isPaletteOpen = ref(false);
export const isShortcutSheetOpen = ref(false);
