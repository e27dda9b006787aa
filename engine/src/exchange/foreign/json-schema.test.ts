import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { Account } from './account.ts';
import { importJsonSchema } from './json-schema.ts';
import { settle } from './module-draft.ts';
import type { JsonDocument } from './module-draft.ts';

const shop = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://example.com/order.schema.json',
  title: 'Order',
  description: 'What somebody wants',
  type: 'object',
  required: ['number_text', 'customer'],
  additionalProperties: false,
  properties: {
    number_text: { type: 'string', maxLength: 20, minLength: 2, pattern: '^O-' },
    customer: { $ref: '#/$defs/customer', description: 'Who' },
    state: { enum: ['open', 'sent & paid'], default: 'open' },
    total: { type: 'number', multipleOf: 0.01, minimum: 0, title: 'Total price' },
    count: { type: ['integer', 'null'], exclusiveMinimum: 0, maximum: 99, default: 1 },
    is_gift: { type: 'boolean', default: false },
    wanted: { type: 'string', format: 'date' },
    made_at: { type: 'string', format: 'date-time', readOnly: true },
    mail: { type: 'string', format: 'email' },
    host: { type: 'string', format: 'hostname' },
    address: {
      type: 'object',
      properties: { street: { type: 'string', maxLength: 100 }, city: { type: 'string', maxLength: 50 } },
    },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        type: 'object',
        required: ['sku'],
        properties: {
          sku: { type: 'string', maxLength: 30 },
          parts: { type: 'array', items: { type: 'object', properties: {} } },
        },
      },
    },
    tags: { type: 'array', items: { type: 'string' } },
    anything: {},
    other: { $ref: 'https://example.com/elsewhere.json' },
    version: { type: 'string', maxLength: 5 },
    parent_order: { $ref: '#' },
  },
  $defs: {
    customer: {
      type: 'object',
      allOf: [{ $ref: '#/$defs/named' }],
      properties: { since: { type: 'string', format: 'date' }, friend: { $ref: '#/$defs/customer' } },
    },
    named: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 80 } } },
  },
};

function run(value: unknown) {
  const account = new Account();
  const drafts = importJsonSchema([{ path: 'order.schema.json', value }], 'order.schema.json', [], account);
  return { account, drafts, faults: settle(drafts, account) };
}

describe('JSON Schema', () => {
  const { account, drafts, faults } = run(shop);
  const entity = (name: string): JsonDocument =>
    drafts[0]?.documents.get(`entities/order.${name}.json`) as JsonDocument;

  it('becomes a module that compiles', () => {
    expect(faults).toEqual([]);
    expect(
      compile(
        drafts.map((draft) => draft.layer()),
        '',
      ).diagnostics,
    ).toEqual([]);
    expect([...(drafts[0]?.documents.keys() ?? [])].sort()).toEqual([
      'entities/order.customer.json',
      'entities/order.named.json',
      'entities/order.order-lines.json',
      'entities/order.order.json',
      'module.json',
    ]);
  });

  it('keeps types, limits, choices, references, rows and objects', () => {
    expect(entity('order')['fields']).toMatchObject({
      number_text: { type: 'text', maxLength: 20, minLength: 2, required: true },
      customer: { type: 'link', to: 'order.customer', required: true, help: 'Who' },
      state: {
        type: 'enumeration',
        options: ['open', { value: 'sent-paid', label: 'sent & paid' }],
        default: "'open'",
      },
      total: { type: 'money', scale: 2, min: 0, label: 'Total price' },
      count: { type: 'integer', min: 1, max: 99, default: '1' },
      is_gift: { type: 'boolean', default: 'false' },
      wanted: { type: 'date' },
      made_at: { type: 'datetime', readOnly: true },
      mail: { type: 'email' },
      host: { type: 'text' },
      address_street: { type: 'text', maxLength: 100 },
      lines: { type: 'lines', of: 'order.order-lines', min: 1, max: 50 },
      tags: { type: 'json' },
      anything: { type: 'json' },
      other: { type: 'json' },
      version_value: { type: 'text' },
      parent_order: { type: 'link', to: 'order.order' },
    });
    expect(entity('customer')['fields']).toMatchObject({
      name: { required: true },
      friend: { type: 'link', to: 'order.customer' },
    });
    expect(entity('order-lines')['fields']).toMatchObject({ sku: { required: true }, parts: { type: 'json' } });
  });

  it('tells the fate of every word', () => {
    const fate = (pointer: string): unknown => account.entries.find((entry) => entry.pointer === pointer)?.fate;
    expect(fate('/properties/number_text/pattern')).toBe('left-out');
    expect(fate('/properties/number_text/maxLength')).toBe('taken');
    expect(fate('/properties/other/$ref')).toBe('left-out');
    expect(fate('/properties/host/format')).toBe('approximated');
    expect(fate('/additionalProperties')).toBe('left-out');
  });

  it.each<readonly [string, unknown]>([
    ['no object', [1, 2]],
    ['a reference to itself', { title: 'A', properties: { a: { $ref: '#/properties/a' } } }],
    [
      'references in a circle',
      { properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { $ref: '#/$defs/c' }, c: { $ref: '#/$defs/b' } } },
    ],
    ['all of itself', { allOf: [{ $ref: '#' }], properties: { a: { type: 'string' } } }],
    [
      'names that are none',
      {
        title: '../..',
        properties: { '': { type: 'string' }, 'a/b': { type: 'integer' }, select: { enum: ['?', '!'] } },
      },
    ],
    [
      'values that are none',
      {
        properties: {
          a: { type: 'integer', default: 'x', minimum: '1' },
          b: { type: 'string', maxLength: -1, enum: [] },
        },
      },
    ],
  ])('is not harmed by %s', (_, value) => {
    const { faults: left, account: told } = run(value);
    expect(left).toEqual([]);
    expect(told.entries.length).toBeGreaterThan(0);
  });
});
