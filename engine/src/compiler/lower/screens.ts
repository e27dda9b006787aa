import { Decimal } from '../../base/decimal.ts';
import { dependenciesOf } from '../../expression/dependencies.ts';
import type { Row } from '../../expression/evaluation.ts';
import { textIn } from '../../metamodel/text.ts';
import type { Locale } from '../../metamodel/text.ts';
import type { LinkNeeds } from '../computation.ts';
import type { Entity, Field, Model } from '../model.ts';
import type { ScreenEntity, ScreenEntityName, ScreenField, ScreenGlobals, ScreenIndex } from '../screen.ts';

/** Actions the caller may take on an entity; empty when it is hidden from them. */
export type ActionsOf = (entity: Entity) => readonly string[];

/** What the shell of the web application needs: modules, menus, names of entities, widgets. */
export function screenIndex(
  model: Model,
  company: ScreenIndex['company'],
  globals: { readonly company: Row; readonly settings: Row },
  actionsOf: ActionsOf,
  locale: Locale,
): ScreenIndex {
  const entities: Record<string, ScreenEntityName> = {};
  for (const entity of model.entities.values()) {
    const actions = entity.kind === 'lines' ? [] : actionsOf(entity);
    if (actions.length > 0) entities[entity.name] = entityName(entity, actions, locale);
  }
  return {
    hash: model.hash,
    company,
    globals: { company: screenGlobals(globals.company), settings: screenGlobals(globals.settings) },
    modules: [...model.modules]
      .sort((a, b) => a.sortOrder - b.sortOrder)
      .map((module) => ({
        slug: module.slug,
        name: textIn(module.name, locale),
        icon: module.icon,
        category: module.category,
        firstSteps: module.firstSteps.filter((name) => name in entities),
        menu: module.menu
          .filter((item) => item.entity === null || item.entity in entities)
          .map((item) => {
            const entity = item.entity === null ? undefined : entities[item.entity];
            return {
              label: item.label === null ? (entity?.labelPlural ?? '') : textIn(item.label, locale),
              icon: item.icon ?? entity?.icon ?? (item.report === null ? module.icon : 'chart-bar'),
              entity: item.entity,
              report: item.report,
              group: item.group === null ? null : textIn(item.group, locale),
            };
          }),
      })),
    entities,
    widgets: model.widgets
      .filter((widget) => widget.entity.name in entities)
      .map((widget) => ({
        name: widget.name,
        module: widget.module,
        label: textIn(widget.label, locale),
        kind: widget.kind,
        entity: widget.entity.name,
        width: widget.width,
        format: { type: widget.value.field?.type ?? 'integer', scale: widget.value.field?.scale ?? 0 },
      })),
  };
}

function screenGlobals(row: Row): ScreenGlobals {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Decimal
        ? { number: value.toString() }
        : typeof value === 'string' || typeof value === 'boolean'
          ? value
          : null,
    ]),
  );
}

/** What list, form and lines grid of one entity need, in one language. */
export function screenEntity(entity: Entity, actions: readonly string[], locale: Locale): ScreenEntity {
  const { computation } = entity;
  const lines: Record<string, ScreenEntity['lines'][string]> = {};
  for (const field of entity.linesFields) {
    const rows = field.target as Entity;
    const needs = computation.lineNeeds[field.name] ?? [];
    lines[field.name] = {
      entity: rows.name,
      fields: rows.fields.map((each) => screenField(each, needs, locale)),
      columns: rows.list.columns,
      derived: field.derived,
    };
  }
  return {
    ...entityName(entity, actions, locale),
    name: entity.name,
    title: entity.title,
    key: entity.key.map(({ name }) => name),
    picker: entity.pickerFields.map(({ name }) => name),
    fields: [...entity.fieldByName.values()].map((field) => screenField(field, computation.needs, locale)),
    form: { schema: formSchema(entity, locale), uischema: formLayout(entity, locale) },
    list: {
      columns: entity.list.columns,
      filters: entity.list.filters,
      sort: entity.sort.map(({ field, descending }) => (descending ? `-${field}` : field)).join(','),
      search: entity.search.length > 0,
    },
    lines,
    computation,
  };
}

