import { refuse, Refusal } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import type { RecordContext } from './context.ts';
import { createWithin } from './create.ts';
import type { Written } from './create.ts';
import { removeWithin } from './remove.ts';
import type { Removed } from './remove.ts';
import { updateWithin } from './update.ts';
import { writeUnit } from './write-unit.ts';
import type { WriteUnit } from './write-unit.ts';

/** Operations that one bulk carries at most. */
export const BULK_OPERATIONS_MAX = 1000;

export type BulkOperation = Authorized<OperationOf<'create'> | OperationOf<'update'> | OperationOf<'delete'>>;

/**
 * Carries out operations one after the other in one transaction: all of them or none. Later ones see what earlier
 * ones wrote. Invalid inputs are refused together, with pointers such as `/operations/7/input/name`; an operation
 * that fails otherwise stops the bulk with its own refusal, whose fault points to it.
 */
export async function runBulk(
  context: RecordContext,
  operations: readonly BulkOperation[],
): Promise<readonly (Written | Removed)[]> {
  if (operations.length > BULK_OPERATIONS_MAX) {
    throw refuse('too-large', { parameters: { limit: `${BULK_OPERATIONS_MAX} operations` } });
  }
  return writeUnit(context, async (unit) => {
    const answers: (Written | Removed)[] = [];
    const faults: Fault[] = [];
    for (const [index, operation] of operations.entries()) {
      const at = `/operations/${index}`;
      try {
        answers.push(await runWithin(unit, operation, `${at}/input`));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.code !== 'invalid') throw pointedAt(error, at);
        faults.push(...error.faults);
      }
    }
    if (faults.length > 0) throw refuse('invalid', { faults });
    return answers;
  });
}

function runWithin(unit: WriteUnit, authorized: BulkOperation, at: string): Promise<Written | Removed> {
  switch (authorized.operation.kind) {
    case 'create':
      return createWithin(unit, authorized as Authorized<OperationOf<'create'>>, at);
    case 'update':
      return updateWithin(unit, authorized as Authorized<OperationOf<'update'>>, at);
    case 'delete':
      return removeWithin(unit, authorized as Authorized<OperationOf<'delete'>>);
  }
}

/** The same refusal, saying which operation it is about. */
function pointedAt(refusal: Refusal, at: string): Refusal {
  const { code, parameters, data, headers } = refusal;
  const faults = refusal.faults.length > 0 ? refusal.faults : [{ pointer: at, code }];
  return refuse(code, { faults, parameters, data, headers, cause: refusal });
}
