import { Decimal } from '../../base/decimal.ts';
import type { EvaluationContext, Row } from '../evaluation.ts';
import type { BindingForm, SqlParameter } from './text.ts';
import type { Value } from '../../metamodel/value-type.ts';

/** What a statement of an expression is given when it runs. */
export type SqlValues = Pick<EvaluationContext, 'globals' | 'today' | 'now' | 'locals'>;

export type SqlBinding = string | bigint | number | null;

const IDENTIFIER_FORM = /^[1-9]\d{0,18}$/;

/** No record has it: what a text that is no id is bound as. */
const NO_IDENTIFIER = 0n;

/** An instant as columns keep it, `YYYY-MM-DD HH:MM:SS.mmm`. */
export function storedInstant(instant: string): string {
  return instant.slice(0, 23).replace('T', ' ');
}

/** The id as columns keep it; an id that no record has when the text is none. */
export function identifierOf(text: string): bigint {
  return IDENTIFIER_FORM.test(text) ? BigInt(text) : NO_IDENTIFIER;
}

export function bindingOf(parameter: SqlParameter, values: SqlValues): SqlBinding {
  switch (parameter.kind) {
    case 'constant':
      return parameter.value;
    case 'clock':
      return parameter.clock === 'today' ? values.today : storedInstant(values.now);
    case 'local':
      return inForm(localValue(values.locals?.[parameter.local], parameter.field), parameter.form);
    case 'global':
      return inForm((values.globals[parameter.global][parameter.field] as Value | undefined) ?? null, parameter.form);
  }
}

function localValue(given: Value | Row | undefined, field: string | null): Value {
  if (given === undefined || given === null) return null;
  return field === null ? (given as Value) : (((given as Row)[field] as Value | undefined) ?? null);
}

function inForm(value: Value, form: BindingForm): SqlBinding {
  if (value === null) return null;
  if (typeof form === 'object') return value instanceof Decimal ? value.rescale(form.scale).units : null;
  switch (form) {
    case 'boolean':
      return value === true ? 1 : 0;
    case 'identifier':
      return identifierOf(String(value));
    case 'instant':
      return storedInstant(String(value));
    case 'text':
      return String(value);
  }
}
