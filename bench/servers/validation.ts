import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Problem } from './http.ts';

const id = { type: 'string', pattern: '^[1-9]\\d{0,17}$' };
const nullable = (schema: { readonly type: string; readonly [keyword: string]: unknown }): unknown => ({
  ...schema,
  type: [schema.type, 'null'],
});
const amount = { type: 'string', pattern: '^\\d{1,16}(\\.\\d{1,2})?$' };
const figure = { type: 'string', pattern: '^-?\\d{1,14}(\\.\\d{1,4})?$' };
const date = { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' };
const text = (maxLength: number): { readonly type: string; readonly maxLength: number } => ({
  type: 'string',
  maxLength,
});

const customerProperties = {
  code: text(140),
  name: { ...text(140), minLength: 1, pattern: '\\S' },
  group: nullable(id),
  tax_id: nullable(text(30)),
  email: nullable({ ...text(254), pattern: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$' }),
  phone: nullable({ ...text(40), pattern: '^\\+?[0-9 ().-]{3,}$' }),
  address: nullable(text(500)),
  city: nullable(text(80)),
  credit_limit: nullable(amount),
  payment_term: nullable(id),
  price_list: nullable(id),
  receivable_account: nullable(id),
  salesperson: nullable(id),
  is_active: { type: ['boolean', 'null'] },
};

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });

const newCustomer = ajv.compile({
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: customerProperties,
});
const changedCustomer = ajv.compile({
  type: 'object',
  additionalProperties: false,
  properties: { version: { type: 'string' }, ...customerProperties },
});
const newOrder = ajv.compile({
  type: 'object',
  additionalProperties: false,
  required: ['customer', 'lines'],
  properties: {
    customer: id,
    date,
    delivery_date: nullable(date),
    customer_reference: nullable(text(60)),
    memo: nullable(text(2000)),
    lines: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['item'],
        properties: {
          item: id,
          description: nullable(text(240)),
          quantity: figure,
          rate: figure,
          discount: nullable(figure),
        },
      },
    },
  },
});

function demand(validate: ValidateFunction, body: unknown): void {
  if (validate(body)) return;
  throw new Problem(422, 'invalid', (validate.errors ?? []).map(faultOf));
}

function faultOf({ instancePath, keyword, message, params }: ErrorObject): unknown {
  const property: unknown = params['additionalProperty'] ?? params['missingProperty'];
  return {
    pointer: typeof property === 'string' ? `${instancePath}/${property}` : instancePath,
    code: keyword,
    message: message ?? 'This value is not allowed.',
  };
}

/** Throws Problem 422 with every fault of the body. */
export const demandNewCustomer = (body: unknown): void => demand(newCustomer, body);
/** Throws Problem 422 with every fault of the body. */
export const demandChangedCustomer = (body: unknown): void => demand(changedCustomer, body);
/** Throws Problem 422 with every fault of the body. */
export const demandNewOrder = (body: unknown): void => demand(newOrder, body);
