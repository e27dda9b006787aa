import { i18n } from '../../../runtime-ui/src/i18n/i18n.ts';

/** What people call a property of the metadata language: a translated word, else its name in words. */
export function propertyLabel(name: string): string {
  const key = `property.${name}`;
  if (i18n.global.te(key)) return i18n.global.t(key);
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
