import type { TypedExpression } from '../expression/ast.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import type { Assignment } from './ledger-model.ts';
import type { LinkedField } from './linked-entity.ts';

/**
 * How the value of an expression becomes the value of a field or dimension: a link takes a record, the `id` of one or
 * its natural key; a link to any record takes a record of any entity. Otherwise says what is wrong.
 */
export function assign(
  expression: TypedExpression,
  field: LinkedField,
  type: ValueType,
): Assignment | { readonly message: string } {
  const plain: Assignment = { expression, byKey: null, reference: null };
  const given = expression.type;
  if (given.kind === 'null') return plain;
  const entity = given.kind === 'record' ? given.entity : entityOfId(expression);
  if (field.shape.type === 'dynamic-link') {
    if (entity !== null) return { ...plain, reference: entity };
    return given.kind === 'text' ? plain : { message: 'This must be a record' };
  }
  if (type.kind === 'record') {
    if (entity === type.entity) return plain;
    if (entity !== null) return { message: `This is a record of “${entity}”, and must be one of “${type.entity}”` };
    if (given.kind === 'text' || given.kind === 'enum') return { ...plain, byKey: type.entity };
    return { message: `This must be a record of “${type.entity}”` };
  }
  const fits = type.kind === given.kind || (type.kind === 'text' && (given.kind === 'enum' || entity !== null));
  return fits ? plain : { message: `This is of type ${given.kind}, and must be ${type.kind}` };
}

/** The entity whose `id` an expression reads; null for any other expression. */
function entityOfId(expression: TypedExpression): string | null {
  if (expression.node !== 'path') return null;
  const last = expression.path.at(-1);
  return last !== undefined && last.field === 'id' ? last.entity : null;
}
