import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { Compilation } from './compile.ts';

type Document = Readonly<Record<string, unknown>>;

const base: readonly Document[] = [
  { module: 'shop', name: 'Shop', version: '1.0.0', category: 'core', dependencies: [] },
  {
    permission: 'shop.boss',
    role: 'shop.boss',
    grants: [{ entity: 'shop.order', actions: ['read', 'transition:approve'] }],
  },
  {
    entity: 'shop.person',
    kind: 'master',
    label: 'Person',
    fields: { name: { type: 'text' }, email: { type: 'email' } },
  },
  {
    entity: 'shop.order',
    kind: 'document',
    label: 'Order',
    fields: {
      person: { type: 'link', to: 'shop.person' },
      note: { type: 'text' },
      way: { type: 'enumeration', options: ['sea', 'air'] },
      lines: { type: 'lines', of: 'shop.order-line' },
      total: { type: 'money', computed: 'sum(lines.amount)' },
    },
  },
  { entity: 'shop.order-line', kind: 'lines', label: 'Line', fields: { amount: { type: 'money' } } },
  {
    entity: 'shop.invoice',
    kind: 'document',
    label: 'Invoice',
    fields: { order: { type: 'link', to: 'shop.order' }, lines: { type: 'lines', of: 'shop.invoice-line' } },
  },
  {
    entity: 'shop.invoice-line',
    kind: 'lines',
    label: 'Line',
    fields: { amount: { type: 'money' }, twice: { type: 'money', computed: 'amount * 2' } },
  },
];

function compiled(...more: readonly Document[]): Compilation {
  const files = [...base, ...more].map((document, index) => ({
    path: `${index}.json`,
    text: JSON.stringify(document),
  }));
  return compile([{ kind: 'module', name: 'shop', files }], 'shop');
}

/** What is said, as `code pointer`; warnings begin with a question mark. */
function said(...more: readonly Document[]): readonly string[] {
  return compiled(...more).diagnostics.map(
    ({ code, pointer, severity }) => `${severity === 'warning' ? '? ' : ''}${code} ${pointer}`,
  );
}

const workflow = (changes: Document = {}, transition: Document = {}): Document => ({
  workflow: 'shop.order',
  states: ['draft', 'open', 'done'],
  transitions: [
    { name: 'begin', from: 'draft', to: 'open' },
    { name: 'approve', from: 'open', to: 'done', ...transition },
  ],
  ...changes,
});
const flow = (changes: Document = {}): Document => ({
  flow: 'shop.order-to-invoice',
  from: 'shop.order',
  to: 'shop.invoice',
  set: { order: 'id' },
  lines: { from: 'lines', set: { amount: 'amount' } },
  ...changes,
});
const automation = (changes: Document = {}): Document => ({
  automation: 'shop.tell',
  entity: 'shop.order',
  on: 'submitted',
  do: [{ notify: 'owner' }],
  ...changes,
});

