import { addMessages } from '../i18n/i18n.ts';

// The texts of roles and rights come with their screens, not with the first load.
await addMessages((locale) => import(`./locales/${locale}.json`));
