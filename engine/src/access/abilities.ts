/**
 * What a token may do: `*` for everything its person may, `{area}:read` and `{area}:write` for one door (records,
 * modules, files …), `{entity}:read` and `{entity}:write` for the records of one entity. Writing includes reading.
 */
export const ALL_ABILITIES = '*';

const ABILITY = /^(?:\*|[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)?:(?:read|write))$/;

export type Verb = 'read' | 'write';

export function isAbility(text: string): boolean {
  return text.length <= 100 && ABILITY.test(text);
}

/** Whether the abilities cover one door or entity, for example `records` or `sales.customer`. */
export function covers(abilities: readonly string[], subject: string, verb: Verb): boolean {
  return abilities.some(
    (ability) =>
      ability === ALL_ABILITIES || ability === `${subject}:write` || (verb === 'read' && ability === `${subject}:read`),
  );
}
