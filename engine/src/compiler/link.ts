import { pointerStep } from '../metamodel/diagnostic.ts';
import { AMENDED_FIELD, NUMBER_FIELD, RESERVED_FIELDS, STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import type { EntityDocument, FieldSource } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import { moduleOfDocument } from './fold.ts';
import type { FoldedDocument } from './fold.ts';
import { linkField, resolveTargets } from './link-fields.ts';
import { linkLedgers } from './link-ledgers.ts';
import type { LinkedLedger } from './link-ledgers.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import { linkModules } from './link-modules.ts';
import type { LinkedModule } from './link-modules.ts';
import { linkReferences } from './link-references.ts';
import type { LinkedReferences } from './link-references.ts';
import type { Report } from './report.ts';
import { faultAt } from './report.ts';
import type { WorkflowState } from './workflow-model.ts';
import { statesOf, statusOptions } from './workflow-states.ts';

export interface LinkedModel extends LinkedReferences {
  readonly modules: readonly LinkedModule[];
  readonly entities: ReadonlyMap<string, LinkedEntity>;
  readonly ledgers: ReadonlyMap<string, LinkedLedger>;
  /** All documents, for the kinds that are worked on after their entities are known. */
  readonly documents: readonly FoldedDocument[];
}

/**
 * Resolves every name once: field types, link targets, owners of lines, and what dashboards, grants, fixtures and the
 * other documents point to. Later stages may assume that what a LinkedModel holds exists.
 */
export function link(documents: readonly FoldedDocument[], report: Report): LinkedModel {
  const modules = linkModules(documents, report);
  const entities = new Map<string, LinkedEntity>();
  for (const document of documents) {
    if (document.kind !== 'entity' || document.body['hidden'] === true) continue;
    entities.set(document.name, linkEntity(document, workflowStates(documents, document.name), report));
  }
  for (const entity of entities.values()) resolveTargets(entity, entities, modules, report);
  for (const entity of entities.values()) {
    if (entity.kind === 'lines' && entity.owner === null) {
      faultAt(report, entity, '/entity', 'lines-without-owner', `No entity has a lines field of “${entity.name}”`);
    }
  }
  const ledgers = linkLedgers(documents, entities, modules, report);
  return { modules, entities, ledgers, documents, ...linkReferences(documents, entities, modules, report) };
}

/** The states of the entity's workflow; none when it has no workflow. */
function workflowStates(documents: readonly FoldedDocument[], entity: string): readonly WorkflowState[] {
  const workflow = documents.find(
    (each) => each.kind === 'workflow' && each.name === entity && each.body['hidden'] !== true,
  );
  return workflow === undefined ? [] : statesOf(workflow);
}

function linkEntity(document: FoldedDocument, states: readonly WorkflowState[], report: Report): LinkedEntity {
  const source = document.body as unknown as EntityDocument;
  const fields: LinkedField[] = provided(source, states).map(([name, field]) => linkField(name, field, 'provided'));
  for (const [name, field] of Object.entries(source.fields)) {
    const pointer = `/fields${pointerStep(name)}`;
    if (field.hidden === true) continue;
    const providedTwin = fields.findIndex((other) => other.name === name);
    if (providedTwin >= 0) {
      // A document may dress up what its kind provides (label, help, default), never change its type.
      const base = (fields[providedTwin] as LinkedField).source;
      if (field.type !== base.type) {
        faultAt(
          report,
          { document },
          `${pointer}/type`,
          'provided-field',
          `“${name}” comes with every ${source.kind} and is ${base.type}`,
        );
        continue;
      }
      fields[providedTwin] = linkField(name, { ...base, ...field }, 'provided');
      continue;
    }
    if (RESERVED_FIELDS.has(name)) {
      faultAt(
        report,
        { document },
        pointer,
        'reserved-name',
        `“${name}” is a name of the engine's own`,
        'Choose another name',
      );
      continue;
    }
    fields.push(linkField(name, field, 'own'));
  }
  const system = SYSTEM_FIELDS.map(([name, field]) => linkField(name, field, 'system'));
  return {
    name: document.name,
    module: moduleOfDocument(document),
    kind: source.kind,
    document,
    source,
    label: toText(source.label ?? document.name),
    fields,
    byName: new Map([...system, ...fields].map((field) => [field.name, field])),
    owner: null,
  };
}

const SYSTEM_FIELDS: readonly (readonly [string, FieldSource])[] = [
  ['id', { type: 'text', label: { en: 'Id', id: 'Id' }, readOnly: true }],
  ['version', { type: 'integer', label: { en: 'Version', id: 'Versi' }, readOnly: true }],
  ['created_at', { type: 'datetime', label: { en: 'Created at', id: 'Dibuat pada' }, readOnly: true }],
  ['created_by', { type: 'text', label: { en: 'Created by', id: 'Dibuat oleh' }, readOnly: true }],
  ['updated_at', { type: 'datetime', label: { en: 'Changed at', id: 'Diubah pada' }, readOnly: true }],
  ['updated_by', { type: 'text', label: { en: 'Changed by', id: 'Diubah oleh' }, readOnly: true }],
];

/** Fields that come with the kind of an entity. */
function provided(
  source: EntityDocument,
  states: readonly WorkflowState[],
): readonly (readonly [string, FieldSource])[] {
  const fields: [string, FieldSource][] = [];
  if (source.number !== undefined) {
    fields.push([
      NUMBER_FIELD,
      { type: 'text', label: { en: 'Number', id: 'Nomor' }, readOnly: true, unique: true, maxLength: 60 },
    ]);
  }
  if (source.kind === 'document') {
    fields.push([
      STATUS_FIELD,
      {
        type: 'enumeration',
        label: { en: 'Status', id: 'Status' },
        readOnly: true,
        index: true,
        default: `'${states[0]?.name ?? 'draft'}'`,
        options: [...statusOptions(states)],
      },
    ]);
    fields.push([
      STAGE_FIELD,
      {
        type: 'enumeration',
        label: { en: 'Stage', id: 'Tahap' },
        readOnly: true,
        visible: false,
        index: true,
        default: "'draft'",
        options: [
          { value: 'draft', label: { en: 'Draft', id: 'Draf' } },
          { value: 'submitted', label: { en: 'Submitted', id: 'Diajukan' } },
          { value: 'cancelled', label: { en: 'Cancelled', id: 'Dibatalkan' } },
        ],
      },
    ]);
    fields.push([
      AMENDED_FIELD,
      {
        type: 'link',
        to: source.entity,
        label: { en: 'Amends', id: 'Perbaikan dari' },
        readOnly: true,
        visible: `${AMENDED_FIELD} != null`,
      },
    ]);
  }
  if (source.kind === 'tree') {
    fields.push(['parent', { type: 'link', to: source.entity, label: { en: 'Parent', id: 'Induk' } }]);
  }
  return fields;
}
