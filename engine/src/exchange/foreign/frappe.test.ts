import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { Account } from './account.ts';
import { importFrappe } from './frappe.ts';
import { seriesPattern } from './frappe-naming.ts';
import { settle } from './module-draft.ts';
import type { JsonDocument, ModuleDraft } from './module-draft.ts';
import { parseForeign } from './read-foreign.ts';
import { manyDocTypes, testDocTypes } from './test-doctypes.ts';

type Facts = Readonly<Record<string, unknown>>;

function run(types: readonly Facts[], folder = 'workshop') {
  const account = new Account();
  const files = types.map((value, index) => ({ path: `${index}.json`, value }));
  const drafts = importFrappe(files, folder, [], account);
  const faults = settle(drafts, account);
  return { account, drafts, faults };
}

function entityIn(drafts: readonly ModuleDraft[], name: string): JsonDocument {
  return drafts[0]?.documents.get(`entities/workshop.${name}.json`) as JsonDocument;
}

describe('DocTypes of Frappe', () => {
  const { account, drafts, faults } = run(testDocTypes);
  const order = entityIn(drafts, 'repair-order');
  const fields = order['fields'] as Record<string, JsonDocument>;
  const fateOf = (pointer: string): unknown =>
    account.entries.find((entry) => entry.source === '0.json' && entry.pointer === pointer)?.fate;

  it('compile without a diagnostic', () => {
    expect(faults).toEqual([]);
    expect(
      compile(
        drafts.map((draft) => draft.layer()),
        '',
      ).diagnostics,
    ).toEqual([]);
  });

  it('become entities of their kind', () => {
    const kinds = [...(drafts[0]?.documents ?? [])].flatMap(([, { entity, kind }]) =>
      entity === undefined ? [] : [[entity, kind]],
    );
    expect(kinds).toEqual([
      ['workshop.repair-order', 'document'],
      ['workshop.repair-customer', 'master'],
      ['workshop.technician', 'master'],
      ['workshop.spare-part', 'master'],
      ['workshop.part-group', 'tree'],
      ['workshop.workshop-settings', 'single'],
      ['workshop.expense', 'master'],
      ['workshop.log', 'master'],
      ['workshop.wide', 'master'],
      ['workshop.repair-part', 'lines'],
      ['workshop.repair-customer-usual-parts', 'lines'],
    ]);
  });

  it('keep every type of field', () => {
    const types = Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]));
    expect(types).toMatchObject({
      customer: 'link',
      contact_email: 'email',
      company_value: 'text',
      status_value: 'enumeration',
      visits: 'integer',
      hours: 'decimal',
      amount: 'money',
      discount: 'percent',
      is_urgent: 'boolean',
      posting_date: 'date',
      promised_at: 'datetime',
      pickup_time: 'time',
      time_spent: 'duration',
      parts: 'lines',
      technicians: 'links',
      reference_name: 'dynamic-link',
      remarks: 'longtext',
      letter: 'richtext',
      payload: 'json',
      attachment: 'file',
      photo: 'image',
      signature: 'image',
      paint: 'color',
      stars: 'decimal',
      door_code: 'text',
      phone: 'phone',
      tag: 'barcode',
      place: 'json',
      symbol: 'text',
      version_value: 'text',
      order: 'text',
    });
    expect(Object.keys(fields)).not.toContain('riddle');
    expect(fateOf('/fields/50/fieldtype')).toBe('left-out');
  });

  it('keep names, numbers, conditions, copied values, colours and the form', () => {
    expect(order['number']).toBe('REP-{yyyy}-{seq:5}');
    expect(entityIn(drafts, 'repair-customer')['key']).toEqual(['title']);
    expect(entityIn(drafts, 'technician')['key']).toEqual(['name']);
    expect(entityIn(drafts, 'expense')['number']).toBe('EXP-{yyyy}-{mm}-{seq:5}');
    expect(fields['customer_name']).toMatchObject({ computed: 'customer.title' });
    expect(fields['contact_email']).toMatchObject({ default: 'customer.email' });
    expect(fields['remarks']?.['visible']).toBe(
      "((is_urgent) and (visits > 1)) or ((status_value == 'Open') or (status_value == 'In-Work'))",
    );
    expect(fields['parts']).toMatchObject({ of: 'workshop.repair-part', required: "status_value == 'Done-Paid'" });
    expect(fields['status_value']?.['options']).toMatchObject([
      { color: 'red' },
      { color: 'blue' },
      { value: 'Done-Paid', label: 'Done & Paid' },
    ]);
    expect(
      (order['form'] as { sections: JsonDocument[] }).sections.map(({ label, columns }) => [label, columns]),
    ).toEqual([
      [undefined, 2],
      ['Dates', 1],
      ['Parts', 1],
      ['fold 1', 1],
    ]);
  });

  it('keep permissions, by level and by owner', () => {
    const clerk = drafts[0]?.documents.get('permissions/workshop-clerk.json');
    const [grant] = clerk?.['grants'] as JsonDocument[];
    expect(grant).toMatchObject({ entity: 'workshop.repair-order', where: 'created_by == user.id' });
    expect(grant?.['write']).not.toContain('amount');
    expect(drafts[0]?.documents.has('permissions/system-manager.json')).toBe(false);
  });

  it('leave no property without its fate', () => {
    const told = new Set(account.entries.map(({ source, pointer }) => `${source}#${pointer}`));
    const untold = testDocTypes.flatMap((type, index) => {
      const at = `${index}.json#`;
      const own = Object.keys(type).filter((name) => !['fields', 'permissions'].includes(name));
      const inside = ['fields', 'permissions'].flatMap((list) =>
        (type[list] as readonly Facts[]).flatMap((part, place) =>
          Object.keys(part).map((name) => `/${list}/${place}/${name}`),
        ),
      );
      return [...own.map((name) => `/${name}`), ...inside]
        .map((pointer) => at + pointer)
        .filter((place) => !told.has(place));
    });
    expect(untold).toEqual([]);
    for (const { fate, why } of account.entries) if (fate !== 'taken') expect(why).not.toBe('');
    expect(fateOf('/fields/24/depends_on')).toBe('left-out');
    expect(account.inWords()).toContain('## Left out');
  });

  it('read 800 of them in good time', () => {
    const began = performance.now();
    const many = run(manyDocTypes(800));
    expect(many.faults).toEqual([]);
    expect(performance.now() - began).toBeLessThan(60_000);
  }, 60_000);
});

