import { Decimal } from '../base/decimal.ts';
import type { Ast, PathStep, TypedExpression } from '../expression/ast.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import type { Dependency } from '../expression/dependencies.ts';
import { inferExpression } from '../expression/infer.ts';
import { parseExpression } from '../expression/parse.ts';
import { partsOf } from '../expression/parts.ts';
import type { Scope } from '../expression/scope.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Option } from '../metamodel/field-type.ts';
import { shapeDefaults } from '../metamodel/fields/shape-defaults.ts';
import type {
  ParameterSource,
  ReportBesideSource,
  ReportDimensionSource,
  ReportDocument,
  ReportElementSource,
  ReportMeasureSource,
  ReportSectionSource,
  ReportSource,
} from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import { moduleOfDocument } from './fold.ts';
import type { FoldedDocument } from './fold.ts';
import { humanize } from './humanize.ts';
import { BOOLEAN, LEDGER_FRAME } from './infer.ts';
import type { Typist } from './infer.ts';
import { linkField } from './link-fields.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedLedger } from './link-ledgers.ts';
import { isStored } from './linked-entity.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';
import type {
  DimensionKind,
  JournalRoot,
  MeasureFormat,
  ReportBeside,
  ReportDimension,
  ReportElement,
  ReportLayout,
  ReportMeasure,
  ReportSection,
  ReportSort,
} from './report-model.ts';

/** A report with its expressions typed; what it names is still linked, not lowered. */
export interface TypedReport {
  readonly name: string;
  readonly module: string;
  readonly label: Text;
  readonly description: Text | null;
  readonly icon: string;
  readonly source: TypedRows;
  readonly besides: readonly TypedBeside[];
  readonly parameters: readonly TypedParameter[];
  readonly where: TypedExpression | null;
  readonly dimensions: readonly TypedDimension[];
  readonly measures: readonly ReportMeasure[];
  readonly sort: readonly ReportSort[];
  readonly layout: ReportLayout;
  readonly journal: TypedJournal | null;
  readonly xml: ReportElement | null;
  readonly reads: readonly LinkedEntity[];
  readonly readsWhole: readonly LinkedEntity[];
  readonly uses: readonly string[];
}

export interface TypedRows {
  readonly ledger: LinkedLedger | null;
  readonly entity: LinkedEntity;
  readonly each: LinkedField | null;
}

export type TypedBeside = Omit<ReportBeside, 'source'> & { readonly source: TypedRows };

export interface TypedParameter {
  readonly field: LinkedField;
  readonly label: Text;
  readonly type: ValueType;
  readonly required: boolean;
  readonly default: TypedExpression | null;
  readonly target: LinkedEntity | null;
}

export type TypedDimension = Omit<ReportDimension, 'target'> & { readonly target: LinkedEntity | null };

export interface TypedJournal {
  readonly account: LinkedField;
  readonly amount: TypedExpression;
  readonly root: { readonly field: LinkedField; readonly roots: ReadonlyMap<string, JournalRoot> } | null;
}

const DATE: ValueType = { kind: 'date' };
const NUMBER: ValueType = { kind: 'number', scale: null };
const TEXT: ValueType = { kind: 'text' };

/** What an address of a report takes beside the parameters. */
const RESERVED_PARAMETERS: ReadonlySet<string> = new Set(['format', 'locale', 'sort', 'compare', 'periods']);
/** What expressions call the choices of whoever runs the report. */
export const PARAMETERS_LOCAL = 'parameters';
/** Names that entries of a ledger have beside their fields: the document they come from, and its row. */
export const DOCUMENT_NAME = 'document';
export const LINE_NAME = 'line';
const NUMBER_NAME = 'number';
/** What rows that a record owns call that record. */
export const OWNER_NAME = 'parent';

/** Frames of the figures of a report, which are read as fields of nothing else. */
const FIGURES_FRAME = 'figures';

/** Fraction digits of percentages and of numbers that nothing says more of. */
const PERCENT_DIGITS = 2;

export function inferReports(linked: LinkedModel, typist: Typist, report: Report): readonly TypedReport[] {
  return linked.documents.flatMap((document) => {
    if (document.kind !== 'report' || document.body['hidden'] === true) return [];
    const place = { document };
    const source = document.body as unknown as ReportDocument;
    const rows = rowsOf(source.source, '/source', linked, place, report);
    if (rows === null) return [];
    return [new ReportTypist({ linked, typist, report, document, rows }).report(source)];
  });
}

