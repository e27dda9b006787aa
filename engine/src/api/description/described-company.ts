import { openReports } from '../../access/ledgers.ts';
import { reachOf } from '../../access/reach.ts';
import { rightsOf } from '../../access/rights.ts';
import type { FieldView } from '../../compiler/lower/screen-view.ts';
import type { Entity, Model } from '../../compiler/model.ts';
import type { Actor } from '../../metamodel/operation.ts';
import type { Locale } from '../../metamodel/text.ts';
import { flowsFrom } from '../../workflow/flow.ts';
import { fieldView } from '../field-view.ts';
import type { RecordDoors } from './record-paths.ts';

/** A company as somebody may know it. */
export interface DescribedCompany {
  readonly model: Model;
  readonly view: FieldView;
  /** Null for entities that are hidden. */
  readonly doorsOf: (entity: Entity) => RecordDoors | null;
  /** Names of the reports that may be run. */
  readonly reports: readonly string[];
  readonly locale: Locale;
}

/** What a description tells an actor of a company: no entity, field, action or report that is hidden from them. */
export function describedTo(actor: Actor, abilities: readonly string[], model: Model): DescribedCompany {
  const reach = reachOf(actor, abilities, model);
  const rights = rightsOf(actor.roles, model);
  const doorsOf = (entity: Entity): RecordDoors | null => {
    if (!reach.mayRead(entity)) return null;
    const transitions = model.workflows.get(entity.name)?.transitions.map(({ name }) => name) ?? [];
    const ofDocuments = entity.kind === 'document' ? ['submit', 'cancel', 'amend'] : [];
    const actions = ['read', 'create', 'update', 'delete', ...ofDocuments].filter((each) =>
      rights.allows(entity, each),
    );
    const flows = flowsFrom(model, entity).filter(({ to }) => rights.allows(to, 'create'));
    return { actions: [...actions, ...transitions], flows: flows.map(({ name }) => name) };
  };
  const reports = [...model.reports.values()].filter(openReports(actor, abilities, model));
  return { model, view: fieldView(reach), doorsOf, reports: reports.map(({ name }) => name), locale: actor.locale };
}