describe('what was not written by Frappe', () => {
  it.each<readonly [string, unknown]>([
    ['no object', 7],
    ['another record', { doctype: 'Report', name: 'X' }],
    ['no name', { doctype: 'DocType' }],
    [
      'fields that are none',
      { doctype: 'DocType', name: 'A', fields: [null, 7, {}, { fieldtype: 'Data' }, { fieldname: 'x' }] },
    ],
    [
      'names of folders',
      { doctype: 'DocType', name: '../../etc/passwd', fields: [{ fieldname: '../x', fieldtype: 'Data' }] },
    ],
    [
      'names of the engine',
      {
        doctype: 'DocType',
        name: 'select',
        fields: [
          { fieldname: 'id', fieldtype: 'Data' },
          { fieldname: 'parent_id', fieldtype: 'Int' },
        ],
      },
    ],
    [
      'links in a circle',
      { doctype: 'DocType', name: 'A', istable: 1, fields: [{ fieldname: 'a', fieldtype: 'Table', options: 'A' }] },
    ],
    [
      'columns that meet',
      {
        doctype: 'DocType',
        name: 'A',
        fields: [
          { fieldname: 'a', fieldtype: 'Link', options: 'A' },
          { fieldname: 'a_id', fieldtype: 'Data' },
        ],
      },
    ],
    [
      'values that are no values',
      {
        doctype: 'DocType',
        name: 'A',
        fields: [
          { fieldname: 'a', fieldtype: 'Select', options: '?\n!\n', default: '?' },
          { fieldname: 'b', fieldtype: 'Int', default: 'x' },
        ],
      },
    ],
    [
      'conditions that are none',
      {
        doctype: 'DocType',
        name: 'A',
        fields: [
          { fieldname: 'a', fieldtype: 'Data', depends_on: 'eval:(((' },
          { fieldname: 'b', fieldtype: 'Data', depends_on: 'eval:doc.a > 5' },
        ],
      },
    ],
  ])('does no harm: %s', (_, value) => {
    const { drafts, faults, account } = run([value as Facts]);
    expect(faults).toEqual([]);
    expect(account.entries.length).toBeGreaterThan(0);
    for (const draft of drafts)
      for (const path of draft.documents.keys())
        expect(path).toMatch(/^(entities|permissions)\/[a-z0-9.-]+\.json$|^module\.json$/);
  });

  it.each([
    ['keys that JavaScript gives a meaning', '{"__proto__": {"a": 1}}', 'The file has a key that is not allowed'],
    ['no JSON', '{', 'The file is not JSON'],
    ['depth', '['.repeat(100_000), 'The file is nested deeper than 64 levels'],
  ])('refuses %s', (_, text, fault) => {
    expect(parseForeign(text)).toEqual({ fault });
  });
});

it.each([
  ['SINV-.YYYY.-', 'SINV-{yyyy}-{seq:5}'],
  ['PART-.#####', 'PART-{seq:5}'],
  ['A-.{abbr}.-.####', 'A-abbr-{seq:4}'],
  ['.##.-.##', null],
])('reads the series %s', (series, pattern) => {
  expect(seriesPattern(series)).toBe(pattern);
});