describe('workflows', () => {
  test.each<[string, Document, readonly string[]]>([
    ['a sound one', workflow(), []],
    ['an unknown state left', workflow({}, { from: ['open', 'opne'] }), ['unknown-state /transitions/1/from/1']],
    [
      'an unknown state reached',
      workflow({}, { to: 'dnoe' }),
      ['unknown-state /transitions/1/to', '? unreachable-state /states/2'],
    ],
    [
      'an unreachable state',
      workflow({ states: ['draft', 'open', 'done', 'lost'] }),
      ['? unreachable-state /states/3'],
    ],
    ['a state twice', workflow({ states: ['draft', 'open', 'done', 'open'] }), ['name-taken /states/3']],
    [
      'a transition that goes nowhere',
      workflow({}, { to: 'open' }),
      ['same-state /transitions/1/to', '? unreachable-state /states/2'],
    ],
    ...['submit', 'cancel', 'amend', 'update', 'delete'].map((name): [string, Document, readonly string[]] => [
      `a transition named ${name}`,
      workflow({}, { name }),
      ['name-taken /transitions/1/name'],
    ]),
    ['a transition twice', workflow({}, { name: 'begin' }), ['name-taken /transitions/1']],
    ['an unknown role', workflow({}, { roles: ['shop.bos'] }), ['unknown-role /transitions/1/roles/0']],
    ['roles by either name', workflow({}, { roles: ['boss', 'shop.boss', 'admin', 'user'] }), []],
    ['a guard over an unknown field', workflow({}, { guard: 'totl > 1' }), ['unknown-name /transitions/1/guard']],
    ['a guard that is no condition', workflow({}, { guard: 'total' }), ['wrong-type /transitions/1/guard']],
    ['a guard over the own limit', workflow({}, { guard: 'total <= user.approval_limit' }), []],
    [
      'a message over an unknown field',
      workflow({}, { message: { en: '{totl}' } }),
      ['unknown-name /transitions/1/message/en'],
    ],
    ['submitting', workflow({}, { do: ['submit'] }), []],
    ['submitting and cancelling', workflow({}, { do: ['submit', 'cancel'] }), ['too-many-moves /transitions/1/do']],
    [
      'setting an unknown field',
      workflow({}, { do: [{ set: { nte: "'x'" } }] }),
      ['unknown-field /transitions/1/do/0/set/nte'],
    ],
    [
      'setting a computed field',
      workflow({}, { do: [{ set: { total: '1' } }] }),
      ['not-settable /transitions/1/do/0/set/total'],
    ],
    [
      'setting the status',
      workflow({}, { do: [{ set: { status: "'open'" } }] }),
      ['not-settable /transitions/1/do/0/set/status'],
    ],
    [
      'setting a value of another type',
      workflow({}, { do: [{ set: { note: 'total' } }] }),
      ['wrong-type /transitions/1/do/0/set/note'],
    ],
    ['setting an option', workflow({}, { do: [{ set: { way: "'air'" } }] }), []],
    ['a transition of its own that needs nobody else', workflow({}, { do: [{ transition: 'begin' }] }), []],
    [
      'an unknown transition',
      workflow({}, { do: [{ transition: 'bgin' }] }),
      ['unknown-transition /transitions/1/do/0/transition'],
    ],
    [
      'an unknown flow',
      workflow({}, { do: [{ create: 'shop.nothing' }] }),
      ['unknown-flow /transitions/1/do/0/create'],
    ],
    [
      'an unknown receiver',
      workflow({}, { do: [{ notify: 'everyone' }] }),
      ['unknown-recipient /transitions/1/do/0/notify'],
    ],
    [
      'an unknown print',
      workflow({}, { do: [{ email: { to: 'person.email', subject: 'S', body: 'B', attach: 'shop.paper' } }] }),
      ['unknown-print /transitions/1/do/0/email/attach'],
    ],
    [
      'an unknown field for a webhook',
      workflow({}, { do: [{ webhook: { url: 'https://x.test', fields: ['nte'] } }] }),
      ['unknown-field /transitions/1/do/0/webhook/fields/0'],
    ],
    ['one of a record that is no document', workflow({ workflow: 'shop.person' }), ['not-a-document /workflow']],
    ['a hidden one, however wrong', workflow({ hidden: true }, { to: 'dnoe' }), []],
  ])('%s', (_, document, expected) => {
    expect(said(document)).toEqual(expected);
  });

  test('states are the options of the status, and the first is where a record starts', () => {
    const states = [
      { name: 'draft', label: 'Idea' },
      { name: 'open', color: 'amber' },
      { name: 'done', editable: true },
    ];
    const { model } = compiled(workflow({ states }));
    const status = model?.entities.get('shop.order')?.fieldByName.get('status');
    expect(status?.options.map(({ value, color }) => [value, color])).toEqual([
      ['draft', 'gray'],
      ['open', 'amber'],
      ['done', 'gray'],
      ['submitted', 'blue'],
      ['cancelled', 'red'],
    ]);
    expect(status?.default).toMatchObject({ node: 'literal', value: 'draft' });
    expect(model?.workflows.get('shop.order')?.states.map(({ editable }) => editable)).toEqual([true, false, true]);
  });
});

