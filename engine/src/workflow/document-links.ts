import type { Entity, Field, Model } from '../compiler/model.ts';
import { AMENDED_FIELD } from '../metamodel/naming.ts';

/** A field by which documents point at a document: from themselves or a row, to it or to one of its rows. */
export interface DocumentLink {
  /** The document or the rows that hold the field. */
  readonly holder: Entity;
  readonly field: Field;
  /** The document or its rows. */
  readonly to: Entity;
}

const known = new WeakMap<Entity, readonly DocumentLink[]>();

/** How other documents may point at one of this entity. Worked out once for each entity of a model. */
export function linksBetweenDocuments(model: Model, entity: Entity): readonly DocumentLink[] {
  let links = known.get(entity);
  if (links === undefined) {
    links = [...model.entities.values()].flatMap((holder) => linksOf(holder, entity));
    known.set(entity, links);
  }
  return links;
}

function linksOf(holder: Entity, entity: Entity): readonly DocumentLink[] {
  const document = holder.owner?.entity ?? holder;
  if (document.kind !== 'document') return [];
  return holder.fields.flatMap((field) => {
    if (field.column === null || field.name === AMENDED_FIELD) return [];
    if (field.type === 'dynamic-link') {
      const isMeant = field.toAny.length === 0 || field.toAny.includes(entity.name);
      return isMeant ? [{ holder, field, to: entity }] : [];
    }
    const { target } = field;
    if (field.type !== 'link' || target === null) return [];
    return target === entity || target.owner?.entity === entity ? [{ holder, field, to: target }] : [];
  });
}
