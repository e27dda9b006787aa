/** What a role may do, as a grid of entities and actions shows it. */

/** One grant on an entity: some actions, on the records where a condition holds, for some of their fields. */
export interface Rule {
  readonly actions: readonly string[];
  /** Null: all records. */
  readonly where: string | null;
  /** Paths of fields, `lines.price` for those of rows; null: all. */
  readonly read: readonly string[] | null;
  /** Null: all that may be read. */
  readonly write: readonly string[] | null;
}

export interface Grant extends Rule {
  readonly entity: string;
}

/** The rules of each entity that a role is granted anything of. */
export type Matrix = ReadonlyMap<string, readonly Rule[]>;

/** On which records an action may be taken. */
export type Level = 'none' | 'own' | 'condition' | 'all';

/** Records that whoever acts has made. */
export const OWN_RECORDS = 'created_by == user.id';

const READ = 'read';

export function matrixOf(grants: readonly Grant[]): Matrix {
  const matrix = new Map<string, readonly Rule[]>();
  for (const { entity, actions, where, read, write } of grants) {
    matrix.set(entity, [...(matrix.get(entity) ?? []), { actions, where, read, write }]);
  }
  return matrix;
}

export function grantsOf(matrix: Matrix): readonly Grant[] {
  return [...matrix].flatMap(([entity, rules]) => rules.map((rule) => ({ entity, ...rule })));
}

/** The widest that any rule gives. */
export function levelOf(rules: readonly Rule[], action: string): Level {
  const about = rules.filter(({ actions }) => actions.includes(action));
  if (about.length === 0) return 'none';
  if (about.some(({ where }) => where === null)) return 'all';
  return about.every(({ where }) => where === OWN_RECORDS) ? 'own' : 'condition';
}

/** Whether every rule about an action names the fields it is about. */
export function isPartOfFields(rules: readonly Rule[], action: string): boolean {
  const about = rules.filter(({ actions }) => actions.includes(action));
  return about.length > 0 && about.every(({ read, write }) => read !== null || write !== null);
}

/** The level that comes next when somebody goes round: a condition only where one was written. */
export function nextLevel(rules: readonly Rule[], action: string): Level {
  const hasCondition = rules.some(({ where }) => where !== null && where !== OWN_RECORDS);
  const round: readonly Level[] = hasCondition ? ['none', 'all', 'own', 'condition'] : ['none', 'all', 'own'];
  return round[(round.indexOf(levelOf(rules, action)) + 1) % round.length] ?? 'none';
}

/**
 * The rules once an action has a level. Whoever may do anything may read, as far; whoever may not read may do nothing.
 */
export function withLevel(rules: readonly Rule[], action: string, level: Level): readonly Rule[] {
  if (action === READ && level === 'none') return [];
  const changed = placed(rules, action, level);
  const isBlind = action !== READ && level !== 'none' && levelOf(changed, READ) === 'none';
  return isBlind ? placed(changed, READ, level) : changed;
}

function placed(rules: readonly Rule[], action: string, level: Level): readonly Rule[] {
  const fits = ({ where }: Rule): boolean =>
    level === 'all'
      ? where === null
      : level === 'own'
        ? where === OWN_RECORDS
        : level === 'condition' && where !== null && where !== OWN_RECORDS;
  const without = rules.map((rule) => ({ ...rule, actions: rule.actions.filter((each) => each !== action) }));
  const at = without.findIndex(fits);
  const added =
    at >= 0
      ? without.map((rule, index) => (index === at ? { ...rule, actions: [...rule.actions, action] } : rule))
      : level === 'all' || level === 'own'
        ? [...without, { actions: [action], where: level === 'own' ? OWN_RECORDS : null, read: null, write: null }]
        : without;
  return added.filter(({ actions }) => actions.length > 0);
}

/** What changed about one entity. */
export interface EntityChange {
  readonly entity: string;
  readonly levels: readonly { readonly action: string; readonly from: Level; readonly to: Level }[];
  /** Rules with a condition of their own or about some fields that are new, and that are gone. */
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
}

export function differences(before: Matrix, after: Matrix): readonly EntityChange[] {
  const entities = [...new Set([...before.keys(), ...after.keys()])];
  return entities
    .map((entity) => changeOf(entity, before.get(entity) ?? [], after.get(entity) ?? []))
    .filter(({ levels, added, removed }) => levels.length + added.length + removed.length > 0);
}

function changeOf(entity: string, before: readonly Rule[], after: readonly Rule[]): EntityChange {
  const actions = [...new Set([...before, ...after].flatMap((rule) => rule.actions))];
  const levels = actions
    .map((action) => ({ action, from: levelOf(before, action), to: levelOf(after, action) }))
    .filter(({ from, to }) => from !== to);
  const [former, next] = [before.filter(isSpecial), after.filter(isSpecial)];
  const keys = (rules: readonly Rule[]): ReadonlySet<string> => new Set(rules.map(keyOf));
  return {
    entity,
    levels,
    added: next.filter((rule) => !keys(former).has(keyOf(rule))),
    removed: former.filter((rule) => !keys(next).has(keyOf(rule))),
  };
}

/** Whether levels alone do not tell what a rule says. */
function isSpecial({ where, read, write }: Rule): boolean {
  return (where !== null && where !== OWN_RECORDS) || read !== null || write !== null;
}

function keyOf({ actions, where, read, write }: Rule): string {
  const sorted = (list: readonly string[] | null): unknown => (list === null ? null : [...list].sort());
  return JSON.stringify([sorted(actions), where, sorted(read), sorted(write)]);
}
