import { columnOf, joinTableOf, tableOf } from '../../metamodel/naming.ts';
import { toText } from '../../metamodel/text.ts';
import type { Text } from '../../metamodel/text.ts';
import type { TypedEntity, TypedField, TypedModel } from '../infer.ts';
import { humanize } from '../humanize.ts';
import type { LinkedEntity, LinkedField } from '../linked-entity.ts';
import type { Entity, Field, Rollup } from '../model.ts';
import { lowerForm } from './forms.ts';
import { parseNumberPattern } from './number-pattern.ts';

/** What stays open until every entity exists: entities and fields point at each other in circles. */
type Open<T> = { -readonly [Key in keyof T]: T[Key] };

const ROWS_MAX = 1000;

export function lowerEntities(typed: TypedModel): ReadonlyMap<string, Entity> {
  const entities = new Map<string, Open<Entity>>();
  for (const each of typed.entities.values()) entities.set(each.linked.name, lowerEntity(each, typed));

  for (const { linked, fields } of typed.entities.values()) {
    const entity = entities.get(linked.name) as Open<Entity>;
    if (linked.owner !== null) {
      const owner = entities.get(linked.owner.entity.name) as Entity;
      entity.owner = { entity: owner, field: owner.fieldByName.get(linked.owner.field.name) as Field };
    }
    for (const field of linked.fields) {
      const lowered = entity.fieldByName.get(field.name) as Open<Field>;
      if (field.target !== null) lowered.target = entities.get(field.target.name) as Entity;
      const rollup = fields.get(field.name)?.rollup;
      if (rollup !== null && rollup !== undefined) {
        const from = entities.get(rollup.from.name) as Entity;
        lowered.rollup = {
          from,
          by: from.fieldByName.get(rollup.by.name) as Field,
          value: rollup.value,
          where: rollup.where,
        } satisfies Rollup;
      }
    }
  }
  return entities;
}

/** An entity that is not linked to the others yet; see `lowerEntities`. */
export function lowerEntity(typed: TypedEntity, model: TypedModel): Open<Entity> {
  const { linked } = typed;
  const { source } = linked;
  const fields = linked.fields.map((field) => lowerField(linked, field, typed.fields.get(field.name)));
  const system = [...linked.byName.values()]
    .filter((field) => field.role === 'system')
    .map((field) => lowerField(linked, field, undefined));
  const fieldByName = new Map([...system, ...fields].map((field) => [field.name, field]));
  const named = (names: readonly string[]): readonly Field[] =>
    names.map((name) => fieldByName.get(name)).filter((field) => field !== undefined);

  const key = named(source.key ?? ['code', 'number', 'name'].filter((name) => fieldByName.has(name)).slice(0, 1));
  const shown = fields.filter((field) => ownColumn(field) && field.visible !== false);
  const listColumns = source.list?.columns ?? model.linked.listViews.get(linked.name)?.columns ?? defaultColumns(shown);
  return {
    name: linked.name,
    module: linked.module,
    kind: linked.kind,
    label: linked.label,
    labelPlural: toText(source.label_plural ?? pluralOf(linked.label)),
    description: source.description === undefined ? null : toText(source.description),
    icon: source.icon ?? (linked.kind === 'document' ? 'document-text' : 'rectangle-stack'),
    isPerson: source.person === true,
    table: tableOf(linked.name),
    fields,
    fieldByName,
    title: typed.title,
    titleNeeds: typed.titleNeeds,
    key,
    pickerFields: named(source.picker ?? []),
    number: source.number === undefined ? null : parseNumberPattern(source.number),
    checks: typed.checks,
    owner: null,
    linesFields: fields.filter((field) => field.of !== null),
    computation: typed.computation,
    search: searchFields(fields, key),
    sort: (source.sort ?? defaultSort(linked)).map((name) => ({
      field: name.replace(/^-/, ''),
      descending: name.startsWith('-'),
    })),
    form: lowerForm(linked, model.linked.forms.get(linked.name) ?? source.form ?? null, fields),
    list: { columns: listColumns, filters: source.list?.filters ?? defaultFilters(shown) },
  };
}

