import type { RecordAction } from './document-api.ts';

/** How the actions of a record stand in its header. */
export interface ActionOrder {
  /** The one button that stands out: what most people want to do next. */
  readonly primary: RecordAction | null;
  /** The other steps onwards: the next documents that can be made. */
  readonly flows: readonly RecordAction[];
  /** What stands in the menu. */
  readonly others: readonly RecordAction[];
}

/** Saving, deleting and printing have places of their own on the screen. */
const ELSEWHERE: ReadonlySet<RecordAction['kind']> = new Set(['update', 'delete', 'print']);

/**
 * Chooses the action that stands out: submitting first; then the step of the workflow that its metadata marks; then
 * the next document that is usual; then amending. Cancelling never stands out, and what is not allowed only if nothing else is left.
 */
export function orderActions(actions: readonly RecordAction[]): ActionOrder {
  const shown = actions.filter(({ kind }) => !ELSEWHERE.has(kind));
  const allowed = shown.filter((action) => action.allowed);
  const first = (test: (action: RecordAction) => boolean): RecordAction | undefined => allowed.find(test);
  const primary =
    first(({ kind }) => kind === 'submit') ??
    first(({ kind, tone }) => kind === 'transition' && tone === 'primary') ??
    first(({ kind, tone }) => kind === 'transition' && tone !== 'danger') ??
    first(({ kind, tone }) => kind === 'flow' && tone === 'primary') ??
    first(({ kind }) => kind === 'amend') ??
    shown.find(({ kind }) => kind === 'submit') ??
    null;
  return {
    primary,
    flows: shown.filter((action) => action.kind === 'flow' && action !== primary),
    others: shown.filter((action) => action.kind !== 'flow' && action !== primary),
  };
}

/** Whether taking it posts to ledgers or takes that back, so that people should see what happens before it does. */
export function needsConfirmation(action: RecordAction): boolean {
  return action.kind === 'submit' || action.kind === 'cancel' || action.tone === 'danger';
}
