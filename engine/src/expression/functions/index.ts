import { arithmetic } from './arithmetic.ts';
import { dates } from './dates.ts';
import { texts } from './texts.ts';
import type { FunctionDefinition } from './definition.ts';

const definitions: readonly FunctionDefinition[] = [...arithmetic, ...dates, ...texts];

/** Every strict function by its id. A new function is an entry of one of the files above, nothing else. */
export const functionsById: ReadonlyMap<string, FunctionDefinition> = new Map(
  definitions.map((definition) => [definition.id, definition]),
);

/** Every strict function by the name authors call it, in order of preference. */
export const functionsByName: ReadonlyMap<string, readonly FunctionDefinition[]> = byName();

function byName(): Map<string, FunctionDefinition[]> {
  const groups = new Map<string, FunctionDefinition[]>();
  for (const definition of definitions) {
    const group = groups.get(definition.name);
    if (group === undefined) groups.set(definition.name, [definition]);
    else group.push(definition);
  }
  return groups;
}
