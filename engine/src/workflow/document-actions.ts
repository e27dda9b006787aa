import { refuse } from '../base/errors.ts';
import type { Entity, Model } from '../compiler/model.ts';
import type { DraftRow } from '../records/compute.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import type { RecordContext } from '../records/context.ts';
import { demandPermits, demandSight } from '../records/bounds.ts';
import { createFromValues } from '../records/create.ts';
import type { Written } from '../records/create.ts';
import { demandVersion } from '../records/guard.ts';
import { loadRecord } from '../records/load-record.ts';
import { Overtaken } from '../records/update.ts';
import { answerSeen } from '../records/write-rights.ts';
import { writeUnit } from '../records/write-unit.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { recostSoon } from '../ledger/recost.ts';
import { rollUpSoon } from '../ledger/rollup.ts';
import { amendedValues } from './amend.ts';
import { cancelWithin } from './cancel.ts';
import type { Principal } from './delegations.ts';
import { statusOf } from './status.ts';
import { submitWithin } from './submit.ts';
import { findTransition, isLeftToWorkflow, takeTransition } from './transition.ts';

/** A document that others change at the same time is read and acted on again, so many times. */
const ATTEMPTS_MAX = 5;

/** The right to create, for an action that makes a new document; access/ gives it together with the action. */
type MayCreate = Authorized<OperationOf<'create'>>;

/**
 * Takes an action on a document in one transaction. Answers the document as it then is; for `amend` the new draft.
 * Refuses `not-found` for an action that the entity does not have, `stale-version`, and what the action refuses.
 *
 * @param principals members whose rights the actor may use for a transition
 */
export async function takeAction(
  context: RecordContext,
  authorized: Authorized<OperationOf<'action'>>,
  mayCreate: MayCreate | null,
  principals: readonly Principal[] = [],
): Promise<Written> {
  const { entity, operation } = authorized;
  demandDocument(entity);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const written = await writeUnit(context, async (unit) => {
        await demandPermits(unit.from, authorized.reach, entity, authorized.actions, operation.id);
        const sight = await demandSight(unit.from, authorized.reach, entity, operation.id);
        const record = await loadRecord(unit.from, entity, operation.id);
        await demandVersion(unit.from, entity, record, { version: operation.version, sight });
        return answerSeen(unit.from, authorized, await act(unit, authorized, record, mayCreate, principals));
      });
      rollUpSoon(context.database, context.model);
      recostSoon(context);
      return written;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      if (attempt === ATTEMPTS_MAX) throw refuse('busy');
    }
  }
}

function act(
  unit: WriteUnit,
  { entity, operation, actor, reach }: Authorized<OperationOf<'action'>>,
  record: DraftRow,
  mayCreate: MayCreate | null,
  principals: readonly Principal[],
): Promise<Written> {
  const { model } = unit.from;
  switch (operation.action) {
    case 'submit':
      demandFree(model, entity, record, 'submit');
      return submitWithin(unit, entity, record, actor);
    case 'cancel':
      demandFree(model, entity, record, 'cancel');
      return cancelWithin(unit, entity, record, { actor, reach });
    case 'amend':
      if (mayCreate === null) throw refuse('forbidden');
      return createFromValues(unit, mayCreate, amendedValues(entity, record));
    default: {
      const transition = findTransition(model, entity, operation.action);
      if (transition === null) throw refuse('not-found');
      return takeTransition(unit, entity, transition, record, { actor, reach, principals });
    }
  }
}

/** Refuses `wrong-state` for what only the transitions of the workflow may do. */
function demandFree(model: Model, entity: Entity, record: DraftRow, action: 'submit' | 'cancel'): void {
  if (!isLeftToWorkflow(model.workflows.get(entity.name), action)) return;
  throw refuse('wrong-state', { parameters: { status: statusOf(record) } });
}

/** Refuses `not-found` for anything that has no actions. */
export function demandDocument(entity: Entity): void {
  if (entity.kind !== 'document') throw refuse('not-found');
}
