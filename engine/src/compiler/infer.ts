import type { TypedExpression, TypedTemplate } from '../expression/ast.ts';
import { inferExpression } from '../expression/infer.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Scope } from '../expression/scope.ts';
import { inferTemplate, parseTemplate } from '../expression/template.ts';
import { LOCALES, toText } from '../metamodel/text.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import type { AssignStep, Computation, ComputationStep, LinkNeeds } from './computation.ts';
import { DerivedRows } from './derived-rows.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedLedger } from './link-ledgers.ts';
import type { LinkedFixture, LinkedWidget } from './link-references.ts';
import { NeedsGatherer } from './needs.ts';
import { orderSteps } from './order.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

export interface TypedField {
  readonly required: boolean | TypedExpression;
  readonly readOnly: boolean | TypedExpression;
  readonly visible: boolean | TypedExpression;
  readonly default: TypedExpression | null;
  readonly computed: TypedExpression | null;
  readonly linkFilter: TypedExpression | null;
  readonly rollup: {
    readonly from: LinkedEntity;
    readonly by: LinkedField;
    readonly value: TypedExpression;
    readonly where: TypedExpression | null;
  } | null;
}

export interface TypedCheck {
  readonly that: TypedExpression;
  readonly message: Readonly<Partial<Record<Locale, TypedTemplate>>>;
  readonly at: string | null;
}

/** What an entity says of itself; the computation of a record also needs the parts of its rows. */
interface TypedParts {
  readonly fields: ReadonlyMap<string, TypedField>;
  readonly title: TypedTemplate;
  readonly checks: readonly TypedCheck[];
}

export interface TypedEntity extends TypedParts {
  readonly linked: LinkedEntity;
  readonly titleNeeds: readonly LinkNeeds[];
  readonly computation: Computation;
}

export interface TypedModel {
  readonly linked: LinkedModel;
  readonly entities: ReadonlyMap<string, TypedEntity>;
  /** Conditions of widgets, by the widget they narrow. */
  readonly widgetConditions: ReadonlyMap<LinkedWidget, TypedExpression>;
  readonly fixtureConditions: ReadonlyMap<LinkedFixture, TypedExpression>;
  /** For the documents that stand on entities. */
  readonly typist: Typist;
}

const NOTHING_TO_COMPUTE: Computation = { steps: [], needs: [], lineNeeds: {} };

export const BOOLEAN: ValueType = { kind: 'boolean' };

/** Types every expression against the entities it speaks of, and orders the computed fields of each record. */
export function infer(linked: LinkedModel, report: Report): TypedModel {
  const settings = settingTypes(linked);
  const typist = new Typist(linked, settings, report);
  const entities = new Map<string, TypedEntity>();
  const parts = new Map<string, TypedParts>();
  for (const entity of linked.entities.values()) parts.set(entity.name, typist.parts(entity));
  for (const entity of linked.entities.values()) entities.set(entity.name, typist.entity(entity, parts));
  const widgetConditions = new Map<LinkedWidget, TypedExpression>();
  for (const widget of linked.widgets) {
    if (widget.source.where === undefined) continue;
    const scope = typist.scope([{ frame: 'self', entity: widget.entity.name }]);
    const where = typist.expression(widget.source.where, scope, widget, `${widget.pointer}/where`, BOOLEAN);
    if (where !== null) widgetConditions.set(widget, where);
  }
  const fixtureConditions = new Map<LinkedFixture, TypedExpression>();
  for (const fixture of linked.fixtures) {
    if (fixture.source.when === undefined) continue;
    const when = typist.expression(fixture.source.when, typist.scope([]), fixture, '/when', BOOLEAN);
    if (when !== null) fixtureConditions.set(fixture, when);
  }
  return { linked, entities, widgetConditions, fixtureConditions, typist };
}

/** Types of the settings of all modules; a setting keeps its plain name, so two modules may not share one. */
function settingTypes(linked: LinkedModel): Readonly<Record<string, ValueType>> {
  const types: Record<string, ValueType> = {};
  for (const module of linked.modules) {
    for (const [name, setting] of Object.entries(module.source.settings ?? {})) {
      types[name] =
        setting.type === 'boolean'
          ? BOOLEAN
          : setting.type === 'integer' || setting.type === 'decimal'
            ? { kind: 'number', scale: setting.type === 'integer' ? 0 : null }
            : { kind: 'text' };
    }
  }
  return types;
}

