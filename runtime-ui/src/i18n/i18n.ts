import { nextTick } from 'vue';
import { createI18n } from 'vue-i18n';
import { setCaller } from '../api/client.ts';

/** The languages of the product, as their speakers call them. */
export const LOCALES = { en: 'English', id: 'Bahasa Indonesia' } as const;
export type Locale = keyof typeof LOCALES;

interface Messages {
  [key: string]: string | Messages;
}
/** Loads the texts of one part of the application in a language. */
export type MessageSource = (locale: Locale) => Promise<{ readonly default: Messages }>;

const STORAGE_KEY = 'rangka.locale';

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', missingWarn: false, messages: {} });

const sources = new Set<MessageSource>([(locale) => import(`./locales/${locale}.json`)]);
const loaded = new Map<MessageSource, Set<Locale>>();

export function isLocale(value: unknown): value is Locale {
  return typeof value === 'string' && Object.hasOwn(LOCALES, value);
}

/** The language used last on this device, else the first one of the browser that we speak, else English. */
export function preferredLocale(): Locale {
  const candidates = [localStorage.getItem(STORAGE_KEY), ...navigator.languages.map((tag) => tag.split('-')[0])];
  return candidates.find(isLocale) ?? 'en';
}

export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale;
}

/** Switches the language once its texts are there, so that no key is ever shown. */
export async function setLocale(locale: Locale): Promise<void> {
  await Promise.all([...sources].map((source) => load(source, locale)));
  i18n.global.locale.value = locale;
  setCaller({ locale });
  localStorage.setItem(STORAGE_KEY, locale);
  document.documentElement.lang = locale;
  await nextTick();
}

/** Adds the texts of a part that is loaded later, in the present language and in each one chosen afterwards. */
export async function addMessages(source: MessageSource): Promise<void> {
  sources.add(source);
  await load(source, currentLocale());
}

async function load(source: MessageSource, locale: Locale): Promise<void> {
  const locales = loaded.get(source) ?? new Set();
  if (locales.has(locale)) return;
  const messages = await source(locale);
  i18n.global.mergeLocaleMessage(locale, messages.default);
  loaded.set(source, locales.add(locale));
}
