import { usePreferredDark } from '@vueuse/core';
import { computed, ref, watchEffect } from 'vue';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'rangka.theme';

export function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY);
  return isTheme(stored) ? stored : 'system';
}

const prefersDark = usePreferredDark();

/** What the person chose on this device. */
export const theme = ref<Theme>(storedTheme());

/** What is shown. */
export const isDark = computed(() => (theme.value === 'system' ? prefersDark.value : theme.value === 'dark'));

export function setTheme(choice: Theme): void {
  theme.value = choice;
  localStorage.setItem(STORAGE_KEY, choice);
}

/** Keeps the page in the chosen theme from now on. */
export function startTheme(): void {
  watchEffect(() => document.documentElement.classList.toggle('dark', isDark.value));
}
