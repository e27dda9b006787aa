import type { Fault } from '../base/errors.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';

/** Bounds of an address: more than any screen needs, and cheap to refuse. */
const QUERY_LENGTH_MAX = 8_000;
const PARAMETERS_MAX = 100;
const DEPTH_MAX = 8;
const VALUE_LENGTH_MAX = 2_000;

/** `filter[total][gte]=5` as a tree: each bracket is one step down, the values stand at its end. */
export interface QueryNode {
  readonly values: string[];
  readonly children: Map<string, QueryNode>;
}

/** Takes one fault; a reader of a query collects all of them before it refuses. */
export type ReportFault = (pointer: string, code: string, parameters?: Readonly<Record<string, string>>) => void;

function node(): QueryNode {
  return { values: [], children: new Map() };
}

const STEPS = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/** `filter[or][0][city]` → its steps; null when the brackets do not match. */
function stepsOf(name: string): readonly string[] | null {
  const [, first, rest = ''] = STEPS.exec(name) ?? [];
  if (first === undefined) return null;
  return rest === '' ? [first] : [first, ...rest.slice(1, -1).split('][')];
}

/** Undoes percent-encoding; null when it is broken. `+` stands for a space, as forms send it. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Reads the text after `?`. What cannot be read is reported under the pointer of its place. */
export function readQueryTree(text: string, report: ReportFault): QueryNode {
  const root = node();
  if (text === '') return root;
  if (text.length > QUERY_LENGTH_MAX) {
    report('', 'too-long', { maximum: String(QUERY_LENGTH_MAX) });
    return root;
  }
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > PARAMETERS_MAX) {
    report('', 'too-many', { maximum: String(PARAMETERS_MAX) });
    return root;
  }
  for (const pair of pairs) addPair(root, pair, report);
  return root;
}

function addPair(root: QueryNode, pair: string, report: ReportFault): void {
  const equals = pair.indexOf('=');
  const name = decode(equals < 0 ? pair : pair.slice(0, equals));
  const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
  const steps = name === null ? null : stepsOf(name);
  const pointer = steps === null ? pointerStep(name ?? '') : steps.map(pointerStep).join('');
  if (steps === null || value === null || value.includes('\0')) return report(pointer, 'unreadable');
  if (steps.length > DEPTH_MAX) return report(pointer, 'too-deep', { maximum: String(DEPTH_MAX) });
  if (value.length > VALUE_LENGTH_MAX) return report(pointer, 'too-long', { maximum: String(VALUE_LENGTH_MAX) });

  let place = root;
  for (const step of steps) {
    let next = place.children.get(step);
    if (next === undefined) {
      next = node();
      place.children.set(step, next);
    }
    place = next;
  }
  place.values.push(value);
}

/** Collects faults in the form that refusals carry. */
export function faultCollector(): { readonly faults: Fault[]; readonly report: ReportFault } {
  const faults: Fault[] = [];
  return {
    faults,
    report: (pointer, code, parameters) => {
      faults.push(parameters === undefined ? { pointer, code } : { pointer, code, parameters });
    },
  };
}
