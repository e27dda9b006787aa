import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { currentLocale, setLocale } from '../i18n/i18n.ts';
import type { Locale } from '../i18n/i18n.ts';
import { useSession } from '../session/session.ts';
import { problemText } from '../ui/problem-text.ts';
import { showToast } from '../ui/toasts.ts';

/** The language of the screens, remembered for the person when somebody is signed in. */
export function useChosenLocale(): { readonly locale: ComputedRef<Locale>; choose(locale: Locale): Promise<void> } {
  const session = useSession();
  return {
    locale: computed(currentLocale),
    async choose(locale) {
      try {
        await setLocale(locale);
        if (session.isSignedIn) await session.change({ locale });
      } catch (error) {
        showToast(problemText(error), { tone: 'danger' });
      }
    },
  };
}
