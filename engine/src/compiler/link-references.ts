import { pointerStep } from '../metamodel/diagnostic.ts';
import type {
  DashboardDocument,
  FixtureDocument,
  FormDocument,
  GrantSource,
  ModuleDocument,
  PermissionDocument,
  ViewDocument,
} from '../metamodel/source.ts';
import type { FoldedDocument } from './fold.ts';
import type { DocumentKind } from './kinds.ts';
import type { LinkedModule } from './link-modules.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

type WidgetSource = DashboardDocument['widgets'][number];

export interface LinkedWidget {
  readonly document: FoldedDocument;
  readonly pointer: string;
  readonly source: WidgetSource;
  readonly entity: LinkedEntity;
}

export interface LinkedGrant {
  readonly document: FoldedDocument;
  readonly pointer: string;
  readonly source: GrantSource;
  readonly role: string;
  readonly entity: LinkedEntity;
}

export interface LinkedFixture {
  readonly document: FoldedDocument;
  readonly source: FixtureDocument;
  readonly entity: LinkedEntity;
}

/** What the documents other than entities name, resolved. */
export interface LinkedReferences {
  readonly widgets: readonly LinkedWidget[];
  readonly permissions: readonly { readonly source: PermissionDocument; readonly document: FoldedDocument }[];
  readonly grants: readonly LinkedGrant[];
  readonly fixtures: readonly LinkedFixture[];
  /** Form documents by the entity they lay out. */
  readonly forms: ReadonlyMap<string, FormDocument>;
  readonly listViews: ReadonlyMap<string, ViewDocument>;
}

export function linkReferences(
  documents: readonly FoldedDocument[],
  entities: ReadonlyMap<string, LinkedEntity>,
  modules: readonly LinkedModule[],
  report: Report,
): LinkedReferences {
  const widgets: LinkedWidget[] = [];
  const permissions: { source: PermissionDocument; document: FoldedDocument }[] = [];
  const grants: LinkedGrant[] = [];
  const fixtures: LinkedFixture[] = [];
  const forms = new Map<string, FormDocument>();
  const listViews = new Map<string, ViewDocument>();
  const ledgers = new Map(
    documents.filter(({ kind }) => kind === 'ledger').map((document) => [document.name, document]),
  );

  const entityAt = (document: FoldedDocument, name: string, pointer: string): LinkedEntity | null => {
    const entity = entities.get(name) ?? null;
    if (entity === null) {
      faultAt(
        report,
        { document },
        pointer,
        'unknown-entity',
        `There is no entity “${name}”`,
        nearestHint(name, entities.keys()),
      );
    }
    return entity;
  };
  const fieldAt = (
    document: FoldedDocument,
    entity: LinkedEntity,
    name: string,
    pointer: string,
  ): LinkedField | null => {
    const field = entity.byName.get(name) ?? null;
    if (field === null) {
      faultAt(
        report,
        { document },
        pointer,
        'unknown-field',
        `“${entity.name}” has no field “${name}”`,
        nearestHint(name, entity.byName.keys()),
      );
    }
    return field;
  };

  for (const entity of entities.values()) checkFieldLists(entity, fieldAt);
  const reports = new Set(documents.filter(({ kind }) => kind === 'report').map(({ name }) => name));
  const reportAt = (document: FoldedDocument, name: string, pointer: string): void => {
    if (reports.has(name)) return;
    faultAt(
      report,
      { document },
      pointer,
      'unknown-report',
      `There is no report “${name}”`,
      nearestHint(name, reports),
    );
  };
  for (const module of modules) checkMenu(module, entityAt, reportAt);

  const linkers: Readonly<Partial<Record<DocumentKind, (document: FoldedDocument) => void>>> = {
    dashboard: (document) => widgets.push(...widgetsOf(document, entityAt, fieldAt)),
    permission: (document) => {
      const source = document.body as unknown as PermissionDocument;
      permissions.push({ source, document });
      grants.push(...grantsOf(document, source, entityAt));
    },
    fixture: (document) => {
      const fixture = fixtureOf(document, entityAt, fieldAt);
      if (fixture !== null) fixtures.push(fixture);
    },
    form: (document) => {
      const source = document.body as unknown as FormDocument;
      const entity = entityAt(document, source.entity, '/entity');
      if (entity === null) return;
      for (const [index, section] of source.sections.entries()) {
        for (const [at, field] of section.fields.entries()) {
          fieldAt(document, entity, field, `/sections/${index}/fields/${at}`);
        }
      }
      forms.set(entity.name, source);
    },
    view: (document) => {
      const source = document.body as unknown as ViewDocument;
      const entity = entityAt(document, source.entity, '/entity');
      if (entity !== null && source.type === 'list') listViews.set(entity.name, source);
    },
    workflow: (document) => void entityAt(document, document.name, '/workflow'),
    flow: (document) => {
      for (const end of ['from', 'to'] as const) entityAt(document, String(document.body[end]), `/${end}`);
    },
    posting: (document) => {
      entityAt(document, document.name, '/posting');
      checkPosting(document, ledgers, report);
    },
    ledger: (document) => checkLedger(document, entityAt),
  };
  for (const document of documents) linkers[document.kind]?.(document);
  return { widgets, permissions, grants, fixtures, forms, listViews };
}

