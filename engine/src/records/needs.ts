import type { LinkNeeds } from '../compiler/computation.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import type { PathStep } from '../expression/ast.ts';
import type { Needs } from './linked-records.ts';

const needs = new WeakMap<Entity, Needs>();

/** The linked records that writing a record reads: for its computation, and for the conditions on what it links to. */
export function writeNeeds(entity: Entity): Needs {
  let known = needs.get(entity);
  if (known === undefined) {
    const { computation } = entity;
    known = {
      record: [...computation.needs, ...filterNeeds(entity)],
      lines: Object.fromEntries(
        entity.linesFields.map((field) => [
          field.name,
          [...(computation.lineNeeds[field.name] ?? []), ...filterNeeds(field.target as Entity)],
        ]),
      ),
    };
    needs.set(entity, known);
  }
  return known;
}

function filterNeeds(entity: Entity): readonly LinkNeeds[] {
  return entity.fields.flatMap((field) => {
    const { linkFilter, target } = field;
    if (linkFilter === null || target === null) return [];
    const paths = dependenciesOf(linkFilter).filter(({ frame }) => frame === 'self');
    return paths.map(({ path }) => needOf(field, target, path));
  });
}

/** What a path of the linked record reads, beginning at the link. */
function needOf(link: Field, target: Entity, [step, ...rest]: readonly PathStep[]): LinkNeeds {
  const next = step === undefined ? undefined : target.fieldByName.get(step.field);
  const nested = next !== undefined && next.target !== null && rest.length > 0 ? [needOf(next, next.target, rest)] : [];
  return { link: link.name, target: target.name, fields: next === undefined ? [] : [next.name], nested };
}
