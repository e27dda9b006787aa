import { refuse } from '../base/errors.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { faultCollector, readQueryTree } from './query-tree.ts';
import type { QueryNode, ReportFault } from './query-tree.ts';

/** The one value of a plain parameter; undefined when it was not sent. Repeating it or bracketing it is a fault. */
export function single(tree: QueryNode, name: string, report: ReportFault): string | undefined {
  const found = tree.children.get(name);
  if (found === undefined) return undefined;
  if (found.children.size > 0 || found.values.length !== 1) {
    report(pointerStep(name), 'unreadable');
    return undefined;
  }
  return found.values[0];
}

/** Reports every parameter that the address takes no notice of: none is ignored silently. */
export function refuseUnknown(tree: QueryNode, known: readonly string[], report: ReportFault): void {
  for (const name of tree.children.keys()) {
    if (!known.includes(name)) report(pointerStep(name), 'unknown-parameter', { known: known.join(', ') });
  }
}

/** `true` or `false`; false when it was not sent. */
export function flag(tree: QueryNode, name: string, report: ReportFault): boolean {
  const value = single(tree, name, report);
  if (value !== undefined && value !== 'true' && value !== 'false') {
    report(pointerStep(name), 'option', { options: 'true, false' });
  }
  return value === 'true';
}

/** The plain parameters of an address that takes only these. Throws `malformed-query` with every fault. */
export function readParameters<Name extends string>(
  queryText: string,
  known: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const values: Partial<Record<Name, string>> = {};
  if (queryText === '') return values;
  const { faults, report } = faultCollector();
  const tree = readQueryTree(queryText, report);
  refuseUnknown(tree, known, report);
  for (const name of known) {
    const value = single(tree, name, report);
    if (value !== undefined) values[name] = value;
  }
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return values;
}
