import { describe, expect, test } from 'vitest';
import { quoted, statement, table, textFor } from './statement.ts';

const ORDERS = statement(`SELECT o.id FROM ${table('order')} o JOIN ${table('line')} l ON l.order_id = o.id`);

describe('one statement serves every schema', () => {
  test.each([
    ['rangka_acme', 'SELECT o.id FROM `rangka_acme`.`order` o JOIN `rangka_acme`.`line` l ON l.order_id = o.id'],
    ['a`b', 'SELECT o.id FROM `a``b`.`order` o JOIN `a``b`.`line` l ON l.order_id = o.id'],
  ])('%s', (schema, text) => {
    expect(textFor(ORDERS, schema)).toBe(text);
  });

  test('and a database without schemas', () => {
    expect(ORDERS.plain).toBe('SELECT o.id FROM `order` o JOIN `line` l ON l.order_id = o.id');
  });
});

test('a name cannot end its own quotes', () => {
  expect(quoted('a`; DROP TABLE b; --')).toBe('`a``; DROP TABLE b; --`');
});
