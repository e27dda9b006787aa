import { Decimal } from '../../../engine/src/base/decimal.ts';
import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import { fetchEntity, listRecords } from '../records/record-api.ts';
import type { RecordJson } from '../records/record-api.ts';
import type { Candidate } from './matching.ts';
import { fetchOpenItems } from './open-items.ts';
import type { OpenItem } from './open-items.ts';

/** Records are recorded up to so many days before and after the lines that belong to them. */
const DAYS_BEFORE = 45;
const DAYS_AFTER = 20;
const DAY_MS = 86_400_000;
const CANDIDATES_MAX = 200;

function shifted(date: string, days: number): string {
  return new Date(new Date(`${date}T00:00:00Z`).getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** Records of some kinds around the dates of lines, as what may belong to them. Throws ApiProblem. */
export async function fetchCandidates(
  entities: readonly string[],
  dates: readonly string[],
): Promise<readonly Candidate[]> {
  const sorted = [...dates].sort();
  const [first] = sorted;
  const last = sorted.at(-1);
  const found = await Promise.all(entities.map((entity) => candidatesOf(entity, first ?? null, last ?? null)));
  return found.flat();
}

/** What is open in a ledger at some values of dimensions, with the amounts that are open of it. Throws ApiProblem. */
export async function fetchOpenCandidates(
  openIn: NonNullable<ScreenField['openIn']>,
  at: Readonly<Record<string, string>>,
): Promise<readonly Candidate[]> {
  const items = (await fetchOpenItems(openIn, at)).slice(0, CANDIDATES_MAX);
  const kinds = [...new Set(items.map(({ entity }) => entity))];
  const found = await Promise.all(
    kinds.map((entity) =>
      openCandidatesOf(
        entity,
        items.filter((item) => item.entity === entity),
      ),
    ),
  );
  return found.flat();
}

async function openCandidatesOf(entity: string, items: readonly OpenItem[]): Promise<readonly Candidate[]> {
  const { date, texts } = await describing(entity);
  const { data } = await listRecords(entity, {
    'filter[id][in]': items.map(({ id }) => id).join(','),
    fields: ['id', ...(date === undefined ? [] : [date.name]), ...texts.map(({ name }) => name)].join(','),
    'page[size]': items.length,
  });
  const records = new Map(data.map((record) => [record.id, record]));
  return items.map(({ id, title, open }) => {
    const record = records.get(id);
    return {
      entity,
      id,
      title,
      date: date === undefined ? null : textOf(record?.[date.name]),
      amount: Decimal.parse(open) ?? Decimal.zero,
      isSigned: true,
      text: texts.map(({ name }) => textOf(record?.[name]) ?? '').join(' '),
    };
  });
}

/** The fields of a record that tell it from others: its date, and its numbers and references. */
async function describing(entity: string): Promise<{
  readonly model: ScreenEntity;
  readonly date: ScreenField | undefined;
  readonly texts: readonly ScreenField[];
}> {
  const model = await fetchEntity(entity);
  const date = model.fields.find(({ name, type }) => name === 'date' && type === 'date');
  const texts = model.fields.filter(({ type }) => type === 'text' || type === 'sequence').slice(0, 6);
  return { model, date, texts };
}

async function candidatesOf(entity: string, first: string | null, last: string | null): Promise<readonly Candidate[]> {
  const { model, date, texts } = await describing(entity);
  const amount = amountField(model);
  if (amount === undefined) return [];
  const stage = model.fields.find(({ name }) => name === 'stage');
  const { data } = await listRecords(entity, {
    fields: ['id', amount.name, ...(date === undefined ? [] : [date.name]), ...texts.map(({ name }) => name)].join(','),
    titles: true,
    'page[size]': CANDIDATES_MAX,
    ...(date === undefined || first === null || last === null
      ? {}
      : { [`filter[${date.name}][between]`]: `${shifted(first, -DAYS_BEFORE)},${shifted(last, DAYS_AFTER)}` }),
    ...(stage !== undefined && stage.operators.includes('eq') ? { 'filter[stage]': 'submitted' } : {}),
  });
  return data.flatMap((record): readonly Candidate[] => {
    const figure = record[amount.name];
    const value = typeof figure === 'string' ? Decimal.parse(figure) : null;
    return value === null
      ? []
      : [
          {
            entity,
            id: record.id,
            title: titleOf(record),
            date: date === undefined ? null : textOf(record[date.name]),
            amount: value,
            isSigned: false,
            text: texts.map(({ name }) => textOf(record[name]) ?? '').join(' '),
          },
        ];
  });
}

/** The figure that a whole record stands for. */
function amountField({ fields }: ScreenEntity): ScreenField | undefined {
  const money = fields.filter(({ type, visible }) => type === 'money' && visible !== false);
  return money.find(({ name }) => name === 'amount') ?? money.find(({ name }) => name === 'total') ?? money[0];
}

function titleOf(record: RecordJson): string {
  const own = record['_title'];
  return typeof own === 'string' && own !== '' ? own : `#${record.id}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
