import { companyMigrations } from '../../../migrations/index.ts';
import { compile } from '../compiler/compile.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import { columnsOf } from '../ledger/entry-columns.ts';
import { rollUp } from '../ledger/rollup.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Actor, RecordInput, RecordOperation } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { RecordContext } from '../records/context.ts';
import type { Reach } from '../records/reach.ts';
import { runOperation } from '../records/run.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { Database } from '../storage/database.ts';
import { applySchema } from '../storage/schema/apply.ts';
import { migrate } from '../storage/schema/migrate.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { TestBackend } from '../storage/test-server.ts';
import { readReportParameters } from './parameters.ts';
import { compareReport } from './compare-report.ts';
import type { Comparing } from './compare-report.ts';
import { runReport } from './run-report.ts';
import type { ReportAnswer, ReportRow } from './run-report.ts';
import { reportXml } from './write-xml.ts';

export const keeper: Actor = { kind: 'person', id: '7', name: 'Dewi', roles: ['admin'], locale: 'en' };
export const TODAY = '2026-03-15';

type Document = Readonly<Record<string, unknown>>;

/** A small shop: a tree of purses, people, and a book that balances. */
export const shopDocuments: readonly Document[] = [
  {
    module: 'shop',
    name: { en: 'Shop' },
    version: '1.0.0',
    category: 'core',
    icon: 'cube',
    description: { en: 'Shop' },
  },
  {
    entity: 'shop.purse',
    kind: 'tree',
    label: 'Purse',
    title: '{code} {name}',
    key: ['code'],
    sort: ['code'],
    fields: {
      code: { type: 'text', required: true, unique: true },
      name: { type: 'text', required: true },
      type: { type: 'enumeration', options: ['asset', 'liability', 'equity', 'income', 'expense'] },
    },
  },
  {
    entity: 'shop.person',
    kind: 'master',
    label: 'Person',
    title: '{name}',
    key: ['code'],
    fields: {
      code: { type: 'text', required: true, unique: true },
      name: { type: 'text', required: true },
      secret: { type: 'text', encrypted: true },
      town: {
        type: 'enumeration',
        options: [
          { value: 'north', label: { en: 'North town', id: 'Kota utara' } },
          { value: 'south', label: { en: 'South town', id: 'Kota selatan' } },
        ],
      },
    },
  },
  {
    entity: 'shop.deal',
    kind: 'document',
    label: 'Deal',
    number: 'D-{seq:3}',
    title: '{number} {person.name}',
    fields: {
      date: { type: 'date', required: true },
      person: { type: 'link', to: 'shop.person' },
      lines: { type: 'lines', of: 'shop.deal-line' },
      total: { type: 'money', computed: 'sum(lines.amount)' },
    },
  },
  {
    entity: 'shop.deal-line',
    kind: 'lines',
    label: 'Deal line',
    fields: {
      what: { type: 'text', required: true },
      quantity: { type: 'quantity', required: true },
      rate: { type: 'money', required: true },
      amount: { type: 'money', computed: 'quantity * rate' },
    },
  },
  {
    ledger: 'shop.book',
    label: { en: 'Book' },
    dimensions: { purse: 'shop.purse', person: 'shop.person?', about: 'record?', due: 'date?' },
    measures: { plus: 'money', minus: 'money' },
    balanced: 'plus - minus',
    balances: [['purse'], ['purse', 'person']],
  },
];

/** An entry: date, purse code, person code or null, plus, minus, memo. */
export type TestEntry = readonly [
  date: string,
  purse: string,
  person: string | null,
  plus: string,
  minus: string,
  memo?: string,
];

