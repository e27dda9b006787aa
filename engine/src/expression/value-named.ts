/** What stands under a name that an author wrote; undefined for `constructor` and whatever else every object has. */
export function valueNamed<T>(names: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