function entityName(entity: Entity, actions: readonly string[], locale: Locale): ScreenEntityName {
  return {
    label: textIn(entity.label, locale),
    labelPlural: textIn(entity.labelPlural, locale),
    description: entity.description === null ? null : textIn(entity.description, locale),
    icon: entity.icon,
    kind: entity.kind,
    module: entity.module,
    actions,
  };
}

function screenField(field: Field, needs: readonly LinkNeeds[], locale: Locale): ScreenField {
  const isLink = field.target !== null && field.of === null;
  const owner = isLink ? field.target.owner?.entity.name : undefined;
  const needed = needs.find((each) => each.link === field.name);
  return {
    name: field.name,
    type: field.type,
    label: textIn(field.label, locale),
    help: field.help === null ? null : textIn(field.help, locale),
    required: field.required,
    readOnly: field.readOnly,
    allowOnSubmit: field.allowOnSubmit,
    visible: field.visible,
    computed: field.computed !== null || field.rollup !== null || field.balance !== null || field.derived,
    scale: field.scale,
    precision: field.precision,
    min: field.min?.toString() ?? null,
    max: field.max?.toString() ?? null,
    maxLength: field.maxLength,
    options: field.options.map(({ value, label, color }) => ({
      value,
      label: textIn(label, locale),
      color: color ?? null,
    })),
    to: field.to ?? field.of,
    toAny: field.toAny.length > 0 ? field.toAny : field.offers,
    ...(field.openIn === null ? {} : { openIn: field.openIn }),
    ...(owner === undefined ? {} : { owner }),
    linkFields: isLink ? linkFieldsOf(field, needed) : [],
    unitField: field.unitField,
    unique: field.unique,
    sortable: field.column !== null && field.fieldType.sortable && !field.encrypted,
    operators: field.encrypted ? [] : field.fieldType.operators,
    rows: field.rows,
    linkFilter: field.linkFilter,
  };
}

/** What a picker asks for: what it shows, what its filter reads, and what computations read of the chosen record. */
function linkFieldsOf(field: Field, needed: LinkNeeds | undefined): readonly string[] {
  const names = new Set((field.target as Entity).pickerFields.map(({ name }) => name));
  for (const { frame, path } of field.linkFilter === null ? [] : dependenciesOf(field.linkFilter)) {
    if (frame === 'self' && path[0] !== undefined) names.add(path[0].field);
  }
  for (const name of needed?.fields ?? []) names.add(name);
  return [...names];
}

/** JSON Schema (draft 2020-12) of the record, for JSON Forms and for programs. */
export function formSchema(entity: Entity, locale: Locale): Readonly<Record<string, unknown>> {
  const properties: Record<string, unknown> = {};
  for (const field of entity.fields) {
    const own =
      field.of !== null && field.target !== null
        ? {
            type: 'array',
            items: formSchema(field.target, locale),
            minItems: field.rows?.min,
            maxItems: field.rows?.max,
          }
        : field.fieldType.jsonSchema(field);
    properties[field.name] = {
      ...own,
      title: textIn(field.label, locale),
      ...(field.help === null ? {} : { description: textIn(field.help, locale) }),
      ...(field.readOnly === true ? { readOnly: true } : {}),
    };
  }
  return {
    type: 'object',
    title: textIn(entity.label, locale),
    properties,
    required: entity.fields
      .filter((field) => field.required === true && field.readOnly !== true)
      .map(({ name }) => name),
  };
}

/** The layout as a JSON Forms UI schema. */
function formLayout(entity: Entity, locale: Locale): Readonly<Record<string, unknown>> {
  return {
    type: 'VerticalLayout',
    elements: entity.form.sections.map((section) => ({
      type: 'Group',
      ...(section.label === null ? {} : { label: textIn(section.label, locale) }),
      options: { columns: section.columns, collapsed: section.collapsed },
      elements: section.fields.map((name) => ({ type: 'Control', scope: `#/properties/${name}` })),
    })),
  };
}
