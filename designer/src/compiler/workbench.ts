import { analyse } from '../../../engine/src/compiler/compile.ts';
import type { Analysis } from '../../../engine/src/compiler/compile.ts';
import { fold } from '../../../engine/src/compiler/fold.ts';
import { lower } from '../../../engine/src/compiler/lower/lower.ts';
import { screenEntity } from '../../../engine/src/compiler/lower/screens.ts';
import type { Entity, Model } from '../../../engine/src/compiler/model.ts';
import { parse } from '../../../engine/src/compiler/parse.ts';
import type { SourceLayer } from '../../../engine/src/compiler/source-layer.ts';
import { functionsByName } from '../../../engine/src/expression/functions/index.ts';
import { toText } from '../../../engine/src/metamodel/text.ts';
import { tryExpression } from './try-expression.ts';
import type {
  Answers,
  DesignDocument,
  EntityOutline,
  LedgerOutline,
  Outline,
  Question,
  StandardLayer,
} from './protocol.ts';

/** What the forms of a new record may do; the preview shows all of them. */
const PREVIEW_ACTIONS = ['read', 'create', 'update'];

const FUNCTIONS: Outline['functions'] = [...functionsByName].flatMap(([name, definitions]) =>
  /^[a-z]/.test(name)
    ? [
        {
          name,
          parameters: (definitions[0]?.signatures[0]?.parameters ?? []).map((parameter) => parameter.name).join(', '),
        },
      ]
    : [],
);

/** The compiler as the designer uses it: the standard stays, the company's documents come anew with every change. */
export class Workbench {
  #standard: readonly SourceLayer[] = [];
  #analysis: Analysis | null = null;
  /** The last sound model: previews go on showing it while a fault is being typed. */
  #model: Model | null = null;

  answer(question: Question): Answers[Question['ask']] {
    switch (question.ask) {
      case 'begin':
        return this.#begin(question.layers);
      case 'compile':
        return this.#compile(question.documents);
      case 'layout':
        return layoutOf(this.#model?.entities.get(question.entity));
      case 'screen': {
        const entity = this.#model?.entities.get(question.entity);
        return entity === undefined ? null : JSON.stringify(screenEntity(entity, PREVIEW_ACTIONS, question.locale));
      }
      case 'evaluate':
        return this.#analysis === null
          ? { fault: '', hint: null }
          : tryExpression(this.#analysis.typed, question.entity, question.expression, question.record);
    }
  }

  #begin(layers: readonly StandardLayer[]): readonly DesignDocument[] {
    this.#standard = layers.map((layer) => ({ kind: 'module', ...layer }));
    return fold(
      parse(this.#standard, () => undefined),
      () => undefined,
    ).map(({ kind, name, body }) => ({ kind, name, body }));
  }

  #compile(documents: readonly DesignDocument[]): Answers['compile'] {
    const started = performance.now();
    const files = documents.map(({ kind, name, body }) => ({
      path: `${kind}/${name}.json`,
      text: JSON.stringify(body),
    }));
    this.#analysis = analyse([...this.#standard, { kind: 'company', name: 'company', files }]);
    const { typed, behaviour, diagnostics, folded } = this.#analysis;
    const places = new Map(folded.map(({ kind, name, origin }) => [origin.file, { kind, name }]));
    for (const { kind, name } of documents) places.set(`${kind}/${name}.json`, { kind, name });
    if (!diagnostics.some(({ severity }) => severity === 'error')) this.#model = lower(typed, behaviour, 'draft');
    const placed = diagnostics.map((each) => ({
      ...each,
      ...(places.get(each.file) ?? { kind: null, name: null }),
    }));
    return { diagnostics: placed, outline: outlineOf(this.#analysis), milliseconds: performance.now() - started };
  }
}

function layoutOf(entity: Entity | undefined): Answers['layout'] {
  if (entity === undefined) return null;
  return entity.form.sections.map(({ label, columns, collapsed, fields }) => ({
    ...(label === null ? {} : { label }),
    columns,
    ...(collapsed ? { collapsed } : {}),
    fields,
  }));
}

function outlineOf({ typed }: Analysis): Outline {
  const { linked } = typed;
  const entities: Record<string, EntityOutline> = {};
  for (const entity of linked.entities.values()) {
    entities[entity.name] = {
      label: toText(entity.source.label),
      kind: entity.source.kind,
      owner: entity.owner?.entity.name ?? null,
      fields: entity.fields.map((field) => ({
        name: field.name,
        type: field.source.type,
        label: toText(field.source.label ?? field.name),
        leadsTo: field.target?.name ?? null,
      })),
    };
  }
  const ledgers: Record<string, LedgerOutline> = {};
  for (const ledger of linked.ledgers.values()) {
    ledgers[ledger.name] = {
      dimensions: ledger.dimensions.map(({ name }) => name),
      measures: ledger.measures.map(({ name }) => name),
    };
  }
  return {
    entities,
    ledgers,
    settings: linked.modules.flatMap(({ source }) => Object.keys(source.settings ?? {})),
    functions: FUNCTIONS,
  };
}
