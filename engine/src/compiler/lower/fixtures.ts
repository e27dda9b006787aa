import type { TypedModel } from '../infer.ts';
import { moduleOfDocument } from '../fold.ts';
import type { Entity, Fixture } from '../model.ts';

/** Fixtures in the order of their modules, so that what a record links to is there before it. */
export function lowerFixtures(typed: TypedModel, entities: ReadonlyMap<string, Entity>): readonly Fixture[] {
  const { linked } = typed;
  const rank = new Map(linked.modules.map((module, index) => [module.slug, index]));
  return linked.fixtures
    .map((fixture): Fixture => {
      const { document, source, entity } = fixture;
      return {
        module: moduleOfDocument(document),
        name: document.name,
        entity: entities.get(entity.name) as Entity,
        order: source.order ?? 100,
        when: typed.fixtureConditions.get(fixture) ?? null,
        records: source.records,
      };
    })
    .sort((a, b) => (rank.get(a.module) ?? 0) - (rank.get(b.module) ?? 0) || a.order - b.order);
}
