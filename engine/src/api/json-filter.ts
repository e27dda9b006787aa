import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { OPERATORS } from '../metamodel/field-type.ts';
import type { Json, Operator } from '../metamodel/field-type.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Condition } from '../metamodel/operation.ts';

/** Comparisons of one filter; more belong into a report. */
const COMPARISONS_MAX = 100;

/** A filter as it is written in GraphQL or in JSON: fields, `and`, `or`, `not`, and records behind links. */
export interface FilterInput {
  readonly [name: string]: unknown;
}

/**
 * A filter as a condition: everything at one level must hold. Names of links hold filters of the records behind them, or
 * comparisons of the link itself. Throws `malformed-query`.
 */
export function conditionOf(filter: FilterInput | null | undefined, entity: Entity): Condition | null {
  if (filter === null || filter === undefined) return null;
  const reader = new FilterReader();
  const condition = reader.read(filter, entity, [], '/filter');
  if (reader.count > COMPARISONS_MAX) {
    const parameters = { maximum: String(COMPARISONS_MAX) };
    throw refuse('malformed-query', { faults: [{ pointer: '/filter', code: 'too-many', parameters }] });
  }
  return condition;
}

class FilterReader {
  count = 0;

  read(filter: FilterInput, entity: Entity | null, prefix: readonly string[], at: string): Condition | null {
    const of: Condition[] = [];
    for (const [name, value] of Object.entries(filter)) {
      const pointer = at + pointerStep(name);
      if (value === undefined) continue;
      if (name === 'and' || name === 'or') of.push(this.#group(name, value, entity, prefix, pointer));
      else if (name === 'not') {
        const inner = this.read(objectIn(value, pointer), entity, prefix, pointer);
        if (inner !== null) of.push({ kind: 'not', of: inner });
      } else of.push(...this.#field(name, value, entity, prefix, pointer));
    }
    return of.length === 0 ? null : of.length === 1 ? (of[0] as Condition) : { kind: 'and', of };
  }

  #group(kind: 'and' | 'or', value: unknown, entity: Entity | null, prefix: readonly string[], at: string): Condition {
    if (!Array.isArray(value)) throw fault(at, 'type', { expected: 'list' });
    const of = (value as readonly unknown[]).flatMap((each, index) => {
      const pointer = `${at}/${index}`;
      return this.read(objectIn(each, pointer), entity, prefix, pointer) ?? [];
    });
    return { kind, of };
  }

  #field(name: string, value: unknown, entity: Entity | null, prefix: readonly string[], at: string): Condition[] {
    const path = [...prefix, name];
    const comparisons = objectIn(value, at);
    return Object.entries(comparisons).flatMap(([key, operand]): Condition[] => {
      const pointer = at + pointerStep(key);
      if ((OPERATORS as readonly string[]).includes(key)) {
        this.count += 1;
        return [{ kind: 'compare', path, operator: key as Operator, value: operand as Json, at: pointer }];
      }
      const target = entity?.fieldByName.get(name)?.target ?? null;
      if (key === 'some') {
        const of = this.read(objectIn(operand, pointer), target, [], pointer) ?? { kind: 'and', of: [] };
        return [{ kind: 'some', path, of, at }];
      }
      const inner = this.read({ [key]: operand }, target, path, at);
      return inner === null ? [] : [inner];
    });
  }
}

function objectIn(value: unknown, at: string): FilterInput {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as FilterInput;
  throw fault(at, 'type', { expected: 'object' });
}

function fault(pointer: string, code: 'type', parameters: Readonly<Record<string, string>>): Error {
  return refuse('malformed-query', { faults: [{ pointer, code, parameters }] });
}
