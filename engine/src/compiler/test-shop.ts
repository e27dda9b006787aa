import { compile } from './compile.ts';
import type { Compilation } from './compile.ts';

type Derive = Readonly<Record<string, unknown>>;

/** A shop whose lines have two taxes, the second on the price with the first: what tests of derived rows speak of. */
export const TWO_TAXES: Derive = {
  from: 'lines',
  key: 'tax',
  by: [
    { field: 'first_tax', as: { base: 'price', amount: 'first_amount', payable: 'first_account' } },
    { field: 'second_tax', as: { base: 'with_first', amount: 'second_amount', payable: 'second_account' } },
  ],
  set: {
    rate: 'tax.rate',
    base: 'sum(base)',
    amount: 'sum(amount)',
    rows: 'count()',
    weight: 'sum(base * quantity)',
    factor: 'max(payable.factor)',
    share: 'amount * 100 / parent.net',
  },
};

/** The parts in which an order is paid, as its term says. */
export const PARTS: Derive = {
  from: 'term.parts',
  by: 'days',
  set: { share: 'sum(share)', amount: 'parent.total * share / 100' },
  adds_up_to: { amount: 'total' },
};

/** @param change what is said otherwise of the rows of taxes, or of the parts */
export function compileShop(derive: Derive = TWO_TAXES, parts: Derive = PARTS): Compilation {
  const documents = [
    { module: 'shop', name: 'Shop', version: '1.0.0', category: 'core', dependencies: [] },
    { entity: 'shop.account', kind: 'master', label: 'Account', fields: { factor: { type: 'integer' } } },
    {
      entity: 'shop.tax',
      kind: 'master',
      label: 'Tax',
      fields: {
        name: { type: 'text' },
        rate: { type: 'percent' },
        account: { type: 'link', to: 'shop.account' },
      },
    },
    {
      entity: 'shop.tax-group',
      kind: 'master',
      label: 'Taxes',
      fields: { first: { type: 'link', to: 'shop.tax' }, second: { type: 'link', to: 'shop.tax' } },
    },
    {
      entity: 'shop.term',
      kind: 'master',
      label: 'Term',
      fields: { days: { type: 'integer' }, parts: { type: 'lines', of: 'shop.term-part' } },
    },
    {
      entity: 'shop.term-part',
      kind: 'lines',
      label: 'Part',
      fields: {
        days: { type: 'integer' },
        share: { type: 'percent' },
        account: { type: 'link', to: 'shop.account' },
      },
    },
    {
      entity: 'shop.customer',
      kind: 'master',
      label: 'Customer',
      fields: { term: { type: 'link', to: 'shop.term' } },
    },
    {
      entity: 'shop.order-part',
      kind: 'lines',
      label: 'Part',
      fields: {
        days: { type: 'integer' },
        share: { type: 'percent' },
        amount: { type: 'money' },
        factor: { type: 'integer' },
        note: { type: 'text' },
      },
    },
    {
      entity: 'shop.order',
      kind: 'document',
      label: 'Order',
      fields: {
        parts: { type: 'lines', of: 'shop.order-part', derive: parts },
        wait: { type: 'integer', default: 'coalesce(term.days, 0)' },
        term: { type: 'link', to: 'shop.term', default: 'customer.term' },
        customer: { type: 'link', to: 'shop.customer' },
        net: { type: 'money', computed: 'sum(lines.price)' },
        total: { type: 'money', computed: 'net + sum(taxes.amount)' },
        taxes: { type: 'lines', of: 'shop.order-tax', derive },
        lines: { type: 'lines', of: 'shop.order-line' },
      },
    },
    {
      entity: 'shop.order-line',
      kind: 'lines',
      label: 'Line',
      fields: {
        second_amount: { type: 'money', computed: 'with_first * second_tax.rate / 100' },
        with_first: { type: 'money', computed: 'price + coalesce(first_amount, 0)' },
        first_amount: { type: 'money', computed: 'price * first_tax.rate / 100' },
        price: { type: 'money', computed: 'amount * quantity' },
        amount: { type: 'money', required: true },
        quantity: { type: 'integer', default: '1' },
        group: { type: 'link', to: 'shop.tax-group' },
        first_tax: { type: 'link', to: 'shop.tax', default: 'group.first' },
        second_tax: { type: 'link', to: 'shop.tax', default: 'group.second' },
        first_account: { type: 'link', to: 'shop.account', default: 'first_tax.account' },
        second_account: { type: 'link', to: 'shop.account', default: 'second_tax.account' },
        account: { type: 'link', to: 'shop.account' },
        taxed: { type: 'money', computed: 'sum(parent.taxes.amount)' },
      },
    },
    {
      entity: 'shop.order-tax',
      kind: 'lines',
      label: 'Tax',
      fields: {
        tax: { type: 'link', to: 'shop.tax' },
        first_tax: { type: 'link', to: 'shop.tax' },
        rate: { type: 'percent' },
        base: { type: 'money' },
        amount: { type: 'money' },
        rows: { type: 'integer' },
        weight: { type: 'money' },
        factor: { type: 'integer' },
        share: { type: 'percent' },
      },
    },
  ];
  const files = documents.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
  return compile([{ kind: 'module', name: 'shop', files }], 'shop');
}
