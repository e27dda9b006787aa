import { ComputerDesktopIcon, MoonIcon, SunIcon } from '@heroicons/vue/20/solid';
import { useSession } from '../session/session.ts';
import { setTheme } from '../theme/theme.ts';
import type { Theme } from '../theme/theme.ts';
import { problemText } from '../ui/problem-text.ts';
import { showToast } from '../ui/toasts.ts';

export const THEME_ICONS = { system: ComputerDesktopIcon, light: SunIcon, dark: MoonIcon } as const;

/** Switches the theme, remembered for the person when somebody is signed in. */
export async function chooseTheme(theme: Theme): Promise<void> {
  setTheme(theme);
  const session = useSession();
  if (!session.isSignedIn) return;
  try {
    await session.change({ preferences: { theme } });
  } catch (error) {
    showToast(problemText(error), { tone: 'danger' });
  }
}
