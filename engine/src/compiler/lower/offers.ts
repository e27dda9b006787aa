import type { Entity, Field } from '../model.ts';
import type { TypedOffer } from '../open-records.ts';

/** Puts what pickers offer into the fields of the lowered entities. */
export function lowerOffers(offers: readonly TypedOffer[], entities: ReadonlyMap<string, Entity>): void {
  for (const { entity, field, offers: offered, openIn } of offers) {
    const holder = entities.get(entity.name) as Entity;
    const lowered = holder.fieldByName.get(field.name) as { -readonly [Key in keyof Field]: Field[Key] };
    lowered.offers = offered;
    lowered.openIn = openIn;
  }
}