function rowsOf(
  source: ReportSource,
  pointer: string,
  linked: LinkedModel,
  place: { readonly document: FoldedDocument },
  report: Report,
): TypedRows | null {
  if (source.ledger !== undefined) {
    const ledger = linked.ledgers.get(source.ledger);
    if (ledger !== undefined) {
      demandDependency(ledger.entries.module, `${pointer}/ledger`, linked, place, report);
      return { ledger, entity: ledger.entries, each: null };
    }
    const hint = nearestHint(source.ledger, linked.ledgers.keys());
    faultAt(report, place, `${pointer}/ledger`, 'unknown-ledger', `There is no ledger “${source.ledger}”`, hint);
    return null;
  }
  const name = source.entity ?? '';
  const entity = linked.entities.get(name);
  if (entity === undefined) {
    const hint = nearestHint(name, linked.entities.keys());
    faultAt(report, place, `${pointer}/entity`, 'unknown-entity', `There is no entity “${name}”`, hint);
    return null;
  }
  if (entity.kind === 'lines') {
    const message = `“${name}” holds lines; name the entity that owns them, and its field as \`each\``;
    faultAt(report, place, `${pointer}/entity`, 'lines-as-source', message);
    return null;
  }
  demandDependency(entity.module, `${pointer}/entity`, linked, place, report);
  if (source.each === undefined) return { ledger: null, entity, each: null };
  const each = entity.byName.get(source.each);
  if (each !== undefined && each.shape.of !== null && each.target !== null) return { ledger: null, entity, each };
  const lines = entity.fields.filter(({ shape }) => shape.of !== null).map((field) => field.name);
  const message = `“${source.each}” is not a lines field of “${name}”`;
  faultAt(report, place, `${pointer}/each`, 'unknown-field', message, nearestHint(source.each, lines));
  return null;
}

function demandDependency(
  needed: string,
  pointer: string,
  { modules }: LinkedModel,
  place: { readonly document: FoldedDocument },
  report: Report,
): void {
  const slug = moduleOfDocument(place.document);
  const module = modules.find((each) => each.slug === slug);
  if (module === undefined || module.reachable.has(needed)) return;
  const message = `This belongs to module “${needed}”, which module “${slug}” does not depend on`;
  const hint = `Add “${needed}” to the dependencies of module “${slug}”`;
  faultAt(report, place, pointer, 'missing-dependency', message, hint);
}

class ReportTypist {
  readonly #linked: LinkedModel;
  readonly #typist: Typist;
  readonly #report: Report;
  readonly #place: { readonly document: FoldedDocument };
  readonly #rows: TypedRows;
  /** The entity of the rows: the record, the entry, or the row that a record owns. */
  readonly #row: LinkedEntity;
  readonly #rowFrame: string;
  /** What all sources of the report read. */
  readonly #reads: Set<LinkedEntity>;
  readonly #readsWhole: Set<LinkedEntity>;
  readonly #uses = new Set<string>();
  /** Of the sources beside the first, by name. */
  readonly #besides = new Map<string, ReportTypist>();
  #parameters: Readonly<Record<string, ValueType>> = {};

  constructor(given: {
    readonly linked: LinkedModel;
    readonly typist: Typist;
    readonly report: Report;
    readonly document: FoldedDocument;
    readonly rows: TypedRows;
    /** The typist of the first source, for one beside it. */
    readonly first?: ReportTypist;
  }) {
    this.#linked = given.linked;
    this.#typist = given.typist;
    this.#report = given.report;
    this.#place = { document: given.document };
    this.#rows = given.rows;
    const { first } = given;
    this.#reads = first === undefined ? new Set() : first.#reads;
    this.#readsWhole = first === undefined ? new Set() : first.#readsWhole;
    this.#parameters = first === undefined ? {} : first.#parameters;
    this.#row = given.rows.each?.target ?? given.rows.entity;
    this.#rowFrame = given.rows.ledger === null ? this.#row.name : LEDGER_FRAME + given.rows.ledger.name;
  }

