import { ENTRY_COLUMNS, LAST_DATE_COLUMN, MONTH_COLUMN, RESERVED_FIELDS } from '../metamodel/naming.ts';
import type { EntityDocument, FieldSource, LedgerDocument } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import { moduleOfDocument } from './fold.ts';
import type { FoldedDocument } from './fold.ts';
import { linkField, resolveTargets } from './link-fields.ts';
import type { LinkedModule } from './link-modules.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** A ledger with the entities of its dimensions resolved; its expressions are still source text. */
export interface LinkedLedger {
  readonly name: string;
  readonly document: FoldedDocument;
  readonly source: LedgerDocument;
  /** The entries, as an entity that is in no list of entities. */
  readonly entries: LinkedEntity;
  readonly dimensions: readonly LinkedField[];
  readonly measures: readonly LinkedField[];
  readonly periods: { readonly entity: LinkedEntity; readonly from: LinkedField; readonly to: LinkedField } | null;
  /** The sets of dimensions whose monthly balances are kept. */
  readonly balances: readonly (readonly LinkedField[])[];
  readonly per: readonly LinkedField[];
  /** By pick; null where it names no dimension or measure that can be chosen. */
  readonly picks: readonly ({ readonly dimension: LinkedField; readonly measure: LinkedField } | null)[];
  /** By guard. */
  readonly guardedBy: readonly (readonly LinkedField[])[];
}

/** Fields of every entry, with the columns they stand in. */
const OWN_FIELDS: readonly (readonly [string, FieldSource])[] = [
  [ENTRY_COLUMNS.voucher, { type: 'integer', label: { en: 'Voucher', id: 'Voucher' }, readOnly: true }],
  [ENTRY_COLUMNS.line, { type: 'integer', label: { en: 'Line', id: 'Baris' }, readOnly: true }],
  [ENTRY_COLUMNS.rule, { type: 'integer', label: { en: 'Rule', id: 'Aturan' }, readOnly: true }],
  [ENTRY_COLUMNS.corrects, { type: 'integer', label: { en: 'Corrects', id: 'Mengoreksi' }, readOnly: true }],
  [ENTRY_COLUMNS.date, { type: 'date', label: { en: 'Date', id: 'Tanggal' }, readOnly: true }],
  [ENTRY_COLUMNS.memo, { type: 'text', label: { en: 'Note', id: 'Catatan' }, maxLength: 240, readOnly: true }],
];
const ID_FIELD: FieldSource = { type: 'text', label: { en: 'Id', id: 'Id' }, readOnly: true };

export function linkLedgers(
  documents: readonly FoldedDocument[],
  entities: ReadonlyMap<string, LinkedEntity>,
  modules: readonly LinkedModule[],
  report: Report,
): ReadonlyMap<string, LinkedLedger> {
  const ledgers = new Map<string, LinkedLedger>();
  for (const document of documents) {
    if (document.kind !== 'ledger' || document.body['hidden'] === true) continue;
    ledgers.set(document.name, linkLedger(document, entities, modules, report));
  }
  return ledgers;
}

