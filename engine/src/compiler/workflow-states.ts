import type { ColorName, StateSource, WorkflowDocument } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import type { FoldedDocument } from './fold.ts';
import { humanize } from './humanize.ts';
import type { WorkflowState } from './workflow-model.ts';

const DEFAULT_COLOR = 'gray';

interface StatusOption {
  readonly value: string;
  readonly label: Text;
  readonly color: ColorName;
}

/** What a document is called that has no workflow. */
const WITHOUT_WORKFLOW: readonly StatusOption[] = [
  { value: 'draft', label: { en: 'Draft', id: 'Draf' }, color: 'gray' },
  { value: 'submitted', label: { en: 'Submitted', id: 'Diajukan' }, color: 'blue' },
  { value: 'cancelled', label: { en: 'Cancelled', id: 'Dibatalkan' }, color: 'red' },
];

/** The states of a workflow document, in order; a new record starts in the first. */
export function statesOf(document: FoldedDocument): readonly WorkflowState[] {
  const { states } = document.body as unknown as WorkflowDocument;
  return states.map((state, index) => stateOf(state, index === 0));
}

function stateOf(source: StateSource, isFirst: boolean): WorkflowState {
  const { name, label, color, editable }: Exclude<StateSource, string> =
    typeof source === 'string' ? { name: source } : source;
  const known = WITHOUT_WORKFLOW.find(({ value }) => value === name);
  return {
    name,
    label: label === undefined ? (known?.label ?? toText(humanize(name))) : toText(label),
    color: color ?? known?.color ?? DEFAULT_COLOR,
    editable: editable ?? isFirst,
  };
}

/** The options of `status`: the states of the workflow, then what every document may be called. */
export function statusOptions(states: readonly WorkflowState[]): readonly StatusOption[] {
  const named = new Set(states.map(({ name }) => name));
  const others = WITHOUT_WORKFLOW.filter(({ value }) => !named.has(value));
  return [...states.map(({ name, label, color }) => ({ value: name, label, color })), ...others];
}