  report(source: ReportDocument): TypedReport {
    const { document } = this.#place;
    const parameters = this.#parameterList(source.parameters ?? {});
    this.#parameters = Object.fromEntries(parameters.map(({ field, type }) => [field.name, type]));
    const where = this.#ofRow(source.source.where, '/source/where', BOOLEAN);
    const dimensions = (source.dimensions ?? []).flatMap(
      (each, index) => this.#dimension(each, `/dimensions/${index}`) ?? [],
    );
    const besides = Object.entries(source.beside ?? {}).flatMap(
      ([name, each]) => this.#beside(name, each, dimensions, source) ?? [],
    );
    const measures = this.#measures(source.measures);
    this.#checkBeside(source, measures);
    this.#distinctNames(source);
    const names = new Set([...dimensions, ...measures].map(({ name }) => name));
    return {
      name: document.name,
      module: moduleOfDocument(document),
      label: toText(source.label),
      description: source.description === undefined ? null : toText(source.description),
      icon: source.icon ?? 'chart-bar',
      source: this.#rows,
      besides: besides.map(({ typist, ...beside }) => ({ ...beside, uses: [...typist.#uses] })),
      parameters,
      where,
      dimensions,
      measures,
      sort: (source.sort ?? []).flatMap((each, index) => {
        const name = each.replace(/^-/, '');
        return this.#isKnown(name, names, `/sort/${index}`) ? [{ name, descending: each.startsWith('-') }] : [];
      }),
      layout: this.#layout(source.layout ?? { type: 'table' }, dimensions),
      journal: source.exchange === 'journal' ? this.#journal() : null,
      xml: this.#xml(source.exchange, dimensions, measures),
      reads: [...this.#reads],
      readsWhole: [...this.#readsWhole],
      uses: [...this.#uses],
    };
  }

  // Parameters

  #parameterList(sources: Readonly<Record<string, ParameterSource>>): readonly TypedParameter[] {
    return Object.entries(sources).map(([name, source]) => {
      const pointer = `/parameters${pointerStep(name)}`;
      if (RESERVED_PARAMETERS.has(name)) {
        this.#fault(pointer, 'reserved-name', `“${name}” is a name of the engine's own`, 'Choose another name');
      }
      const { type, options, to } = source;
      const field = linkField(
        name,
        { type, ...(options === undefined ? {} : { options }), ...(to === undefined ? {} : { to }) },
        'own',
      );
      const target = to === undefined ? null : (this.#linked.entities.get(to) ?? null);
      if (to !== undefined && (target === null || target.kind === 'lines')) {
        const hint = nearestHint(to, this.#linked.entities.keys());
        this.#fault(`${pointer}/to`, 'unknown-entity', `There is no entity “${to}” with records of its own`, hint);
      }
      const valueType = this.#typist.typeOf(field);
      return {
        field,
        label: toText(source.label ?? humanize(name)),
        type: valueType,
        required: source.required === true,
        default:
          source.default === undefined
            ? null
            : this.#typist.expression(
                source.default,
                this.#typist.scope([]),
                this.#place,
                `${pointer}/default`,
                valueType.kind === 'record' ? TEXT : valueType,
              ),
        target,
      };
    });
  }

  // Expressions

  /** Whose fields a frame names; null for the figures of the report. */
  #holder(frame: string): LinkedEntity | undefined {
    return frame.startsWith(LEDGER_FRAME)
      ? this.#linked.ledgers.get(frame.slice(LEDGER_FRAME.length))?.entries
      : this.#linked.entities.get(frame);
  }

  #scope(frames: Scope['frames']): Scope {
    const base = this.#typist.scope(frames);
    const extra = this.#extraFields();
    return {
      ...base,
      fieldType: (entity, name) =>
        base.fieldType(entity, name) ?? (entity === this.#rowFrame ? extra[name] : undefined),
      fieldNames: (entity) => [...base.fieldNames(entity), ...(entity === this.#rowFrame ? Object.keys(extra) : [])],
      locals: { [PARAMETERS_LOCAL]: { members: this.#parameters } },
    };
  }

  /** What rows have beside their fields. */
  #extraFields(): Readonly<Record<string, ValueType>> {
    if (this.#rows.ledger !== null) return { [DOCUMENT_NAME]: TEXT, [LINE_NAME]: TEXT };
    return this.#rows.each === null ? {} : { [OWNER_NAME]: { kind: 'record', entity: this.#rows.entity.name } };
  }

  #rowScope(): Scope {
    const owner: Scope['frames'] =
      this.#rows.each === null ? [] : [{ frame: 'parent', entity: this.#rows.entity.name }];
    return this.#scope([{ frame: 'self', entity: this.#rowFrame }, ...owner]);
  }

  #groupScope(): Scope {
    return this.#scope([{ frame: 'group', entity: this.#rowFrame }]);
  }

  /** An expression over a row. */
  #ofRow(source: string | undefined, pointer: string, expected?: ValueType): TypedExpression | null {
    if (source === undefined) return null;
    const expression = this.#typist.expression(source, this.#rowScope(), this.#place, pointer, expected ?? undefined);
    if (expression !== null) this.#checkReads(expression, pointer);
    return expression;
  }

  /** What is read must stand in a column that can be read as it is. */
  #checkReads(expression: TypedExpression, pointer: string): void {
    for (const { frame, path } of dependenciesOf(expression)) {
      this.#noteUse(frame, path);
      for (const [index, step] of path.entries()) {
        const holder = this.#holder(step.entity);
        const isLast = index === path.length - 1;
        if (step.entity === this.#rowFrame && step.field === OWNER_NAME) continue;
        const field = holder?.byName.get(step.field);
        if (field === undefined) continue;
        // The rows of a record are a part of it.
        if (!isLast && step.kind === 'link' && field.target !== null) {
          this.#reads.add(field.target);
          if (path.slice(0, index).some(({ kind }) => kind === 'rows')) this.#readsWhole.add(field.target);
        }
        if (isLast && step.kind === 'field' && !isStored(field)) {
          const message = `“${step.field}” of “${holder?.name ?? ''}” is not stored as a plain value, so reports cannot read it`;
          this.#fault(pointer, 'not-stored', message);
        }
      }
    }
  }

  /** A path as it begins at the record that counts, or that owns the row that does. */
  #noteUse(frame: Dependency['frame'], path: readonly PathStep[]): void {
    const { ledger, each } = this.#rows;
    if (ledger !== null) return;
    const names = path.map(({ field }) => field);
    const isOfRow = each !== null && frame !== 'parent';
    const ofRecord = !isOfRow ? names : names[0] === OWNER_NAME ? names.slice(1) : [each.name, ...names];
    if (ofRecord.length > 0) this.#uses.add(ofRecord.slice(0, 2).join('.'));
  }

  // Dimensions

  #dimension(source: ReportDimensionSource, pointer: string): TypedDimension | null {
    const text = source.value ?? source.name;
    const at = source.value === undefined ? `${pointer}/name` : `${pointer}/value`;
    const isNumber = text === NUMBER_NAME && this.#rows.ledger !== null && !this.#row.byName.has(NUMBER_NAME);
    const value = this.#ofRow(isNumber ? DOCUMENT_NAME : text, at);
    if (value === null) return null;
    const field = this.#fieldOf(value);
    const base = {
      name: source.name,
      label: this.#labelOf(source.label, source.name, field),
      hidden: source.hidden === true,
      target: null,
      options: [],
    };
    if (source.buckets !== undefined) return this.#bucketed(source, value, base, pointer);
    if (isNumber) return { ...base, value, kind: 'number' };
    const kind = this.#kindOf(value, field);
    if (kind === null) {
      this.#fault(at, 'not-groupable', 'Figures cannot be grouped by this', 'Name a field with one plain value');
      return null;
    }
    return {
      ...base,
      value,
      kind,
      target: value.type.kind === 'record' ? (this.#linked.entities.get(value.type.entity) ?? null) : null,
      options: kind === 'option' ? (field?.shape.options ?? []) : [],
    };
  }

  #kindOf(value: TypedExpression, field: LinkedField | null): DimensionKind | null {
    const { kind } = value.type;
    if (kind === 'record') return 'link';
    if (kind === 'boolean') return 'boolean';
    if (field?.shape.type === 'dynamic-link' || this.#isDocument(value)) return 'record';
    if (kind === 'enum') return field === null ? 'value' : 'option';
    return kind === 'rows' || kind === 'list' || kind === 'json' || kind === 'null' ? null : 'value';
  }

  #isDocument(value: TypedExpression): boolean {
    return (
      value.node === 'path' &&
      value.path.length === 1 &&
      value.path[0]?.field === DOCUMENT_NAME &&
      this.#rows.ledger !== null &&
      !this.#row.byName.has(DOCUMENT_NAME)
    );
  }

  /** The field at the end of a plain path; null for anything that is worked out. */
  #fieldOf(value: TypedExpression): LinkedField | null {
    if (value.node !== 'path') return null;
    const last = value.path.at(-1);
    return last === undefined ? null : (this.#holder(last.entity)?.byName.get(last.field) ?? null);
  }

  #labelOf(source: ReportDimensionSource['label'], name: string, field: LinkedField | null): Text {
    return toText(source ?? (field?.name === name ? field.source.label : undefined) ?? humanize(name));
  }

  #bucketed(
    { buckets = [], labels }: ReportDimensionSource,
    value: TypedExpression,
    base: Pick<TypedDimension, 'name' | 'label' | 'hidden' | 'target'>,
    pointer: string,
  ): TypedDimension | null {
    if (value.type.kind !== 'number') {
      this.#fault(`${pointer}/value`, 'wrong-type', 'Only a number can be sorted into buckets');
      return null;
    }
    if (buckets.some((limit, index) => index > 0 && limit <= (buckets[index - 1] ?? limit))) {
      this.#fault(`${pointer}/buckets`, 'not-ascending', 'The limits of buckets ascend');
      return null;
    }
    if (labels !== undefined && labels.length !== buckets.length + 1) {
      this.#fault(`${pointer}/labels`, 'label-count', `${buckets.length} limits make ${buckets.length + 1} buckets`);
      return null;
    }
    const names = labels?.map(toText) ?? bucketLabels(buckets);
    return {
      ...base,
      kind: 'bucket',
      value: placeIn(value, buckets),
      options: names.map((label, index): Option => ({ value: String(index), label })),
    };
  }

  // Sources beside the first

  #beside(
    name: string,
    source: ReportBesideSource,
    dimensions: readonly TypedDimension[],
    { dimensions: written = [] }: ReportDocument,
  ): (Omit<TypedBeside, 'uses'> & { readonly typist: ReportTypist }) | null {
    const pointer = `/beside${pointerStep(name)}`;
    const rows = rowsOf(source, pointer, this.#linked, this.#place, this.#report);
    if (rows === null) return null;
    const given = { linked: this.#linked, typist: this.#typist, report: this.#report, rows, first: this };
    const typist = new ReportTypist({ ...given, document: this.#place.document });
    this.#besides.set(name, typist);
    const own = source.dimensions ?? {};
    const known = new Set(dimensions.map((dimension) => dimension.name));
    for (const each of Object.keys(own)) this.#isKnown(each, known, `${pointer}/dimensions${pointerStep(each)}`);
    const values = dimensions.flatMap((dimension): TypedExpression[] => {
      const place = written.findIndex((each) => each.name === dimension.name);
      const first = written[place];
      const text = own[dimension.name];
      const at = text === undefined ? `/dimensions/${place}` : `${pointer}/dimensions${pointerStep(dimension.name)}`;
      const value = typist.#ofRow(text ?? first?.value ?? dimension.name, at);
      if (value === null) return [];
      const isNumber = value.type.kind === 'number';
      const sorted = first?.buckets !== undefined && isNumber ? placeIn(value, first.buckets) : value;
      if (dimension.kind !== 'number' && isSameKind(dimension.value.type, sorted.type)) return [sorted];
      const message = `“${dimension.name}” is of another type in “${name}”`;
      this.#fault(at, 'wrong-type', message, 'Give both the same type of value');
      return [];
    });
    const where = typist.#ofRow(source.where, `${pointer}/where`, BOOLEAN);
    return values.length < dimensions.length ? null : { name, source: rows, where, dimensions: values, typist };
  }

  /** What belongs to the entries of one source has no place beside others. */
  #checkBeside({ beside, exchange, layout }: ReportDocument, measures: readonly ReportMeasure[]): void {
    if (beside === undefined) return;
    const refuse = (pointer: string, what: string): void => {
      this.#fault(pointer, 'one-source', `${what} belongs to a report with one source`);
    };
    if (exchange === 'journal') refuse('/exchange', 'Plain-text accounting');
    if (layout?.sections !== undefined) refuse('/layout/sections', 'A statement with sections');
    if (layout?.sign !== undefined) refuse('/layout/sign', 'A sign');
    for (const [index, { running }] of measures.entries()) {
      if (running) refuse(`/measures/${index}/running`, 'A running figure');
    }
  }

  // Measures

  #measures(sources: readonly ReportMeasureSource[]): readonly ReportMeasure[] {
    const known = new Map<string, ReportMeasure>();
    return sources.flatMap((source, index) => {
      const measure = this.#measure(source, `/measures/${index}`, known);
      if (measure === null) return [];
      if (measure.value.type.kind === 'number') known.set(measure.name, measure);
      return [measure];
    });
  }

  #measure(
    source: ReportMeasureSource,
    pointer: string,
    known: ReadonlyMap<string, ReportMeasure>,
  ): ReportMeasure | null {
    const counted = this.#counted(source, pointer, known);
    if (counted === null) return null;
    const { value, where } = counted;
    const kind = value.type.kind;
    if (kind !== 'number' && kind !== 'date' && kind !== 'text' && kind !== 'enum') {
      this.#fault(`${pointer}/value`, 'wrong-type', 'A figure is a number, a date or a text');
      return null;
    }
    if ((source.running === true || source.share === true) && kind !== 'number') {
      this.#fault(pointer, 'wrong-type', 'Only numbers can be added up from line to line, or be a share of a total');
      return null;
    }
    const guessed =
      kind === 'number' ? this.#formatOf(value, known) : { format: kind === 'date' ? 'date' : 'text', scale: null };
    const format: MeasureFormat =
      source.share === true ? 'percent' : (source.format ?? (guessed.format as MeasureFormat));
    return {
      name: source.name,
      label: toText(source.label ?? humanize(source.name)),
      format,
      scale: format === guessed.format && format !== 'percent' ? guessed.scale : scaleOf(format),
      of: source.of ?? null,
      value,
      isComputed: source.computed !== undefined,
      where,
      span: source.span ?? null,
      running: source.running === true,
      share: source.share === true,
      hidden: source.hidden === true,
    };
  }

  /** What a figure adds up of the rows of its source, or works out of the figures before it. */
  #counted(
    source: ReportMeasureSource,
    pointer: string,
    known: ReadonlyMap<string, ReportMeasure>,
  ): Pick<ReportMeasure, 'value' | 'where'> | null {
    const rows = source.of === undefined ? this : this.#besides.get(source.of);
    if (rows === undefined) {
      this.#isKnown(source.of ?? '', new Set(this.#besides.keys()), `${pointer}/of`);
      return null;
    }
    const value =
      source.computed === undefined
        ? rows.#aggregate(source.value ?? '', `${pointer}/value`)
        : this.#figure(source.computed, typesOf(known), `${pointer}/computed`);
    const where = rows.#ofRow(source.where, `${pointer}/where`, BOOLEAN);
    if (source.span !== undefined) rows.#checkSpan(`${pointer}/span`);
    return value === null ? null : { value, where };
  }

  #aggregate(text: string, pointer: string): TypedExpression | null {
    const parsed = parseExpression(text);
    if (!('fault' in parsed) && !isAggregating(parsed.ast)) {
      const plain = inferExpression(parsed.ast, this.#rowScope());
      if ('expression' in plain) {
        const message = 'A figure says how the values of many rows become one';
        this.#fault(pointer, 'not-aggregated', message, `Write sum(${text})`);
        return null;
      }
    }
    const value = this.#typist.expression(text, this.#groupScope(), this.#place, pointer);
    if (value !== null) this.#checkReads(value, pointer);
    return value;
  }

  /** An expression over figures: measures that stand before it, or sections. */
  #figure(
    text: string,
    known: Readonly<Record<string, ValueType>>,
    pointer: string,
    expected: ValueType | null = NUMBER,
  ): TypedExpression | null {
    const base = this.#typist.scope([]);
    const scope: Scope = {
      ...base,
      frames: [{ frame: 'self', entity: FIGURES_FRAME }],
      fieldType: (entity, name) => (entity === FIGURES_FRAME && Object.hasOwn(known, name) ? known[name] : undefined),
      fieldNames: (entity) => (entity === FIGURES_FRAME ? Object.keys(known) : []),
      locals: { [PARAMETERS_LOCAL]: { members: this.#parameters } },
    };
    return this.#typist.expression(text, scope, this.#place, pointer, expected ?? undefined);
  }

  #checkSpan(pointer: string): void {
    const hasDates = ['from', 'to'].every((name) => this.#parameters[name]?.kind === DATE.kind);
    if (this.#rows.ledger !== null && hasDates) return;
    this.#fault(pointer, 'span-without-dates', 'A span needs a ledger and the date parameters “from” and “to”');
  }

  /** How a number is written when nothing says so: as the first field that it is made of. */
  #formatOf(
    value: TypedExpression,
    known: ReadonlyMap<string, ReportMeasure>,
  ): { readonly format: MeasureFormat; readonly scale: number | null } {
    const { type } = value;
    if (type.kind === 'number' && type.scale === 0) return { format: 'integer', scale: 0 };
    for (const { path } of isQuotient(value) ? [] : dependenciesOf(value)) {
      const last = path.at(-1);
      const figure = last?.entity === FIGURES_FRAME ? known.get(last.field) : undefined;
      if (figure !== undefined) return figure;
      const field = last === undefined ? undefined : this.#holder(last.entity)?.byName.get(last.field);
      const { type: name, scale } = field?.shape ?? { type: '', scale: 0 };
      if (name === 'money' || name === 'quantity') return { format: name, scale };
    }
    return { format: 'decimal', scale: null };
  }

  // Layout

  #layout(source: NonNullable<ReportDocument['layout']>, dimensions: readonly TypedDimension[]): ReportLayout {
    const named = new Set(dimensions.map(({ name }) => name));
    const known = (list: readonly string[] | undefined, property: string): readonly string[] =>
      (list ?? []).filter((name, index) => this.#isKnown(name, named, `/layout/${property}/${index}`));
    const across = known(source.across, 'across');
    const subtotals = known(source.subtotals, 'subtotals');
    if (source.type === 'pivot' && across.length === 0) {
      this.#fault('/layout', 'nothing-across', 'A pivot says which dimensions stand along its top: `across`');
    }
    if (across.length > 0 && (source.type === 'table' || source.type === 'chart')) {
      this.#fault('/layout/across', 'pivot-only', `A ${source.type} has nothing along its top`, 'Make it a pivot');
    }
    const tree = this.#tree(source, dimensions);
    for (const [property, list] of [
      ['across', across],
      ['subtotals', subtotals],
    ] as const) {
      const index = list.findIndex((name) => name === tree || (property === 'across' && subtotals.includes(name)));
      if (index < 0) continue;
      this.#fault(
        `/layout/${property}/${index}`,
        'name-taken',
        `“${list[index] ?? ''}” already stands in another place`,
      );
    }
    const sections = this.#sections(source.sections ?? []);
    if (source.type !== 'statement' && sections.length > 0) {
      this.#fault('/layout/sections', 'statement-only', 'Only a statement has sections');
    }
    return {
      type: source.type,
      chart: source.chart ?? (source.type === 'chart' ? 'bar' : null),
      across,
      subtotals,
      tree,
      sign: this.#ofRow(source.sign, '/layout/sign', NUMBER),
      sections,
      zeros: source.zeros ?? this.#rows.ledger === null,
      totals: source.totals ?? true,
    };
  }

  #tree(source: NonNullable<ReportDocument['layout']>, dimensions: readonly TypedDimension[]): string | null {
    if (source.type !== 'statement') return null;
    const trees = dimensions.filter(({ target }) => target?.kind === 'tree');
    if (source.tree === undefined) {
      const [first] = trees;
      if (first === undefined) this.#fault('/layout', 'no-tree', 'A statement needs a dimension that is a tree');
      return first?.name ?? null;
    }
    if (trees.some(({ name }) => name === source.tree)) return source.tree;
    const hint = nearestHint(
      source.tree,
      trees.map(({ name }) => name),
    );
    this.#fault('/layout/tree', 'no-tree', `“${source.tree}” is no dimension of records that form a tree`, hint);
    return null;
  }

  #sections(sources: readonly ReportSectionSource[]): readonly ReportSection[] {
    const known: Record<string, ValueType> = {};
    return sources.flatMap((source, index): ReportSection[] => {
      const pointer = `/layout/sections/${index}`;
      const { name } = source;
      if (Object.hasOwn(known, name)) this.#fault(`${pointer}/name`, 'name-taken', `There are two sections “${name}”`);
      const computed =
        source.computed === undefined ? null : this.#figure(source.computed, known, `${pointer}/computed`);
      const where = this.#ofRow(source.where, `${pointer}/where`, BOOLEAN);
      known[name] = NUMBER;
      return [{ name, label: toText(source.label), where, computed, lines: source.lines ?? true }];
    });
  }