export interface TestShop {
  readonly database: Database;
  readonly context: RecordContext;
  readonly model: Model;
  readonly ledger: Ledger;
  create(entity: string, input: RecordInput): Promise<string>;
  idOf(code: string): string;
  /** Gives documents numbers, as submitting them would. */
  number(deals: readonly string[]): Promise<void>;
  /** Writes a voucher of a document with its entries, straight into the tables. */
  book(deal: string, entries: readonly TestEntry[], date?: string): Promise<string>;
  /** Adds what is queued to the balances of the months. */
  rollUp(): Promise<void>;
  run(report: string, parameters?: Readonly<Record<string, string>>, choices?: RunChoices): Promise<ReportAnswer>;
  /** The document that the report writes. */
  xml(report: string, parameters?: Readonly<Record<string, string>>, choices?: RunChoices): Promise<string>;
  close(): Promise<void>;
}

export interface RunChoices {
  readonly actor?: Actor;
  readonly limit?: number;
  readonly sort?: string;
  readonly comparing?: Comparing;
  readonly mayRead?: (entity: Entity) => boolean;
}

export function compileShop(reports: readonly Document[], name = 'shop') {
  const documents = [...shopDocuments, ...reports];
  const files = documents.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
  return compile([{ kind: 'module', name: 'shop', files }], name);
}

