import { Kind } from 'graphql';
import type { FieldNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import type { Entity } from '../../compiler/model.ts';
import { TITLE } from '../../records/titles.ts';

/** The fields of an entity that a query wants, so that nothing else is read. */
export interface WantedFields {
  readonly fields: readonly string[];
  readonly titles: boolean;
}

/** Stands behind the name of a link for the id alone. */
export const ID_SUFFIX = '_id';

/**
 * What is wanted of the records of an entity below the field that is being resolved.
 *
 * @param paths where records stand below it, such as `nodes` and `edges.node`; an empty path for the field itself
 */
export function wantedFields(
  info: GraphQLResolveInfo,
  entity: Entity,
  paths: readonly (readonly string[])[],
): WantedFields {
  const names = new Set<string>();
  for (const path of paths) {
    let nodes: readonly FieldNode[] = info.fieldNodes;
    for (const step of path) nodes = below(nodes, info).filter(({ name }) => name.value === step);
    for (const { name } of below(nodes, info)) names.add(name.value);
  }
  const fields = new Set<string>();
  for (const name of names) {
    const link = name.endsWith(ID_SUFFIX) ? name.slice(0, -ID_SUFFIX.length) : name;
    if (entity.fieldByName.has(name)) fields.add(name);
    else if (entity.fieldByName.has(link)) fields.add(link);
  }
  return { fields: [...fields], titles: names.has(TITLE) };
}

/** The fields that stand below fields, fragments unfolded; what `@include` leaves out is read all the same. */
function below(nodes: readonly FieldNode[], info: GraphQLResolveInfo): readonly FieldNode[] {
  return nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : fieldsIn(selectionSet, info)));
}

function fieldsIn({ selections }: SelectionSetNode, info: GraphQLResolveInfo): readonly FieldNode[] {
  return selections.flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, info);
    const fragment = info.fragments[selection.name.value];
    return fragment === undefined ? [] : fieldsIn(fragment.selectionSet, info);
  });
}