  // XML

  #xml(
    source: ReportDocument['exchange'],
    dimensions: readonly TypedDimension[],
    measures: readonly ReportMeasure[],
  ): ReportElement | null {
    if (source === undefined || source === 'journal') return null;
    // What a dimension links to is not read here; its value stands for it.
    const plain = ({ value: { type } }: TypedDimension): ValueType => (type.kind === 'record' ? TEXT : type);
    const known = {
      ...Object.fromEntries(dimensions.map((dimension) => [dimension.name, plain(dimension)])),
      ...Object.fromEntries(measures.map(({ name, value }) => [name, value.type])),
    };
    const scales = new Map(measures.map(({ name, scale }) => [name, scale]));
    const places = dimensions.map(({ name }) => name);
    const named = new Set(places);
    const element = (written: ReportElementSource, pointer: string): ReportElement => {
      const value = written.value === undefined ? null : this.#figure(written.value, known, `${pointer}/value`, null);
      const each = (written.each ?? []).filter((name, index) => this.#isKnown(name, named, `${pointer}/each/${index}`));
      return {
        name: written.element,
        attributes: Object.entries(written.attributes ?? {}),
        each: each.map((name) => places.indexOf(name)),
        value,
        scale: value?.node === 'path' ? (scales.get(value.path[0]?.field ?? '') ?? null) : null,
        content: (written.content ?? []).map((inner, index) => element(inner, `${pointer}/content/${index}`)),
      };
    };
    return element(source, '/exchange');
  }

  // Plain-text accounting

  #journal(): TypedJournal | null {
    const { ledger } = this.#rows;
    const account = ledger?.dimensions.find(({ target }) => target?.kind === 'tree');
    if (ledger?.source.balanced === undefined || account === undefined) {
      const message = 'Only a balanced ledger with a dimension that is a tree can be written as plain-text accounting';
      this.#fault('/exchange', 'no-journal', message);
      return null;
    }
    const scope = this.#typist.scope([{ frame: 'self', entity: LEDGER_FRAME + ledger.name }]);
    const amount = this.#typist.expression(ledger.source.balanced, scope, ledger, '/balanced', NUMBER);
    if (amount === null) return null;
    if (account.target !== null) this.#reads.add(account.target);
    return { account, amount, root: rootOf(account.target) };
  }

  // Names

  #isKnown(name: string, known: ReadonlySet<string>, pointer: string): boolean {
    if (known.has(name)) return true;
    this.#fault(pointer, 'unknown-name', `The report has no “${name}” here`, nearestHint(name, known));
    return false;
  }

  #distinctNames({ dimensions = [], measures }: ReportDocument): void {
    const seen = new Set<string>();
    const note = (name: string, pointer: string): void => {
      if (seen.has(name)) this.#fault(pointer, 'name-taken', `Another column is already called “${name}”`);
      seen.add(name);
    };
    for (const [index, { name }] of dimensions.entries()) note(name, `/dimensions/${index}/name`);
    for (const [index, { name }] of measures.entries()) note(name, `/measures/${index}/name`);
  }

  #fault(pointer: string, code: string, message: string, hint?: string): void {
    faultAt(this.#report, this.#place, pointer, code, message, hint);
  }
}

