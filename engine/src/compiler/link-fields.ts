import { Decimal } from '../base/decimal.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { FieldShape, FieldType, Option } from '../metamodel/field-type.ts';
import { fieldTypes } from '../metamodel/fields/index.ts';
import { shapeDefaults } from '../metamodel/fields/shape-defaults.ts';
import type { FieldSource } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import { humanize } from './humanize.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { LinkedModule } from './link-modules.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** A field with its type and shape; what it names is resolved by `resolveTargets`. */
export function linkField(name: string, source: FieldSource, role: LinkedField['role']): LinkedField {
  const type = fieldTypes[source.type] as FieldType;
  const defaults = shapeDefaults(source.type);
  const shape: FieldShape = {
    name,
    type: source.type,
    scale: source.scale ?? defaults.scale,
    precision: source.precision ?? defaults.precision,
    maxLength: source.maxLength ?? defaults.maxLength,
    minLength: source.minLength ?? 0,
    min: limit(source, source.min),
    max: limit(source, source.max),
    options: (source.options ?? []).map(toOption),
    to: typeof source.to === 'string' ? source.to : null,
    toAny: Array.isArray(source.to) ? source.to : [],
    of: source.of ?? null,
  };
  return { name, role, source, shape, type, pointer: `/fields${pointerStep(name)}`, target: null };
}

/** On lines fields `min` and `max` count rows; they are no limits of a value. */
function limit(source: FieldSource, value: number | string | undefined): Decimal | null {
  return value === undefined || source.type === 'lines' ? null : Decimal.parse(String(value));
}

function toOption(option: NonNullable<FieldSource['options']>[number]): Option {
  if (typeof option === 'string') return { value: option, label: { en: humanize(option) } };
  return {
    value: option.value,
    label: toText(option.label ?? humanize(option.value)),
    ...(option.color === undefined ? {} : { color: option.color }),
  };
}

/** Resolves the entities that the fields name: targets of links, and the rows they own. */
export function resolveTargets(
  entity: LinkedEntity,
  entities: ReadonlyMap<string, LinkedEntity>,
  modules: readonly LinkedModule[],
  report: Report,
): void {
  for (const field of entity.fields) {
    for (const [property, name] of namedEntities(field)) {
      const pointer = field.role === 'own' ? `${field.pointer}/${property}` : '/entity';
      // A module that gives a field to an entity below it may link to whatever that module itself depends on.
      const layer = entity.document.layerAt(pointer);
      const slug = layer.kind === 'module' ? layer.name : entity.module;
      const reachable = modules.find((module) => module.slug === slug)?.reachable;
      const target = entities.get(name);
      if (target === undefined) {
        faultAt(
          report,
          entity,
          pointer,
          'unknown-entity',
          `There is no entity “${name}”`,
          nearestHint(name, entities.keys()),
        );
        continue;
      }
      if (reachable !== undefined && !reachable.has(target.module)) {
        faultAt(
          report,
          entity,
          pointer,
          'missing-dependency',
          `“${name}” belongs to module “${target.module}”, which module “${slug}” does not depend on`,
          `Add “${target.module}” to the dependencies of module “${slug}”`,
        );
        continue;
      }
      if (property === 'of') own(entity, field, target, pointer, report);
      field.target ??= target;
    }
  }
}

function* namedEntities(field: LinkedField): Iterable<readonly ['to' | 'of', string]> {
  if (field.shape.to !== null) yield ['to', field.shape.to];
  for (const name of field.shape.toAny) yield ['to', name];
  if (field.shape.of !== null) yield ['of', field.shape.of];
}

function own(entity: LinkedEntity, field: LinkedField, target: LinkedEntity, pointer: string, report: Report): void {
  if (target.kind !== 'lines') {
    faultAt(report, entity, pointer, 'not-lines', `“${target.name}” is a ${target.kind}, not lines`);
  } else if (target.owner !== null) {
    const owner = `${target.owner.entity.name}.${target.owner.field.name}`;
    faultAt(report, entity, pointer, 'lines-owned-twice', `The rows of “${target.name}” already belong to ${owner}`);
  } else if (entity.kind === 'lines') {
    faultAt(report, entity, pointer, 'lines-in-lines', 'Rows cannot own rows');
  } else {
    target.owner = { entity, field };
  }
}
