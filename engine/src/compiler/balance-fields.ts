import type { TypedExpression } from '../expression/ast.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { LEDGER_FRAME } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedLedger } from './link-ledgers.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** A field that shows a balance of a ledger. */
export interface TypedBalanceField {
  readonly entity: LinkedEntity;
  readonly field: LinkedField;
  readonly ledger: LinkedLedger;
  readonly at: readonly { readonly dimension: LinkedField; readonly field: LinkedField | null }[];
  readonly value: TypedExpression;
}

export function inferBalanceFields(linked: LinkedModel, typist: Typist, report: Report): readonly TypedBalanceField[] {
  return [...linked.entities.values()].flatMap((entity) =>
    entity.fields.flatMap((field) => {
      const typed =
        field.source.balance === undefined ? null : inferBalanceField(entity, field, linked, typist, report);
      return typed === null ? [] : [typed];
    }),
  );
}

function inferBalanceField(
  entity: LinkedEntity,
  field: LinkedField,
  linked: LinkedModel,
  typist: Typist,
  report: Report,
): TypedBalanceField | null {
  const source = field.source.balance;
  if (source === undefined) return null;
  const pointer = `${field.pointer}/balance`;
  const ledger = linked.ledgers.get(source.ledger);
  if (ledger === undefined) {
    const hint = nearestHint(source.ledger, linked.ledgers.keys());
    faultAt(report, entity, `${pointer}/ledger`, 'unknown-ledger', `There is no ledger “${source.ledger}”`, hint);
    return null;
  }
  const at = Object.entries(source.at).flatMap(([name, from]): TypedBalanceField['at'][number][] => {
    const dimension = ledger.dimensions.find((each) => each.name === name);
    const place = `${pointer}/at${pointerStep(name)}`;
    if (dimension === undefined) {
      const known = ledger.dimensions.map((each) => each.name);
      const message = `“${ledger.name}” has no dimension “${name}”`;
      faultAt(report, entity, place, 'unknown-dimension', message, nearestHint(name, known));
      return [];
    }
    if (from === 'id') {
      if (dimension.shape.type === 'dynamic-link' || dimension.target === entity) return [{ dimension, field: null }];
      faultAt(report, entity, place, 'wrong-type', `“${name}” is not a record of “${entity.name}”`);
      return [];
    }
    const own = entity.byName.get(from);
    if (own === undefined) {
      const message = `“${entity.name}” has no field “${from}”`;
      faultAt(report, entity, place, 'unknown-field', message, nearestHint(from, entity.byName.keys()));
      return [];
    }
    if (own.target === dimension.target && own.shape.type === dimension.shape.type) return [{ dimension, field: own }];
    faultAt(report, entity, place, 'wrong-type', `“${from}” does not hold what dimension “${name}” holds`);
    return [];
  });
  const scope = typist.scope([{ frame: 'self', entity: LEDGER_FRAME + ledger.name }]);
  const value = typist.expression(source.value, scope, entity, `${pointer}/value`, { kind: 'number', scale: null });
  return value === null ? null : { entity, field, ledger, at, value };
}
