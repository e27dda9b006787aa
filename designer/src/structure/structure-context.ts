import { computed, inject, provide } from 'vue';
import type { ComputedRef, InjectionKey } from 'vue';
import { currentLocale } from '../../../runtime-ui/src/i18n/i18n.ts';
import { textIn } from '../../../engine/src/metamodel/text.ts';
import type { EntityOutline } from '../compiler/protocol.ts';
import type { PlacedDiagnostic } from '../compiler/protocol.ts';
import { useWorkspace } from '../workspace/workspace.ts';

/** What the editors of one document share. */
export interface StructureContext {
  /** The entity whose fields names and expressions mean here; null where there is none. */
  readonly entity: ComputedRef<string | null>;
  /** What the compiler says of the document. */
  readonly diagnostics: ComputedRef<readonly PlacedDiagnostic[]>;
}

const KEY: InjectionKey<StructureContext> = Symbol('structure');

export function provideStructure(context: StructureContext): void {
  provide(KEY, context);
}

export function useStructure(): StructureContext {
  const context = inject(KEY);
  if (context === undefined) throw new Error('This editor stands outside a document.');
  return context;
}

/** Inside an object that names an entity of its own, or the rows of one, names mean that one's fields. */
export function narrowStructure(value: () => unknown): void {
  const outer = useStructure();
  const workspace = useWorkspace();
  const entity = computed(() => {
    const held = value();
    if (typeof held !== 'object' || held === null) return outer.entity.value;
    const { entity: named, each, from } = held as Readonly<Record<string, unknown>>;
    const { entities } = workspace.outline;
    for (const name of [named, from]) if (typeof name === 'string' && name in entities) return name;
    const rows = outer.entity.value === null ? undefined : entities[outer.entity.value];
    return rows?.fields.find((field) => field.name === each)?.leadsTo ?? outer.entity.value;
  });
  provideStructure({ ...outer, entity });
}

/** The fields that names mean here. */
export function useFieldsInScope(): ComputedRef<EntityOutline['fields']> {
  const { entity } = useStructure();
  const workspace = useWorkspace();
  return computed(() => (entity.value === null ? [] : (workspace.outline.entities[entity.value]?.fields ?? [])));
}

/** What stands in a picker: a name, and what people call it. */
export interface Suggestion {
  readonly value: string;
  readonly label: string;
}

export function fieldSuggestion({ name, label }: EntityOutline['fields'][number]): Suggestion {
  return { value: name, label: textIn(label, currentLocale()) };
}
