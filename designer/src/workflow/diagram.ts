import type { Body } from '../../../engine/src/compiler/parse.ts';
import { isObject } from '../../../engine/src/compiler/parse.ts';
import { toText } from '../../../engine/src/metamodel/text.ts';
import type { Text } from '../../../engine/src/metamodel/text.ts';

export interface State {
  readonly name: string;
  readonly label: Text;
  readonly color: string;
}

export interface Transition extends Body {
  readonly name: string;
  readonly from: string | readonly string[];
  readonly to: string;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

const COLUMN = 300;
const ROW = 150;

export function statesOf(body: Body): readonly State[] {
  return listOf(body['states']).map((each) => {
    const source = isObject(each) ? each : { name: String(each) };
    const name = String(source['name']);
    const label = source['label'];
    return {
      name,
      label: label === undefined ? { en: wordsOf(name) } : toText(label as string | Text),
      color: typeof source['color'] === 'string' ? source['color'] : 'gray',
    };
  });
}

export function transitionsOf(body: Body): readonly Transition[] {
  return listOf(body['transitions']).filter((each): each is Transition => isObject(each));
}

export function sourcesOf({ from }: Transition): readonly string[] {
  return typeof from === 'string' ? [from] : from;
}

/** Where states stand: those that are as many steps from the first share a column. */
export function placesOf(states: readonly State[], transitions: readonly Transition[]): ReadonlyMap<string, Place> {
  const steps = new Map<string, number>();
  const [first] = states;
  if (first !== undefined) steps.set(first.name, 0);
  for (let round = 0; round < states.length; round += 1) {
    for (const transition of transitions) {
      for (const from of sourcesOf(transition)) {
        if (steps.get(from) === round && !steps.has(transition.to)) steps.set(transition.to, round + 1);
      }
    }
  }
  const last = Math.max(0, ...steps.values());
  const used = new Map<number, number>();
  return new Map(
    states.map(({ name }) => {
      const column = steps.get(name) ?? last + 1;
      const row = used.get(column) ?? 0;
      used.set(column, row + 1);
      return [name, { x: column * COLUMN, y: row * ROW + (column % 2) * (ROW / 2) }];
    }),
  );
}

/** A name no other has: `state`, `state-2`. */
export function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wordsOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}