export async function openTestShop(
  backend: TestBackend,
  name: string,
  reports: readonly Document[],
): Promise<TestShop> {
  const { model, diagnostics } = compileShop(reports, name);
  if (model === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  const opened = await backend.open([name], sqliteFunctions);
  const database = opened.server.company(name);
  await migrate(database, companyMigrations);
  await applySchema(database, model.tables, name);
  const context = contextOf(database, model);
  const ids = new Map<string, string>();
  const create = async (entity: string, input: RecordInput): Promise<string> => {
    const operation = { kind: 'create', entity, input } as const;
    const authorized = seal<Extract<RecordOperation, { kind: 'create' }>>(
      operation,
      model.entities.get(entity)!,
      keeper,
    );
    const { record } = await runOperation<'create'>(context, authorized);
    if (typeof input['code'] === 'string') ids.set(input['code'], record.id);
    return record.id;
  };
  for (const [code, title, type, parent] of [
    ['1', 'Assets', 'asset', null],
    ['11', 'Cash', 'asset', '1'],
    ['12', 'Debtors', 'asset', '1'],
    ['2', 'Debts', 'liability', null],
    ['4', 'Income', 'income', null],
    ['41', 'Sales', 'income', '4'],
    ['5', 'Costs', 'expense', null],
    ['51', 'Rent & light', 'expense', '5'],
  ] as const) {
    await create('shop.purse', { code, name: title, type, parent: parent === null ? null : ids.get(parent)! });
  }
  await create('shop.person', { code: 'ANI', name: 'Ani', town: 'north' });
  await create('shop.person', { code: 'BUDI', name: '=Budi', town: 'south' });

  async function asking(
    name: string,
    given: Readonly<Record<string, string>> = {},
    { actor = keeper, limit = 10_000, sort, mayRead = () => true }: RunChoices = {},
  ) {
    const report = model!.reports.get(name)!;
    const from = readingFrom(context, database);
    const { entity } = report.source;
    const operation = { kind: 'list', entity: entity.name, query: {} } as unknown as Extract<
      RecordOperation,
      { kind: 'list' }
    >;
    const reach: Reach = { mayRead, bounds: () => null };
    const parameters = await readReportParameters(from, report, given, { locale: actor.locale, reach });
    const sorted = sort?.split(',').map((each) => ({ name: each.replace('-', ''), descending: each.startsWith('-') }));
    const authorized = seal(operation, entity, actor, reach);
    return { from, authorized, ask: { report, parameters, sort: sorted ?? null, limit } };
  }

  const ledger = model.ledgers.get('shop.book')!;
  return {
    database,
    context,
    model,
    ledger,
    create,
    idOf: (code) => ids.get(code)!,
    number: (deals) =>
      database.transaction(async (transaction) => {
        for (const [index, deal] of deals.entries()) {
          const text = `UPDATE ${table('shop_deal')} SET ${quoted('number')} = ? WHERE id = ?`;
          await transaction.run(statement(text), [`D-00${index + 1}`, deal]);
        }
      }),
    book: (deal, entries, date) => book(database, ledger, { deal, entries, ids, date: date ?? entries[0]![0] }),
    rollUp: async () => void (await rollUp(database, model)),
    async run(report, given, choices = {}) {
      const { from, authorized, ask } = await asking(report, given, choices);
      return choices.comparing === undefined
        ? runReport(from, authorized, ask)
        : compareReport(from, authorized, ask, choices.comparing);
    },
    async xml(report, given, choices) {
      const { from, authorized, ask } = await asking(report, given, choices);
      return [...(await reportXml(from, authorized, ask, ask.report.xml!))].join('');
    },
    close: () => opened.remove(),
  };
}

async function book(
  database: Database,
  ledger: Ledger,
  {
    deal,
    entries,
    ids,
    date,
  }: {
    readonly deal: string;
    readonly entries: readonly TestEntry[];
    readonly ids: ReadonlyMap<string, string>;
    readonly date: string;
  },
): Promise<string> {
  const { dimensions, measures } = columnsOf(ledger, database.dialect);
  return database.transaction(async (transaction) => {
    const { lastId } = await transaction.run(
      statement(
        `INSERT INTO ${table('rk_voucher')} (entity, record_id, action, number, ${quoted('date')}, posted_at, actor_kind, actor_id, actor_name) ` +
          "VALUES ('shop.deal', ?, 'post', (SELECT next FROM (SELECT COUNT(*) + 1 AS next FROM " +
          `${table('rk_voucher')}) counted), ?, '2026-01-01 00:00:00.000', 'person', '7', 'Dewi')`,
      ),
      [deal, date],
    );
    await transaction.run(statement(`INSERT INTO ${table('rk_rollup_queue')} (voucher_id) VALUES (?)`), [lastId]);
    const names = [
      ENTRY_COLUMNS.voucher,
      ENTRY_COLUMNS.rule,
      ENTRY_COLUMNS.date,
      ENTRY_COLUMNS.memo,
      ...[...dimensions, ...measures].map(({ column }) => column),
    ];
    for (const [on, purse, person, plus, minus, memo] of entries) {
      const at: readonly Binding[] = [
        ids.get(purse) ?? null,
        person === null ? null : (ids.get(person) ?? null),
        person === null ? null : `shop.person:${ids.get(person) ?? ''}`,
        on,
      ];
      const amounts = [plus, minus].map((text, index) => {
        const { field, toBinding } = measures[index]!;
        const read = field.fieldType.read(text, field);
        return toBinding('value' in read ? read.value : null);
      });
      await transaction.run(
        statement(
          `INSERT INTO ${table(ledger.entries.table)} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        ),
        [lastId, 0, on, memo ?? null, ...at, ...amounts],
      );
    }
    return lastId;
  });
}

function contextOf(database: Database, model: Model): RecordContext {
  return {
    database,
    model,
    today: TODAY,
    now: `${TODAY}T08:00:00.000Z`,
    globals: {
      user: { id: '7', name: 'Dewi' },
      company: { name: 'Shop', currency: 'IDR', country: 'ID', locale: 'en', timezone: 'UTC' },
      settings: {},
    },
    cipher: { encrypt: (text) => text, decrypt: (text) => text },
  };
}

/** Lines as short texts: what they are about, then the figures named. */
export function shown({ rows }: Pick<ReportAnswer, 'rows'>, ...names: readonly string[]): readonly string[] {
  return rows.map(
    (row) => `${'> '.repeat(row.level)}${nameOf(row, names)}: ${names.map((name) => cell(row, name)).join(' ')}`,
  );
}

function nameOf({ cells, titles = {} }: ReportRow, figures: readonly string[]): string {
  const names = Object.keys(cells).filter((name) => !figures.includes(name) && !name.includes('@'));
  return names.map((name) => titles[name] ?? String(cells[name] ?? '-')).join(' | ');
}

function cell({ cells }: ReportRow, name: string): string {
  return String(cells[name] ?? '-');
}
