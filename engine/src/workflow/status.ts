import type { Workflow } from '../compiler/workflow-model.ts';
import { STATUS_FIELD } from '../metamodel/naming.ts';
import type { DraftRow } from '../records/compute.ts';
import { stageOf } from './submit.ts';

/** What a document is called now: the state of its workflow, or its stage. */
export function statusOf(record: DraftRow): string {
  const status = record[STATUS_FIELD];
  return typeof status === 'string' ? status : stageOf(record);
}

/**
 * The state of its workflow that a document is in. A draft from before there was a workflow, or from before a state
 * was taken away, is where new ones begin.
 */
export function stateOf(workflow: Workflow, record: DraftRow): string {
  const status = statusOf(record);
  const isKnown = workflow.states.some(({ name }) => name === status);
  return isKnown || stageOf(record) !== 'draft' ? status : (workflow.states[0]?.name ?? status);
}