function linkLedger(
  document: FoldedDocument,
  entities: ReadonlyMap<string, LinkedEntity>,
  modules: readonly LinkedModule[],
  report: Report,
): LinkedLedger {
  const source = document.body as unknown as LedgerDocument;
  // The column of a link to `line` would be that of the row an entry is for.
  const own = new Set([
    ...Object.keys(ENTRY_COLUMNS),
    ...OWN_FIELDS.map(([name]) => name),
    MONTH_COLUMN,
    LAST_DATE_COLUMN,
  ]);
  const member = (part: 'dimensions' | 'measures', name: string, field: FieldSource): LinkedField => {
    if (RESERVED_FIELDS.has(name) || own.has(name)) {
      const message = `“${name}” is a name of the engine's own`;
      faultAt(report, { document }, `/${part}/${name}`, 'reserved-name', message, 'Choose another name');
    }
    return { ...linkField(name, field, 'own'), pointer: `/${part}/${name}` };
  };
  const labels = source.labels ?? {};
  const known = [...Object.keys(source.dimensions), ...Object.keys(source.measures)];
  for (const name of Object.keys(labels).filter((each) => !known.includes(each))) {
    const message = `The ledger has no dimension or measure “${name}”`;
    faultAt(report, { document }, `/labels/${name}`, 'unknown-name', message, nearestHint(name, known));
  }
  const dimensions = Object.entries(source.dimensions).map(([name, type]) =>
    member('dimensions', name, dimensionField(type, labels[name], entities)),
  );
  const measures = Object.entries(source.measures).map(([name, type]) =>
    member('measures', name, { type, readOnly: true, ...labelled(labels[name]) }),
  );
  const fields = [...OWN_FIELDS.map(([name, field]) => linkField(name, field, 'provided')), ...dimensions, ...measures];
  const entries: LinkedEntity = {
    name: document.name,
    module: moduleOfDocument(document),
    kind: 'master',
    document,
    source: { entity: document.name, kind: 'master', fields: {}, title: '{date}', sort: ['-date'] } as EntityDocument,
    label: toText(source.label ?? document.name),
    fields,
    byName: new Map([linkField(ENTRY_COLUMNS.id, ID_FIELD, 'system'), ...fields].map((field) => [field.name, field])),
    owner: null,
  };
  resolveTargets(entries, entities, modules, report);

  const named = (names: readonly string[] | undefined, pointer: string): readonly LinkedField[] =>
    (names ?? []).flatMap((name, index) => {
      const found = dimensions.find((dimension) => dimension.name === name);
      if (found !== undefined) return [found];
      const hint = nearestHint(
        name,
        dimensions.map((dimension) => dimension.name),
      );
      faultAt(
        report,
        { document },
        `${pointer}/${index}`,
        'unknown-dimension',
        `There is no dimension “${name}”`,
        hint,
      );
      return [];
    });
  const orAll = (some: readonly LinkedField[]): readonly LinkedField[] => (some.length === 0 ? dimensions : some);
  const per = orAll(named(source.valuation?.per, '/valuation/per'));
  return {
    name: document.name,
    document,
    source,
    entries,
    dimensions,
    measures,
    periods: linkPeriods(document, source, entities, report),
    balances: (source.balances ?? [[]]).map((names, index) => orAll(named(names, `/balances/${index}`))),
    per,
    picks: (source.picks ?? []).map((pick, index) => {
      const at = `/picks/${index}`;
      const [dimension] = named([pick.dimension], `${at}/dimension`);
      const measure = measures.find(({ name }) => name === pick.measure);
      if (measure === undefined) {
        const names = measures.map(({ name }) => name);
        const hint = nearestHint(pick.measure, names);
        faultAt(report, { document }, `${at}/measure`, 'unknown-measure', `No measure “${pick.measure}”`, hint);
      }
      if (dimension === undefined || measure === undefined) return null;
      const isCosted = source.valuation !== undefined && per.includes(dimension);
      if (dimension.source.required !== true && !isCosted && dimensions.length > 1) return { dimension, measure };
      const message = isCosted
        ? `The cost of each “${dimension.name}” is kept apart, so that it cannot be chosen`
        : `“${dimension.name}” is never empty, so that there is nothing to choose`;
      faultAt(report, { document }, `${at}/dimension`, 'not-choosable', message);
      return null;
    }),
    guardedBy: (source.guards ?? []).map((guard, index) => orAll(named(guard.by, `/guards/${index}/by`))),
  };
}

const PLAIN_TYPES: Readonly<Record<string, FieldSource>> = {
  record: { type: 'dynamic-link' },
  text: { type: 'text', maxLength: 140 },
  enumeration: { type: 'text', maxLength: 60 },
  date: { type: 'date' },
};

function dimensionField(
  type: string,
  label: FieldSource['label'],
  entities: ReadonlyMap<string, LinkedEntity>,
): FieldSource {
  const isOptional = type.endsWith('?');
  const plain = isOptional ? type.slice(0, -1) : type;
  const field = PLAIN_TYPES[plain] ?? { type: 'link', to: plain };
  return { ...field, required: !isOptional, readOnly: true, ...labelled(label ?? entities.get(plain)?.label) };
}

function labelled(label: FieldSource['label']): Pick<FieldSource, 'label'> {
  return label === undefined ? {} : { label };
}

function linkPeriods(
  document: FoldedDocument,
  source: LedgerDocument,
  entities: ReadonlyMap<string, LinkedEntity>,
  report: Report,
): LinkedLedger['periods'] {
  const { periods } = source;
  if (periods === undefined) return null;
  const entity = entities.get(periods.entity);
  if (entity === undefined) {
    const hint = nearestHint(periods.entity, entities.keys());
    faultAt(report, { document }, '/periods/entity', 'unknown-entity', `There is no entity “${periods.entity}”`, hint);
    return null;
  }
  const day = (property: 'from' | 'to'): LinkedField | null => {
    const field = entity.byName.get(periods[property]);
    if (field !== undefined && field.shape.type === 'date') return field;
    const message = `“${entity.name}” has no date field “${periods[property]}”`;
    const hint = nearestHint(periods[property], entity.byName.keys());
    faultAt(report, { document }, `/periods/${property}`, 'unknown-field', message, hint);
    return null;
  };
  const from = day('from');
  const to = day('to');
  return from === null || to === null ? null : { entity, from, to };
}
