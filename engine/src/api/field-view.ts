import type { FieldView } from '../compiler/lower/screen-view.ts';
import type { Entity } from '../compiler/model.ts';
import { READ, WRITE } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { sees, sightOf, writeSightOf } from '../records/sight.ts';
import type { Sight } from '../records/sight.ts';

/** What is seen and written of records by whoever has this reach, whichever record it is. */
export function fieldView(reach: Reach): FieldView {
  const seen = new Map<Entity, Sight>();
  const written = new Map<Entity, Sight>();
  const known = (sights: Map<Entity, Sight>, entity: Entity, find: () => Sight): Sight => {
    if (!sights.has(entity)) sights.set(entity, find());
    return sights.get(entity) ?? null;
  };
  return {
    sees: (entity, name, ofRow) =>
      sees(
        entity,
        known(seen, entity, () => sightOf(reach.bounds(entity, READ))),
        name,
        ofRow,
      ),
    writes: (entity, name, ofRow) =>
      sees(
        entity,
        known(written, entity, () => writeSightOf(reach.bounds(entity, WRITE))),
        name,
        ofRow,
      ),
  };
}
