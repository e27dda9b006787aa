import type { PathStep, TypedExpression } from '../expression/ast.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import { fieldsMeant } from './computation.ts';
import type { ComputationStep } from './computation.ts';

/** A step with the places it reads and the place it fills, before the steps are put in order. */
interface Node {
  readonly step: ComputationStep;
  /** `total`, or `lines.amount` for a field of rows. */
  readonly gives: string;
  readonly reads: readonly string[];
}

/**
 * Puts the steps of a computation in an order in which each finds what it reads (depth-first topological sort).
 *
 * @param linesOf the lines field whose rows an entity's expressions speak of, by the entity's name
 * @returns the ordered steps, or the places that need each other in a circle
 */
export function orderSteps(
  steps: readonly ComputationStep[],
): { readonly steps: readonly ComputationStep[] } | { readonly cycle: readonly string[] } {
  const nodes = steps.map(nodeOf);
  const givers = new Map<string, Node[]>();
  for (const node of nodes) {
    const list = givers.get(node.gives);
    if (list === undefined) givers.set(node.gives, [node]);
    else list.push(node);
  }

  const ordered: ComputationStep[] = [];
  const done = new Set<Node>();
  const open: Node[] = [];
  let cycle: readonly string[] | null = null;

  const visit = (node: Node): void => {
    if (cycle !== null || done.has(node)) return;
    const at = open.indexOf(node);
    if (at >= 0) {
      cycle = [...open.slice(at), node].map((each) => each.gives);
      return;
    }
    open.push(node);
    for (const place of node.reads) for (const giver of givers.get(place) ?? []) visit(giver);
    open.pop();
    done.add(node);
    ordered.push(node.step);
  };
  for (const node of nodes) visit(node);
  return cycle === null ? { steps: ordered } : { cycle };
}

function nodeOf(step: ComputationStep): Node {
  if (step.kind === 'derive') {
    const { field: lines, from, through } = step;
    const grouped = (fields: readonly string[]): readonly string[] =>
      through === null ? fields.map((field) => `${from}.${field}`) : [];
    const reads = [through?.link ?? from, ...grouped(step.by.map(({ field }) => field))];
    const own = new Set([step.key, ...step.set.map((each) => each.field)]);
    for (const { expression, sum } of step.set) {
      if (sum !== null) reads.push(...placesOf(sum, null));
      for (const { frame, path } of dependenciesOf(expression)) {
        const [first] = path;
        if (first === undefined) continue;
        if (frame === 'group') reads.push(...grouped(fieldsMeant(step.by, first.field)));
        // What the derived row reads of itself is set by the step, in the order it is written.
        else if (frame === 'parent') reads.push(...placesAt(path));
        else if (!own.has(first.field)) reads.push(`${lines}.${first.field}`);
      }
    }
    return { step, gives: step.field, reads };
  }
  return {
    step,
    gives: step.lines === null ? step.field : `${step.lines}.${step.field}`,
    reads: placesOf(step.expression, step.lines),
  };
}

/** The places of a record, or of its rows, that an expression reads. */
function placesOf(expression: TypedExpression, lines: string | null): string[] {
  return dependenciesOf(expression).flatMap(({ frame, path }) =>
    frame === 'self' && lines !== null ? path.slice(0, 1).map(({ field }) => `${lines}.${field}`) : placesAt(path),
  );
}

/** The places of the record that a path from it reads: a field, or rows and a field of theirs. */
function placesAt(path: readonly PathStep[]): string[] {
  const [first, second] = path;
  if (first === undefined) return [];
  return first.kind === 'rows' && second !== undefined
    ? [first.field, `${first.field}.${second.field}`]
    : [first.field];
}