describe('flows', () => {
  test.each<[string, Document, readonly string[]]>([
    ['a sound one', flow(), []],
    ['a condition of another type', flow({ when: 'total' }), ['wrong-type /when']],
    ['an unknown field of the new document', flow({ set: { ordr: 'id' } }), ['unknown-field /set/ordr']],
    ['a record of another entity', flow({ set: { order: 'person' } }), ['wrong-type /set/order']],
    ['unknown lines', flow({ lines: { from: 'lnes', to: 'lines', set: {} } }), ['unknown-field /lines/from']],
    [
      'unknown lines of the new document',
      flow({ lines: { from: 'lines', to: 'rows', set: {} } }),
      ['unknown-field /lines/to'],
    ],
    ['a row for the document itself', flow({ lines: { to: 'lines', set: { amount: 'total' } } }), []],
    [
      'a row for the document itself that goes nowhere',
      flow({ lines: { set: { amount: 'total' } } }),
      ['missing-property /lines'],
    ],
    [
      'rows for the records of an entity',
      flow({
        lines: { records: 'shop.person', to: 'lines', where: 'parent.total > 0', set: { amount: 'parent.total' } },
      }),
      [],
    ],
    [
      'records of an unknown entity',
      flow({ lines: { records: 'shop.persn', to: 'lines', set: {} } }),
      ['unknown-entity /lines/records'],
    ],
    ['records that go nowhere', flow({ lines: { records: 'shop.person', set: {} } }), ['missing-property /lines']],
    [
      'rows and records',
      flow({ lines: { from: 'lines', records: 'shop.person', to: 'lines', set: {} } }),
      ['unexpected-property /lines/from'],
    ],
    ['what is open, read', flow({ lines: { from: 'lines', open: 'amount', set: { amount: 'open' } } }), []],
    [
      'what is open, not given',
      flow({ lines: { from: 'lines', set: { amount: 'open' } } }),
      ['unknown-name /lines/set/amount'],
    ],
    [
      'a computed field of a row',
      flow({ lines: { from: 'lines', set: { twice: 'amount' } } }),
      ['not-settable /lines/set/twice'],
    ],
    ['an unknown entity', flow({ to: 'shop.invoce' }), ['unknown-entity /to']],
    ['rows instead of a record', flow({ to: 'shop.invoice-line', set: {}, lines: undefined }), ['not-a-record /to']],
    [
      'an unknown ledger',
      flow({ lines: { from: 'lines', open: "balance('shop.x', line: id).quantity", set: {} } }),
      ['unknown-ledger /lines/open'],
    ],
  ])('%s', (_, document, expected) => {
    expect(said(document)).toEqual(expected);
  });
});

describe('automations', () => {
  test.each<[string, readonly Document[], readonly string[]]>([
    ['a sound one', [automation()], []],
    ['an unknown entity', [automation({ entity: 'shop.ordr' })], ['unknown-entity /entity']],
    ['submitting what is no document', [automation({ entity: 'shop.person' })], ['not-a-document /on']],
    [
      'an unknown field that changes',
      [automation({ on: { changed: ['note', 'nte'] } })],
      ['unknown-field /on/changed/1'],
    ],
    [
      'an unknown transition',
      [workflow(), automation({ on: { transition: 'aprove' } })],
      ['unknown-transition /on/transition'],
    ],
    ['a transition', [workflow(), automation({ on: { transition: 'approve' } })], []],
    ['a schedule', [automation({ on: { schedule: '0 7 * * 1-5' } })], []],
    ['no schedule', [automation({ on: { schedule: '0 25 * * *' } })], ['wrong-schedule /on/schedule']],
    ['a condition over an unknown field', [automation({ when: 'totl > 1' })], ['unknown-name /when']],
    ['submitting beside a workflow', [workflow(), automation({ do: ['submit'] })], ['has-workflow /do/0']],
    ['taking a transition', [workflow(), automation({ do: [{ transition: 'approve' }] })], []],
    [
      'taking one that needs several people',
      [workflow({}, { approvals: 2 }), automation({ do: [{ transition: 'approve' }] })],
      ['unknown-transition /do/0/transition'],
    ],
    ['a flow', [flow(), automation({ do: [{ create: 'shop.order-to-invoice' }] })], []],
    [
      'a flow from elsewhere',
      [flow(), automation({ entity: 'shop.invoice', do: [{ create: 'shop.order-to-invoice' }] })],
      ['unknown-flow /do/0/create'],
    ],
    [
      'a record that is gone',
      [automation({ on: 'deleted', do: [{ set: { note: "'x'" } }, { notify: 'owner' }, { notify: 'boss' }] })],
      ['record-gone /do/0', 'record-gone /do/1/notify'],
    ],
    [
      'the fields of a record that is gone',
      [automation({ on: 'deleted', when: 'total > 1', do: [{ notify: 'boss' }] })],
      ['unknown-name /when'],
    ],
    [
      'one that is switched off is checked too',
      [automation({ is_active: false, when: 'totl' })],
      ['unknown-name /when'],
    ],
  ])('%s', (_, documents, expected) => {
    expect(said(...documents)).toEqual(expected);
  });

  test('one that is switched off is no part of the model', () => {
    expect(compiled(automation({ is_active: false })).model?.automations).toEqual([]);
  });
});
