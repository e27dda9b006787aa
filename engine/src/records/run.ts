import { Refusal, refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { aggregateRecords } from './aggregate.ts';
import type { AggregateAnswer } from './aggregate.ts';
import type { RecordContext } from './context.ts';
import { createRecord } from './create.ts';
import type { Written } from './create.ts';
import { getRecord } from './get.ts';
import { readHistory } from './history.ts';
import type { HistoryEntry } from './history.ts';
import { listRecords } from './list.ts';
import type { ListAnswer } from './list.ts';
import { previewRecord } from './preview.ts';
import { EVERYTHING } from './reach.ts';
import { removeRecord } from './remove.ts';
import type { Removed } from './remove.ts';
import type { RecordOperation } from '../metamodel/operation.ts';
import { updateRecord } from './update.ts';
import { readingFrom } from './write-unit.ts';

/** What each kind of operation answers. Everything in it is ready to be sent as JSON. */
export interface Answers {
  readonly list: ListAnswer;
  readonly aggregate: AggregateAnswer;
  readonly get: Written;
  readonly create: Written;
  readonly update: Written;
  readonly delete: Removed;
  readonly preview: Awaited<ReturnType<typeof previewRecord>>;
  readonly history: { readonly entries: readonly HistoryEntry[] };
}

type Runners = {
  readonly [K in RecordOperation['kind']]: (
    context: RecordContext,
    authorized: Authorized<OperationOf<K>>,
  ) => Promise<Answers[K]>;
};

const RUNNERS: Runners = {
  aggregate: (context, authorized) => aggregateRecords(readingFrom(context, context.database), authorized),
  list: (context, authorized) => listRecords(readingFrom(context, context.database), authorized),
  get: (context, authorized) => getRecord(readingFrom(context, context.database), authorized),
  create: createRecord,
  update: updateRecord,
  delete: removeRecord,
  preview: (context, authorized) => previewRecord(readingFrom(context, context.database), authorized),
  history: (context, authorized) => readHistory(readingFrom(context, context.database), authorized),
};

/** Carries out an operation that access/ has allowed. Throws Refusal, and StorageError when the database is away. */
export function runOperation<K extends RecordOperation['kind']>(
  context: RecordContext,
  authorized: Authorized<OperationOf<K>>,
): Promise<Answers[K]> {
  const kind = (authorized.operation as RecordOperation).kind as K;
  const run = RUNNERS[kind];
  return authorized.reach === EVERYTHING
    ? run(context, authorized)
    : run(context, authorized).catch((error: unknown) => Promise.reject(withoutHints(error)));
}

/** The nearest valid name helps whoever mistyped one; to somebody from whom fields are hidden it would name these. */
function withoutHints(error: unknown): unknown {
  if (!(error instanceof Refusal) || !error.faults.some(({ code }) => code === 'unknown-field')) return error;
  const faults = error.faults.map(({ parameters, ...fault }): Fault => {
    if (fault.code !== 'unknown-field' || parameters === undefined)
      return { ...fault, ...(parameters && { parameters }) };
    const { nearest: _, ...rest } = parameters;
    return { ...fault, parameters: rest };
  });
  const { code, parameters, data, headers } = error;
  return refuse(code, { faults, parameters, data, headers, cause: error });
}
