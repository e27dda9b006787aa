import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { setSurroundings } from '../../runtime-ui/src/api/client.ts';
import { queryClient } from '../../runtime-ui/src/api/query-client.ts';
import { addMessages, i18n, preferredLocale, setLocale } from '../../runtime-ui/src/i18n/i18n.ts';
import { useSession } from '../../runtime-ui/src/session/session.ts';
import { startTheme } from '../../runtime-ui/src/theme/theme.ts';
import App from './App.vue';
import { router } from './router.ts';
import './designer.css';

/** Signing in is the web application's affair; it leads back here. */
function signIn(): void {
  const next = encodeURIComponent(window.location.pathname + window.location.search);
  window.location.assign(`/sign-in?next=${next}`);
}

startTheme();
const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient });

const session = useSession();
setSurroundings({
  onSignedOut() {
    session.forget();
    signIn();
  },
  refreshToken: session.refresh,
});

await setLocale(preferredLocale());
await addMessages((locale) => import(`./locales/${locale}.json`));
await session.load();
if (!session.isSignedIn) signIn();
else app.use(router).mount('#app');