/** Whether values of two types can stand for the same thing in one column. */
function isSameKind(one: ValueType, other: ValueType): boolean {
  if (one.kind === 'record') return other.kind === 'record' && one.entity === other.entity;
  if (one.kind === 'number') return other.kind === 'number' && one.scale === other.scale;
  return one.kind === other.kind;
}

function typesOf(measures: ReadonlyMap<string, ReportMeasure>): Readonly<Record<string, ValueType>> {
  return Object.fromEntries([...measures].map(([name, { value }]) => [name, value.type]));
}

/** What is divided is no longer an amount of what it is made of. */
function isQuotient(expression: TypedExpression): boolean {
  if (expression.node === 'call' && expression.function === 'divide') return true;
  return expression.node !== 'aggregate' && partsOf(expression).some(isQuotient);
}

const AGGREGATES: ReadonlySet<string> = new Set(['sum', 'count', 'min', 'max', 'avg', 'any', 'all']);

function isAggregating(ast: Ast): boolean {
  switch (ast.node) {
    case 'call':
      return AGGREGATES.has(ast.name.name) || ast.arguments.some(isAggregating);
    case 'unary':
      return isAggregating(ast.operand);
    case 'binary':
      return isAggregating(ast.left) || isAggregating(ast.right);
    case 'in':
      return isAggregating(ast.value) || ast.options.some(isAggregating);
    default:
      return false;
  }
}

