import type { TypedModel } from '../../../engine/src/compiler/infer.ts';
import { inferExpression } from '../../../engine/src/expression/infer.ts';
import { parseExpression } from '../../../engine/src/expression/parse.ts';
import type { Row } from '../../../engine/src/expression/evaluation.ts';
import type { Json } from '../../../engine/src/metamodel/field-type.ts';
import type { Value } from '../../../engine/src/metamodel/value-type.ts';
import { evaluatorOf } from '../../../engine/src/records/compute.ts';
import type { Evaluation } from './protocol.ts';

/**
 * Works an expression out on a sample record.
 *
 * @param record JSON of a record as the API answers it
 */
export function tryExpression(typed: TypedModel, entity: string, source: string, record: string): Evaluation {
  const owner = typed.linked.entities.get(entity)?.owner?.entity.name;
  const scope = typed.typist.scope([
    { frame: 'self', entity },
    ...(owner === undefined ? [] : [{ frame: 'parent' as const, entity: owner }]),
  ]);
  const parsed = parseExpression(source);
  if ('fault' in parsed) return { fault: parsed.fault.message, hint: parsed.fault.hint ?? null };
  const inferred = inferExpression(parsed.ast, scope);
  if ('faults' in inferred) {
    const [first] = inferred.faults;
    return { fault: first?.message ?? '', hint: first?.hint ?? null };
  }
  try {
    const sample = new Sample(typed);
    const self = sample.row(entity, JSON.parse(record) as Json);
    const now = new Date();
    const value = evaluatorOf(inferred.expression)({
      self,
      linked: (target, id) => sample.linked.get(`${target} ${id}`) ?? null,
      globals: { user: {}, company: {}, settings: {} },
      today: now.toISOString().slice(0, 10),
      now: now.toISOString(),
    });
    return { value: written(value), type: inferred.expression.type.kind };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error), hint: null };
  }
}

/** A record of the API, with what it embeds, as expressions read it. */
class Sample {
  readonly #typed: TypedModel;
  /** Linked records that came with it, by entity and id. */
  readonly linked = new Map<string, Row>();

  constructor(typed: TypedModel) {
    this.#typed = typed;
  }

  row(entity: string, json: Json): Row {
    const record = isObject(json) ? json : {};
    const row: Record<string, Value | readonly Row[]> = {};
    for (const [name, field] of this.#typed.linked.entities.get(entity)?.byName ?? []) {
      const value = record[name];
      const target = field.target?.name;
      if (value === undefined || value === null) row[name] = null;
      else if (target !== undefined && Array.isArray(value) && field.source.type === 'lines')
        row[name] = (value as readonly Json[]).map((each) => this.row(target, each));
      else if (target !== undefined && isObject(value)) {
        const id = typeof value['id'] === 'string' ? value['id'] : '';
        this.linked.set(`${target} ${id}`, this.row(target, value));
        row[name] = id;
      } else {
        const read = field.type.read(value, field.shape);
        row[name] = 'value' in read ? read.value : null;
      }
    }
    return row;
  }
}

function isObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function written(value: Value): string {
  return value === null ? '' : Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
