import type { SettingSchema, SettingsSchema, SettingValue } from '../api/catalog.ts';

export type SettingValues = Readonly<Record<string, SettingValue>>;

/** What a settings form shows first: what the company chose, else the module's own choice. */
export function valuesOf(schema: SettingsSchema, configuration: SettingValues): SettingValues {
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, setting]) => [name, configuration[name] ?? setting.default ?? null]),
  );
}

/**
 * What is sent of a settings form: whole numbers as numbers, decimals as the texts that were typed, an emptied field
 * as null, which means the module's own choice. What is not a number is left for the server to refuse.
 */
export function configurationOf(schema: SettingsSchema, values: SettingValues): SettingValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typedValue(schema.properties[name], value)]),
  );
}

function typedValue(setting: SettingSchema | undefined, value: SettingValue): SettingValue {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return null;
  return setting?.type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
