import { addMessages } from '../i18n/i18n.ts';

// The texts of the import come with it, not with the first load.
await addMessages((locale) => import(`./locales/${locale}.json`));
