import type { Ledger, Posting } from '../ledger-model.ts';
import type { Entity, Field } from '../model.ts';
import type { TypedPosting } from '../postings.ts';

export function lowerPostings(
  postings: readonly TypedPosting[],
  entities: ReadonlyMap<string, Entity>,
  ledgers: ReadonlyMap<string, Ledger>,
): ReadonlyMap<string, Posting> {
  return new Map(
    postings.map((posting) => {
      const entity = entities.get(posting.entity.name) as Entity;
      const rules = posting.rules.map((rule) => {
        const ledger = ledgers.get(rule.ledger.name) as Ledger;
        return {
          ...rule,
          ledger,
          each: rule.each === null ? null : (entity.fieldByName.get(rule.each.name) as Field),
          pick: ledger.picks.find((pick) => ledger.dimensions[pick.dimension]?.name === rule.pick) ?? null,
        };
      });
      return [entity.name, { ...posting, entity, rules }];
    }),
  );
}
