import type { Body } from '../../../engine/src/compiler/parse.ts';

/** Actions that every entity knows; documents know those of the second list as well. */
export const RECORD_ACTIONS = ['read', 'create', 'update', 'delete', 'print', 'export', 'import'] as const;
export const DOCUMENT_ACTIONS = ['submit', 'cancel', 'amend'] as const;

export interface Grant extends Body {
  readonly entity: string;
  readonly actions: readonly string[];
}

/** How far a role may take an action: on all records, on some, on none. */
export type Extent = 'all' | 'some' | 'none';

export function extentOf(grants: readonly Grant[], entity: string, action: string): Extent {
  const fitting = grants.filter((each) => each.entity === entity && each.actions.includes(action));
  if (fitting.length === 0) return 'none';
  return fitting.some(({ where }) => where === undefined) ? 'all' : 'some';
}

/** Gives an action on all records, or takes it away in every grant. Grants with conditions of their own stay. */
export function toggled(grants: readonly Grant[], entity: string, action: string): readonly Grant[] {
  if (extentOf(grants, entity, action) !== 'none') {
    return grants.flatMap((each) => {
      if (each.entity !== entity || !each.actions.includes(action)) return [each];
      const actions = each.actions.filter((name) => name !== action);
      return actions.length === 0 ? [] : [{ ...each, actions }];
    });
  }
  const added = action === 'read' || extentOf(grants, entity, 'read') !== 'none' ? [action] : ['read', action];
  const plain = grants.findIndex((each) => each.entity === entity && each['where'] === undefined);
  if (plain < 0) return [...grants, { entity, actions: added }];
  return grants.map((each, place) => (place === plain ? { ...each, actions: [...each.actions, ...added] } : each));
}