/** System fields have no document of their own: nobody requires, hides, fills or writes them. */
const UNTYPED: TypedField = {
  required: false,
  readOnly: true,
  visible: true,
  default: null,
  computed: null,
  linkFilter: null,
  rollup: null,
};

function lowerField(entity: LinkedEntity, field: LinkedField, typed: TypedField = UNTYPED): Field {
  const { source, shape, type } = field;
  const stored = type.column(shape) !== null && source.rollup === undefined && source.balance === undefined;
  // Written out rather than spread: one hidden class for all fields keeps compiling thousands of them fast.
  return {
    name: shape.name,
    type: shape.type,
    scale: shape.scale,
    precision: shape.precision,
    maxLength: shape.maxLength,
    minLength: shape.minLength,
    min: shape.min,
    max: shape.max,
    options: shape.options,
    to: shape.to,
    toAny: shape.toAny,
    of: shape.of,
    label: toText(source.label ?? humanize(field.name)),
    help: source.help === undefined ? null : toText(source.help),
    fieldType: type,
    column: stored ? columnOf(field.name, shape.type === 'link') : null,
    ...(stored && source.was !== undefined ? { formerColumn: columnOf(source.was, shape.type === 'link') } : {}),
    required: typed.required,
    readOnly: typed.computed !== null || typed.rollup !== null || source.balance !== undefined ? true : typed.readOnly,
    visible: typed.visible,
    default: typed.default,
    computed: typed.computed,
    rollup: null,
    balance: null,
    offers: [],
    openIn: null,
    sequence: source.pattern === undefined ? null : parseNumberPattern(source.pattern),
    unique: source.unique === true,
    allowOnSubmit: source.allow_on_submit === true,
    index: source.index === true,
    search: source.search === true,
    encrypted: source.encrypted === true,
    personal: source.personal === true,
    derived: source.derive !== undefined,
    target: null,
    joinTable: shape.type === 'links' ? joinTableOf(entity.name, field.name) : null,
    linkFilter: typed.linkFilter,
    rows:
      shape.of === null
        ? null
        : { min: Number(source.min ?? 0), max: Math.min(Number(source.max ?? ROWS_MAX), ROWS_MAX) },
    unitField: source.unit ?? null,
  };
}

function ownColumn(field: Field): boolean {
  return field.column !== null || field.rollup !== null || field.balance !== null;
}

/** The label stands for many when nothing better is given; Indonesian has no plural ending. */
function pluralOf(label: Text): Text {
  const english = label.en;
  if (english === undefined) return label;
  const plural = /[^aeiou]y$/i.test(english)
    ? `${english.slice(0, -1)}ies`
    : /(s|x|ch|sh)$/i.test(english)
      ? `${english}es`
      : `${english}s`;
  return { ...label, en: plural };
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'longtext', 'email', 'phone', 'barcode', 'sequence', 'url']);

/** Fields marked `search`; without any, the key and the name. */
function searchFields(fields: readonly Field[], key: readonly Field[]): readonly Field[] {
  const plain = fields.filter((field) => TEXT_TYPES.has(field.type) && field.column !== null && !field.encrypted);
  const marked = plain.filter((field) => field.search);
  if (marked.length > 0) return marked;
  return plain.filter((field) => key.includes(field) || field.name === 'name' || field.name === 'number');
}

const WIDE_TYPES: ReadonlySet<string> = new Set([
  'longtext',
  'richtext',
  'json',
  'lines',
  'links',
  'image',
  'file',
  'translated-text',
]);

function defaultColumns(fields: readonly Field[]): readonly string[] {
  return fields
    .filter((field) => !WIDE_TYPES.has(field.type))
    .slice(0, 6)
    .map((field) => field.name);
}

function defaultFilters(fields: readonly Field[]): readonly string[] {
  return fields
    .filter((field) => field.type === 'link' || field.type === 'enumeration' || field.type === 'boolean')
    .slice(0, 5)
    .map((field) => field.name);
}

function defaultSort(entity: LinkedEntity): readonly string[] {
  if (entity.kind === 'document') return entity.byName.has('date') ? ['-date'] : ['-id'];
  const first = ['code', 'name', 'sort_order'].find((name) => entity.byName.has(name));
  return [first ?? 'id'];
}
