import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { textIn } from '../../../engine/src/metamodel/text.ts';
import { currentLocale } from '../../../runtime-ui/src/i18n/i18n.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { itemOf } from './schema.ts';
import type { Part } from './schema.ts';
import { fieldSuggestion, useFieldsInScope, useStructure } from './structure-context.ts';
import type { Suggestion } from './structure-context.ts';

/** Properties whose value is the name of a document, and of which kind. */
const KIND_OF_PROPERTY: Readonly<Record<string, string>> = {
  report: 'report',
  dashboard: 'dashboard',
  create: 'flow',
  flow: 'flow',
  attach: 'print',
  print: 'print',
  module: 'module',
  dependencies: 'module',
};

/** Names that fit a place, as the documents there are offer them. */
export function useSuggestions(part: () => Part, property: () => string): ComputedRef<readonly Suggestion[]> {
  const workspace = useWorkspace();
  const fields = useFieldsInScope();
  const { entity } = useStructure();

  const entities = computed(() =>
    Object.entries(workspace.outline.entities).map(([value, { label }]) => ({
      value,
      label: textIn(label, currentLocale()),
    })),
  );
  const states = computed(() => {
    const body = entity.value === null ? undefined : workspace.bodyOf('workflow', entity.value);
    const list = Array.isArray(body?.['states']) ? (body['states'] as readonly unknown[]) : [];
    return list.map((state) => plain(typeof state === 'string' ? state : String((state as { name?: unknown }).name)));
  });
  const roles = computed(() => [
    ...new Set(
      [...workspace.documents.values()].flatMap(({ kind, body }) =>
        kind === 'permission' && typeof body['role'] === 'string' ? [body['role']] : [],
      ),
    ),
  ]);

  return computed(() => {
    const name = property();
    const common = part().common ?? itemOf(part()).common;
    if (common === 'entityName') return entities.value;
    if (name === 'ledger') return Object.keys(workspace.outline.ledgers).map(plain);
    if (name === 'roles' || name === 'role' || name === 'notify') return roles.value.map(plain);
    if (common === 'slug' && (name === 'from' || name === 'to')) return states.value;
    const kind = KIND_OF_PROPERTY[name];
    if (kind !== undefined) return namesOf(kind);
    if (common === 'fieldName') return fields.value.map(fieldSuggestion);
    if (common === 'sortName') return fields.value.map(fieldSuggestion).flatMap((each) => [each, descending(each)]);
    return [];
  });

  function namesOf(kind: string): readonly Suggestion[] {
    return [...workspace.documents.values()].filter((each) => each.kind === kind).map(({ name }) => plain(name));
  }
}

function plain(value: string): Suggestion {
  return { value, label: value };
}

function descending({ value, label }: Suggestion): Suggestion {
  return { value: `-${value}`, label: `${label} ↓` };
}
