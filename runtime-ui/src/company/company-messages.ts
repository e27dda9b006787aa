import { addMessages } from '../i18n/i18n.ts';

// The texts of the settings of a company come with them, not with the first load.
await addMessages((locale) => import(`./locales/${locale}.json`));