const USER_TYPES: Readonly<Record<string, ValueType>> = {
  id: { kind: 'text' },
  name: { kind: 'text' },
};

const COMPANY_TYPES: Readonly<Record<string, ValueType>> = {
  name: { kind: 'text' },
  currency: { kind: 'text' },
  country: { kind: 'text' },
  locale: { kind: 'text' },
  timezone: { kind: 'text' },
};

/** Marks a frame that means the entries of a ledger. */
export const LEDGER_FRAME = 'ledger ';

export interface Place {
  readonly document: { fileAt(pointer: string): string };
}

/** Types expressions and templates against a linked model, and reports what is wrong with them. */
export class Typist {
  readonly #linked: LinkedModel;
  readonly #report: Report;
  readonly #globals: Scope['globals'];
  readonly #types = new Map<LinkedField, ValueType>();
  readonly #derivedRows: DerivedRows;
  #lookups: Scope['lookups'];

  constructor(linked: LinkedModel, settings: Readonly<Record<string, ValueType>>, report: Report) {
    this.#linked = linked;
    this.#report = report;
    this.#derivedRows = new DerivedRows(this, report);
    this.#globals = { user: USER_TYPES, company: COMPANY_TYPES, settings };
  }

  scope(frames: Scope['frames']): Scope {
    return {
      frames,
      globals: this.#globals,
      fieldType: (entity, name) => {
        const field = this.#holder(entity)?.byName.get(name);
        return field === undefined ? undefined : this.typeOf(field);
      },
      fieldNames: (entity) => [...(this.#holder(entity)?.byName.keys() ?? [])],
    };
  }

  /** The scope of what runs on the server alone: it may also look into ledgers and find records. */
  serverScope(frames: Scope['frames'], locals: NonNullable<Scope['locals']> = {}): Scope {
    this.#lookups ??= {
      ledgers: Object.fromEntries([...this.#linked.ledgers.values()].map((each) => [each.name, this.#books(each)])),
      findable: this.#findable,
    };
    return { ...this.scope(frames), locals, lookups: this.#lookups };
  }

  /** The scope of defaults: what they ask for is looked up for all rows of a record at once. */
  #defaultScope(scope: Scope): Scope {
    return { ...scope, pickable: this.#findable };
  }

  readonly #findable = (entity: string): readonly string[] =>
    (this.#linked.entities.get(entity)?.fields ?? []).filter(isFindable).map(({ name }) => name);

  #books({ dimensions, measures }: LinkedLedger): NonNullable<Scope['lookups']>['ledgers'][string] {
    const types = (fields: readonly LinkedField[]): Readonly<Record<string, ValueType>> =>
      Object.fromEntries(fields.map((field) => [field.name, this.typeOf(field)]));
    return { dimensions: types(dimensions), measures: types(measures) };
  }

  /** Whose fields a frame names: an entity, or the entries of a ledger (prefixed, since both share their names). */
  #holder(name: string): LinkedEntity | undefined {
    return name.startsWith(LEDGER_FRAME)
      ? this.#linked.ledgers.get(name.slice(LEDGER_FRAME.length))?.entries
      : this.#linked.entities.get(name);
  }

  typeOf(field: LinkedField): ValueType {
    let type = this.#types.get(field);
    if (type === undefined) {
      type = field.type.valueType(field.shape);
      this.#types.set(field, type);
    }
    return type;
  }

  /** The frames an entity's own expressions see: itself, and for rows also their owner. */
  #ownScope(entity: LinkedEntity): Scope {
    const owner = entity.owner?.entity.name;
    return this.scope([
      { frame: 'self', entity: entity.name },
      ...(owner === undefined ? [] : [{ frame: 'parent' as const, entity: owner }]),
    ]);
  }

  expression(
    source: string,
    scope: Scope,
    place: Place,
    pointer: string,
    expected?: ValueType,
  ): TypedExpression | null {
    const parsed = parseExpression(source);
    if ('fault' in parsed) {
      this.#fault(place, pointer, parsed.fault, source);
      return null;
    }
    const inferred = inferExpression(parsed.ast, scope, expected);
    if ('faults' in inferred) {
      for (const fault of inferred.faults) this.#fault(place, pointer, fault, source);
      return null;
    }
    return inferred.expression;
  }

  template(source: string, scope: Scope, place: Place, pointer: string): TypedTemplate | null {
    const parsed = parseTemplate(source);
    if ('fault' in parsed) {
      this.#fault(place, pointer, parsed.fault, source);
      return null;
    }
    const inferred = inferTemplate(parsed.template, scope);
    if ('faults' in inferred) {
      for (const fault of inferred.faults) this.#fault(place, pointer, fault, source);
      return null;
    }
    return inferred.template;
  }

  #fault(
    place: Place,
    pointer: string,
    fault: { readonly code: string; readonly message: string; readonly position: number; readonly hint?: string },
    source: string,
  ): void {
    const message = `${fault.message} (at character ${fault.position + 1} of “${shorten(source)}”)`;
    faultAt(this.#report, place, pointer, fault.code, message, fault.hint);
  }

  parts(entity: LinkedEntity): TypedParts {
    const scope = this.#ownScope(entity);
    const checks: TypedCheck[] = [];
    for (const [index, check] of (entity.source.checks ?? []).entries()) {
      const pointer = `/checks/${index}`;
      const that = this.expression(check.that, scope, entity, `${pointer}/that`, BOOLEAN);
      const message = this.texts(toText(check.message), scope, entity, `${pointer}/message`);
      if (that !== null) checks.push({ that, message, at: check.at ?? null });
    }
    return {
      fields: new Map(entity.fields.map((field) => [field.name, this.#field(entity, field, scope)])),
      title: this.template(entity.source.title ?? defaultTitle(entity), scope, entity, '/title') ?? { parts: [] },
      checks,
    };
  }

  #field(entity: LinkedEntity, field: LinkedField, scope: Scope): TypedField {
    const { source, pointer } = field;
    const typed = (
      text: string | undefined,
      property: string,
      expected?: ValueType,
      within: Scope = scope,
    ): TypedExpression | null =>
      text === undefined ? null : this.expression(text, within, entity, `${pointer}/${property}`, expected);
    const rule = (value: boolean | string | undefined, property: string, absent: boolean): boolean | TypedExpression =>
      value === undefined ? absent : typeof value === 'boolean' ? value : (typed(value, property, BOOLEAN) ?? absent);

    const own = this.typeOf(field);
    // The default of a link may also be the natural key of the record it means, for example 'IDR'.
    const ofDefault: ValueType | undefined = own.kind === 'record' ? undefined : own;
    const target = field.target;
    return {
      required: rule(source.required, 'required', false),
      readOnly: rule(source.readOnly, 'readOnly', false),
      visible: rule(source.visible, 'visible', true),
      default: typed(source.default, 'default', ofDefault, this.#defaultScope(scope)),
      computed: typed(source.computed, 'computed', own),
      linkFilter:
        source.filter === undefined || target === null
          ? null
          : this.expression(
              source.filter,
              this.scope([
                { frame: 'self', entity: target.name },
                { frame: 'parent', entity: entity.name },
              ]),
              entity,
              `${pointer}/filter`,
              BOOLEAN,
            ),
      rollup: this.#rollup(entity, field),
    };
  }

  #rollup(entity: LinkedEntity, field: LinkedField): TypedField['rollup'] {
    const source = field.source.rollup;
    if (source === undefined) return null;
    const at = `${field.pointer}/rollup`;
    const { entities } = this.#linked;
    const from = entities.get(source.from);
    if (from === undefined) {
      const hint = nearestHint(source.from, entities.keys());
      faultAt(this.#report, entity, `${at}/from`, 'unknown-entity', `There is no entity “${source.from}”`, hint);
      return null;
    }
    const by = from.byName.get(source.by);
    if (by === undefined || by.target !== entity) {
      const links = from.fields.filter((each) => each.target === entity).map((each) => each.name);
      const hint = nearestHint(source.by, links);
      faultAt(
        this.#report,
        entity,
        `${at}/by`,
        'unknown-field',
        `“${from.name}” has no link “${source.by}” to “${entity.name}”`,
        hint,
      );
      return null;
    }
    const value = this.expression(
      source.value,
      this.scope([{ frame: 'group', entity: from.name }]),
      entity,
      `${at}/value`,
      this.typeOf(field),
    );
    const where =
      source.where === undefined
        ? null
        : this.expression(
            source.where,
            this.scope([{ frame: 'self', entity: from.name }]),
            entity,
            `${at}/where`,
            BOOLEAN,
          );
    return value === null ? null : { from, by, value, where };
  }

  entity(entity: LinkedEntity, parts: ReadonlyMap<string, TypedParts>): TypedEntity {
    const own = parts.get(entity.name) as TypedParts;
    const titleNeeds = new NeedsGatherer(this.targetOf);
    for (const expression of expressionsOf(own.title)) titleNeeds.add(expression, null);
    return { linked: entity, ...own, titleNeeds: titleNeeds.needs, computation: this.#computation(entity, parts) };
  }

  /** A text with expressions in every language it is given in. */
  texts(text: Text, scope: Scope, entity: Place, pointer: string): TypedCheck['message'] {
    const result: Partial<Record<Locale, TypedTemplate>> = {};
    for (const locale of LOCALES) {
      const source = text[locale];
      const template = source === undefined ? null : this.template(source, scope, entity, `${pointer}/${locale}`);
      if (template !== null) result[locale] = template;
    }
    return result;
  }

  /** The entity that a link leads to. */
  readonly targetOf = (entity: string, field: string): string =>
    this.#holder(entity)?.byName.get(field)?.target?.name ?? entity;

  #computation(entity: LinkedEntity, parts: ReadonlyMap<string, TypedParts>): Computation {
    // Rows are worked out together with the record that owns them.
    if (entity.owner !== null) return NOTHING_TO_COMPUTE;
    const steps: ComputationStep[] = [];
    const needs = new NeedsGatherer(this.targetOf);
    this.#collect(entity, parts.get(entity.name) as TypedParts, null, steps, needs);
    for (const field of entity.fields) {
      if (field.shape.of === null || field.target === null) continue;
      const derive = this.#derivedRows.step(entity, field, needs);
      if (derive !== null) steps.push(derive);
      this.#collect(field.target, parts.get(field.target.name) as TypedParts, field.name, steps, needs);
    }
    const ordered = orderSteps(steps);
    if ('cycle' in ordered) {
      const [first = ''] = ordered.cycle;
      faultAt(
        this.#report,
        entity,
        `/fields/${first.split('.')[0] ?? ''}`,
        'computation-cycle',
        `These fields need each other: ${ordered.cycle.join(' → ')}`,
      );
      return NOTHING_TO_COMPUTE;
    }
    return { steps: ordered.steps, needs: needs.needs, lineNeeds: needs.lineNeeds };
  }

  /** The steps of one entity's own fields, and what all its expressions need loaded. */
  #collect(
    entity: LinkedEntity,
    parts: TypedParts,
    lines: string | null,
    steps: ComputationStep[],
    needs: NeedsGatherer,
  ): void {
    for (const field of entity.fields) {
      const typed = parts.fields.get(field.name);
      if (typed === undefined) continue;
      const scale = scaleOf(this.typeOf(field));
      for (const kind of ['default', 'computed'] as const) {
        const expression = typed[kind];
        if (expression === null) continue;
        const byKey =
          kind === 'default' && field.target !== null && expression.type.kind !== 'record' ? field.target.name : null;
        steps.push({ kind, lines, field: field.name, scale, byKey, expression } satisfies AssignStep);
        needs.add(expression, lines);
      }
      for (const rule of [typed.required, typed.readOnly, typed.visible]) {
        if (typeof rule !== 'boolean') needs.add(rule, lines);
      }
    }
    for (const check of parts.checks) {
      needs.add(check.that, lines);
      for (const template of Object.values(check.message)) {
        for (const expression of expressionsOf(template)) needs.add(expression, lines);
      }
    }
  }
}

export function expressionsOf(template: TypedTemplate): readonly TypedExpression[] {
  return template.parts.filter((part) => typeof part !== 'string');
}

export function scaleOf(type: ValueType): number | null {
  return type.kind === 'number' ? type.scale : null;
}

/** Whether a statement can compare the field: it has a column whose values are not hidden. */
function isFindable({ type, shape, source }: LinkedField): boolean {
  const column = type.column(shape);
  if (column === null || column.kind === 'json') return false;
  return source.rollup === undefined && source.balance === undefined && source.encrypted !== true;
}

function shorten(source: string): string {
  return source.length > 60 ? `${source.slice(0, 57)}…` : source;
}

/** Number, code and name are how people call records; an entity without them is called by its id. */
function defaultTitle(entity: LinkedEntity): string {
  const names = ['number', 'code', 'name'].filter((name) => entity.byName.has(name));
  return names.length > 0 ? names.map((name) => `{${name}}`).join(' · ') : '{id}';
}