type EntityAt = (document: FoldedDocument, name: string, pointer: string) => LinkedEntity | null;
type FieldAt = (document: FoldedDocument, entity: LinkedEntity, name: string, pointer: string) => LinkedField | null;

function widgetsOf(document: FoldedDocument, entityAt: EntityAt, fieldAt: FieldAt): readonly LinkedWidget[] {
  const { widgets } = document.body as unknown as DashboardDocument;
  return widgets.flatMap((source, index) => {
    const pointer = `/widgets/${index}`;
    const entity = entityAt(document, source.entity, `${pointer}/entity`);
    if (entity === null) return [];
    if (source.value.field !== undefined) fieldAt(document, entity, source.value.field, `${pointer}/value/field`);
    if (source.group_by !== undefined) fieldAt(document, entity, source.group_by.field, `${pointer}/group_by/field`);
    return [{ document, pointer, source, entity }];
  });
}

function grantsOf(document: FoldedDocument, source: PermissionDocument, entityAt: EntityAt): readonly LinkedGrant[] {
  return source.grants.flatMap((grant, index) => {
    const pointer = `/grants/${index}`;
    const entity = entityAt(document, grant.entity, `${pointer}/entity`);
    return entity === null ? [] : [{ document, pointer, source: grant, role: source.role, entity }];
  });
}

function fixtureOf(document: FoldedDocument, entityAt: EntityAt, fieldAt: FieldAt): LinkedFixture | null {
  const source = document.body as unknown as FixtureDocument;
  const entity = entityAt(document, source.entity, '/entity');
  if (entity === null) return null;
  for (const [index, record] of source.records.entries()) {
    for (const field of Object.keys(record)) fieldAt(document, entity, field, `/records/${index}${pointerStep(field)}`);
  }
  return { document, source, entity };
}

/** Every list of field names an entity document holds: key, picker, sort, list and form layout. */
function checkFieldLists(entity: LinkedEntity, fieldAt: FieldAt): void {
  const { source, document } = entity;
  const names = (pointer: string, list: readonly string[] | undefined): void => {
    for (const [index, name] of (list ?? []).entries()) {
      fieldAt(document, entity, name.replace(/^-/, ''), `${pointer}/${index}`);
    }
  };
  names('/key', source.key);
  names('/picker', source.picker);
  names('/sort', source.sort);
  names('/list/columns', source.list?.columns);
  names('/list/filters', source.list?.filters);
  for (const [index, section] of (source.form?.sections ?? []).entries())
    names(`/form/sections/${index}/fields`, section.fields);
  for (const [index, check] of (source.checks ?? []).entries()) {
    if (check.at !== undefined) fieldAt(document, entity, check.at, `/checks/${index}/at`);
  }
  for (const field of entity.fields) {
    if (field.source.unit !== undefined) fieldAt(document, entity, field.source.unit, `${field.pointer}/unit`);
  }
}

function checkMenu(
  module: LinkedModule,
  entityAt: EntityAt,
  reportAt: (document: FoldedDocument, name: string, pointer: string) => void,
): void {
  const source: ModuleDocument = module.source;
  for (const [index, item] of (source.menu ?? []).entries()) {
    if (item.entity !== undefined) entityAt(module.document, item.entity, `/menu/${index}/entity`);
    if (item.report !== undefined) reportAt(module.document, item.report, `/menu/${index}/report`);
  }
  for (const [index, name] of (source.first_steps ?? []).entries())
    entityAt(module.document, name, `/first_steps/${index}`);
}

function checkLedger(document: FoldedDocument, entityAt: EntityAt): void {
  const dimensions = document.body['dimensions'];
  if (typeof dimensions !== 'object' || dimensions === null) return;
  for (const [name, target] of Object.entries(dimensions)) {
    const entity = typeof target === 'string' ? target.replace(/\?$/, '') : '';
    // A dimension may also be a plain value such as `text` or `date`; entities carry their module's name.
    if (entity.includes('.')) entityAt(document, entity, `/dimensions${pointerStep(name)}`);
  }
}

function checkPosting(document: FoldedDocument, ledgers: ReadonlyMap<string, FoldedDocument>, report: Report): void {
  const entries = document.body['entries'];
  if (!Array.isArray(entries)) return;
  for (const [index, entry] of entries.entries()) {
    const name = String((entry as Record<string, unknown>)['ledger']);
    const ledger = ledgers.get(name);
    if (ledger === undefined) {
      const hint = nearestHint(name, ledgers.keys());
      faultAt(report, { document }, `/entries/${index}/ledger`, 'unknown-ledger', `There is no ledger “${name}”`, hint);
      continue;
    }
    const dimensions = Object.keys(ledger.body['dimensions'] as object);
    for (const dimension of Object.keys(((entry as Record<string, unknown>)['at'] as object | undefined) ?? {})) {
      if (dimensions.includes(dimension)) continue;
      faultAt(
        report,
        { document },
        `/entries/${index}/at${pointerStep(dimension)}`,
        'unknown-dimension',
        `Ledger “${name}” has no dimension “${dimension}”`,
        nearestHint(dimension, dimensions),
      );
    }
  }
}
