import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { setSurroundings } from './api/client.ts';
import { queryClient } from './api/query-client.ts';
import { i18n, preferredLocale, setLocale } from './i18n/i18n.ts';
import { router } from './router/router.ts';
import { useSession } from './session/session.ts';
import { startTheme } from './theme/theme.ts';
import './styles/app.css';

startTheme();
const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient });

const session = useSession();
setSurroundings({
  onSignedOut() {
    session.forget();
    void router.push({ name: 'sign-in', query: { next: router.currentRoute.value.fullPath } });
  },
  refreshToken: session.refresh,
});

// The texts and the session are fetched side by side; the router waits for the session by itself.
if (session.isExpected) session.load().catch(() => undefined);
await setLocale(preferredLocale());
app.use(router).mount('#app');
