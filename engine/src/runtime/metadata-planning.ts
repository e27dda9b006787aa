import type { Model } from '../compiler/model.ts';
import type { Diagnostic } from '../metamodel/diagnostic.ts';
import { planSchema } from '../storage/schema/plan.ts';
import type { SchemaPlan } from '../storage/schema/plan.ts';
import type { Step } from '../storage/schema/step.ts';
import type { CompanyRuntime } from './company.ts';
import { layerChanges } from './company-layer.ts';
import type { CompanyLayer } from './company-layer.ts';
import { keepPlan } from './metadata-plans.ts';
import type { ModelCache } from './model-cache.ts';

/** What publishing a layer would do that somebody should know before. */
export interface Risk {
  readonly kind:
    /** Gone from screens and programs; tables and columns keep what they hold. */
    | 'hides-entity'
    | 'hides-field'
    /** The running model does not know the new name: requests may fail until the switch. */
    | 'renames'
    /** Somebody waits while the step runs. */
    | 'waits'
    /** The model asks what would lose data; the plan cannot be applied. */
    | 'blocked'
    /** The data stands against it; the plan cannot be applied. */
    | 'data';
  /** An entity, `entity.field`, table or `table.column`. */
  readonly subject: string;
  /** Why, as a code; for `waits` who waits, for `renames` the new name. Null where the kind says it all. */
  readonly reason: string | null;
  /** Values that stand against it. */
  readonly examples: readonly string[];
}

export interface LayerPlan {
  /** Null when the plan cannot be applied. */
  readonly id: string | null;
  /** The hash of the model that it would make; null when it does not compile. */
  readonly hash: string | null;
  readonly changes: readonly { readonly kind: string; readonly name: string; readonly action: Action }[];
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  readonly risks: readonly Risk[];
}

type Action = 'add' | 'change' | 'remove';

/**
 * Compiles a layer, compares it with the company's tables and tells what publishing it takes. Changes nothing but that
 * an applicable plan is kept.
 *
 * @param choices `keep: false` for a look only
 */
export async function planLayer(
  models: ModelCache,
  company: CompanyRuntime,
  layer: CompanyLayer,
  choices: { readonly note: string | null; readonly keep: boolean },
): Promise<LayerPlan> {
  const changes = documentChanges(company.layer, layer);
  const { model, diagnostics } = models.compile(company.modules, layer);
  if (model === null) return { id: null, hash: null, changes, steps: [], diagnostics, risks: [] };
  const schema = await planSchema(company.database, model.tables);
  const risks = [...lostToScreens(company.model, model), ...schemaRisks(schema)];
  const isApplicable = schema.blocked.length + schema.findings.length === 0;
  const base = company.entry.metadataVersion;
  const id =
    isApplicable && choices.keep ? await keepPlan(company.database, { base, layer, note: choices.note }) : null;
  return { id, hash: model.hash, changes, steps: schema.steps, diagnostics, risks };
}

/** Which documents differ between two layers. */
export function documentChanges(from: CompanyLayer, to: CompanyLayer): LayerPlan['changes'] {
  const known = new Set(from.documents.map(({ kind, name }) => `${kind} ${name}`));
  return layerChanges(from, to).map(({ kind, name, document }) => {
    const action = document === null ? 'remove' : known.has(`${kind} ${name}`) ? 'change' : 'add';
    return { kind, name, action };
  });
}

/** What is gone from screens and programs, and what goes by another name. */
function lostToScreens(from: Model, to: Model): readonly Risk[] {
  const risks: Risk[] = [];
  for (const entity of from.entities.values()) {
    const next = to.entities.get(entity.name);
    if (next === undefined) {
      risks.push({ kind: 'hides-entity', subject: entity.name, reason: null, examples: [] });
      continue;
    }
    for (const [name, { column }] of entity.fieldByName) {
      if (next.fieldByName.has(name)) continue;
      const heir = next.fields.find((field) => column !== null && field.formerColumn === column);
      if (heir !== undefined) {
        risks.push({ kind: 'renames', subject: `${entity.name}.${name}`, reason: heir.name, examples: [] });
        continue;
      }
      risks.push({ kind: 'hides-field', subject: `${entity.name}.${name}`, reason: null, examples: [] });
    }
  }
  return risks;
}

function schemaRisks({ steps, blocked, findings }: SchemaPlan): readonly Risk[] {
  const waits = steps.filter((step) => step.blocks !== 'nobody' && step.rows > 0);
  return [
    ...waits.map(({ table, blocks }): Risk => ({ kind: 'waits', subject: table, reason: blocks, examples: [] })),
    ...blocked.map(({ table, column, reason }): Risk => {
      const subject = column === null ? table : `${table}.${column}`;
      return { kind: 'blocked', subject, reason, examples: [] };
    }),
    ...findings.map(({ table, columns, reason, examples }): Risk => {
      return { kind: 'data', subject: `${table}.${columns.join(', ')}`, reason, examples };
    }),
  ];
}