function scaleOf(format: MeasureFormat): number | null {
  switch (format) {
    case 'money':
    case 'quantity':
      return shapeDefaults(format).scale;
    case 'percent':
      return PERCENT_DIGITS;
    case 'integer':
      return 0;
    default:
      return null;
  }
}

/** `1–30`, `31–60`: whole numbers between the limits. */
function bucketLabels(limits: readonly number[]): readonly Text[] {
  const last = limits.at(-1) ?? 0;
  return [
    ...limits.map((limit, index): Text => {
      const before = limits[index - 1];
      if (before === undefined) return { en: `Up to ${limit}`, id: `Sampai ${limit}` };
      const range = before + 1 === limit ? String(limit) : `${before + 1}–${limit}`;
      return { en: range, id: range };
    }),
    { en: `Over ${last}`, id: `Lebih dari ${last}` },
  ];
}

/** The place of the first limit that a number does not pass; null stays null. */
function placeIn(value: TypedExpression, limits: readonly number[]): TypedExpression {
  const number = (text: number): TypedExpression => ({
    node: 'literal',
    type: { kind: 'number', scale: 0 },
    value: Decimal.of(text).toString(),
  });
  const nothing: TypedExpression = { node: 'literal', type: { kind: 'null' }, value: null };
  let place = number(limits.length);
  for (const [index, limit] of [...limits.entries()].reverse()) {
    place = {
      node: 'if',
      type: { kind: 'number', scale: 0 },
      condition: { node: 'compare', operator: '<=', left: value, right: number(limit), type: BOOLEAN },
      then: number(index),
      otherwise: place,
    };
  }
  const isMissing: TypedExpression = { node: 'compare', operator: '==', left: value, right: nothing, type: BOOLEAN };
  return { node: 'if', type: place.type, condition: isMissing, then: nothing, otherwise: place };
}

/** Words that the plain-text formats and charts of accounts have in common. */
const ROOTS: Readonly<Record<string, JournalRoot>> = {
  asset: 'Assets',
  assets: 'Assets',
  liability: 'Liabilities',
  liabilities: 'Liabilities',
  equity: 'Equity',
  income: 'Income',
  revenue: 'Income',
  expense: 'Expenses',
  expenses: 'Expenses',
};

/** The enumeration of the accounts that says below which root each stands. */
function rootOf(account: LinkedEntity | null): TypedJournal['root'] {
  for (const field of account?.fields ?? []) {
    const roots = new Map(
      field.shape.options.flatMap(({ value }): [string, JournalRoot][] => {
        const root = ROOTS[value];
        return root === undefined ? [] : [[value, root]];
      }),
    );
    if (new Set(roots.values()).size === new Set(Object.values(ROOTS)).size) return { field, roots };
  }
  return null;
}
