import { addMessages } from '../i18n/i18n.ts';

// The texts about automations come with their screen, not with the first load.
await addMessages((locale) => import(`./locales/${locale}.json`));
