import type { FieldView } from '../../compiler/lower/screen-view.ts';
import type { Entity, Field } from '../../compiler/model.ts';
import type { JsonSchema } from '../../metamodel/field-type.ts';
import { LINE_COLUMNS, typeNameOf } from '../../metamodel/naming.ts';
import { textIn } from '../../metamodel/text.ts';
import type { Locale } from '../../metamodel/text.ts';
import { isWritable } from '../../records/read-input.ts';
import { nullable, reference } from './schema.ts';

/** Names of the schemas of one entity. */
export interface RecordSchemaNames {
  /** A record as it is read. */
  readonly record: string;
  readonly create: string;
  readonly update: string;
}

export function schemaNamesOf(entity: Entity): RecordSchemaNames {
  const name = typeNameOf(entity.name);
  return { record: name, create: `${name}Create`, update: `${name}Update` };
}

/** Fields that stand in every record that is read, whatever was asked for. */
const ALWAYS = new Set(['id', 'version']);

/** The schemas of an entity and of its rows, with the fields that a view shows. */
export function recordSchemas(entity: Entity, view: FieldView, locale: Locale): Readonly<Record<string, JsonSchema>> {
  const names = schemaNamesOf(entity);
  const describe = new Describer(entity, view, locale);
  const schemas: Record<string, JsonSchema> = {
    [names.record]: describe.record(),
    [names.create]: describe.input('create'),
    [names.update]: describe.input('update'),
  };
  for (const lines of entity.linesFields.filter((field) => describe.sees(field.name, null))) {
    const rows = schemaNamesOf(lines.target as Entity);
    schemas[rows.record] = describe.row(lines);
    if (isWritable(lines)) schemas[rows.create] = describe.rowInput(lines);
  }
  return schemas;
}

class Describer {
  readonly #entity: Entity;
  readonly #view: FieldView;
  readonly #locale: Locale;

  constructor(entity: Entity, view: FieldView, locale: Locale) {
    this.#entity = entity;
    this.#view = view;
    this.#locale = locale;
  }

  sees(name: string, ofRow: string | null): boolean {
    return this.#view.sees(this.#entity, name, ofRow);
  }

  record(): JsonSchema {
    const fields = [...this.#entity.fieldByName.values()].filter(({ name }) => this.sees(name, null));
    return {
      type: 'object',
      title: textIn(this.#entity.label, this.#locale),
      properties: {
        ...Object.fromEntries(fields.map((field) => [field.name, this.#read(field)])),
        _title: { type: 'string', description: 'With `titles=true`: how the record is called.' },
        _titles: {
          type: 'object',
          additionalProperties: { type: 'string' },
          description: 'With `titles=true`: how the linked records are called, by the name of the link.',
        },
      },
      required: [...ALWAYS],
    };
  }

  row(lines: Field): JsonSchema {
    const rows = lines.target as Entity;
    const fields = rows.fields.filter(({ name }) => this.sees(lines.name, name));
    return {
      type: 'object',
      title: textIn(rows.label, this.#locale),
      properties: {
        id: reference('Id'),
        ...Object.fromEntries(fields.map((field) => [field.name, this.#read(field)])),
        _titles: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['id'],
    };
  }

  input(kind: 'create' | 'update'): JsonSchema {
    const fields = this.#entity.fields.filter(
      (field) => isWritable(field) && this.#view.writes(this.#entity, field.name, null),
    );
    const required = kind === 'create' ? fields.filter(isNeeded).map(({ name }) => name) : [];
    const version = kind === 'update' ? { version: { type: 'string', description: 'The version that was read.' } } : {};
    return {
      type: 'object',
      properties: { ...version, ...Object.fromEntries(fields.map((field) => [field.name, this.#written(field)])) },
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    };
  }

  rowInput(lines: Field): JsonSchema {
    const rows = lines.target as Entity;
    const fields = rows.fields.filter(
      (field) => isWritable(field) && this.#view.writes(this.#entity, lines.name, field.name),
    );
    return {
      type: 'object',
      properties: {
        id: { ...reference('Id'), description: 'The stored row that is meant; absent for a new one.' },
        ...Object.fromEntries(fields.map((field) => [field.name, this.#written(field)])),
      },
      additionalProperties: false,
    };
  }

  #read(field: Field): JsonSchema {
    const described = this.#described(field);
    if (field.of !== null && field.target !== null) {
      return { type: 'array', items: reference(schemaNamesOf(field.target).record), ...described };
    }
    if (ALWAYS.has(field.name)) return { type: 'string', ...described };
    const leads = field.target !== null || field.joinTable !== null;
    const own = nullable(field.fieldType.jsonSchema(field));
    // An embedded record stands where its id would.
    return leads ? { anyOf: [own, { type: 'object' }, { type: 'array' }], ...described } : { ...own, ...described };
  }

  #written(field: Field): JsonSchema {
    const described = this.#described(field);
    if (field.of !== null && field.target !== null) {
      const { min, max } = field.rows ?? { min: 0, max: undefined };
      return {
        type: 'array',
        items: reference(schemaNamesOf(field.target).create),
        ...(max === undefined || max === Infinity ? {} : { maxItems: max }),
        ...(min > 0 ? { minItems: min } : {}),
        ...described,
      };
    }
    return { ...nullable(field.fieldType.jsonSchema(field)), ...described };
  }

  #described(field: Field): JsonSchema {
    const help = field.help === null ? {} : { description: textIn(field.help, this.#locale) };
    return { title: textIn(field.label, this.#locale), ...help };
  }
}

/** Whether a record cannot be created without the field being sent. */
function isNeeded(field: Field): boolean {
  return (
    field.required === true && field.default === null && field.sequence === null && field.name !== LINE_COLUMNS.parent
  );
}
