import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Json, Operator } from '../metamodel/field-type.ts';
import { OPERATORS } from '../metamodel/field-type.ts';
import type { Condition } from '../metamodel/operation.ts';
import type { QueryNode, ReportFault } from './query-tree.ts';

const ALTERNATIVES_MAX = 20;
const LIST_LENGTH_MAX = 200;

const LIST_OPERATORS: ReadonlySet<Operator> = new Set(['in', 'nin', 'between']);

/**
 * The `filter` parameters as a condition: everything at one level must hold; `filter[or][0]…`, `filter[or][1]…` are
 * alternatives, each of which may hold several conditions. Null when nothing is asked for. Whether fields exist and
 * take the operator and the value, records/ finds out.
 */
export function readFilter(node: QueryNode, pointer: string, report: ReportFault): Condition | null {
  if (node.values.length > 0) report(pointer, 'unreadable');
  const conditions: Condition[] = [];
  for (const [key, child] of node.children) {
    const at = pointer + pointerStep(key);
    if (key === 'or' || key === 'and') {
      const group = readGroup(key, child, at, report);
      if (group !== null) conditions.push(group);
    } else conditions.push(...readComparisons(key, child, at, report));
  }
  if (conditions.length < 2) return conditions[0] ?? null;
  return { kind: 'and', of: conditions };
}

function readGroup(kind: 'or' | 'and', node: QueryNode, at: string, report: ReportFault): Condition | null {
  const numbered = [...node.children.keys()].every((index) => /^\d{1,3}$/.test(index));
  if (!numbered || node.values.length > 0 || node.children.size === 0 || node.children.size > ALTERNATIVES_MAX) {
    report(at, 'alternatives', { maximum: String(ALTERNATIVES_MAX) });
    return null;
  }
  const of: Condition[] = [];
  for (const [index, child] of node.children) {
    const condition = readFilter(child, at + pointerStep(index), report);
    if (condition !== null) of.push(condition);
  }
  return of.length === 0 ? null : { kind, of };
}

/** `filter[total][gte]=5&filter[total][lt]=9`: every operator under one path. */
function readComparisons(key: string, node: QueryNode, at: string, report: ReportFault): readonly Condition[] {
  const path = key.split('.');
  const conditions: Condition[] = [];
  const add = (name: string, values: readonly string[], pointer: string): void => {
    const operator = OPERATORS.find((known) => known === name);
    if (operator === undefined) {
      report(pointer, 'unknown-operator', { operator: name, expected: OPERATORS.join(', ') });
      return;
    }
    const value = readOperand(operator, values, pointer, report);
    if (value !== null) conditions.push({ kind: 'compare', path, operator, value, at: pointer });
  };

  if (node.values.length > 0) add('eq', node.values, at);
  for (const [name, child] of node.children) {
    const pointer = at + pointerStep(name);
    if (child.children.size > 0) report(pointer, 'unreadable');
    else add(name, child.values, pointer);
  }
  return conditions;
}

/** The right side of a comparison: a text, or several where the operator takes a list. Null when it was reported. */
function readOperand(operator: Operator, values: readonly string[], pointer: string, report: ReportFault): Json | null {
  if (LIST_OPERATORS.has(operator)) {
    const items = values.flatMap((value) => value.split(','));
    if (operator === 'between' && items.length !== 2) report(pointer, 'two-values');
    else if (items.length > LIST_LENGTH_MAX) report(pointer, 'too-many', { maximum: String(LIST_LENGTH_MAX) });
    else return items;
    return null;
  }
  const [value] = values;
  if (values.length === 1 && value !== undefined && (operator !== 'null' || value === 'true' || value === 'false')) {
    return value;
  }
  if (operator === 'null') report(pointer, 'option', { options: 'true, false' });
  else report(pointer, 'unreadable');
  return null;
}
