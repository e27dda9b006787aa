import { Readable } from 'node:stream';
import { findEntity } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { reachOf } from '../access/reach.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { writeCsv } from '../exchange/csv.ts';
import type { Sheet, SheetCell, SheetRow } from '../exchange/sheet.ts';
import { writeXlsx } from '../exchange/xlsx.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import { runOperation } from '../records/run.ts';
import { coversPermits, READ } from '../records/reach.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { LINK_TITLES } from '../records/titles.ts';
import { readListQuery } from './list-query.ts';
import { allowed, contextOf, entityIn } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const FORMATS = ['csv', 'xlsx', 'json'] as const;
type Format = (typeof FORMATS)[number];

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json; charset=utf-8',
};

/** Records that are read at once. */
const PORTION = 500;
/** Records in one file: more are fetched with a filter for each part. */
const RECORDS_MAX = 50_000;

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'percent', 'quantity', 'duration']);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Records of a list as a file: the same filters, order and fields, without pages. */
export function exportRoutes(): readonly Route[] {
  return [member('records', 'GET /api/v1/records/:entity/export', exported)];
}

async function exported(ask: CompanyAsk): Promise<Answer> {
  const { format, rest } = formatIn(ask.queryText);
  const { query, faults } = readListQuery(rest);
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  const entity = findEntity(entityIn(ask), ask.company);
  demandExport(ask, entity);
  const records = await readAll(ask, entity.name, { ...query, titles: format !== 'json' });
  const name = `${entity.name}-${new Date().toISOString().slice(0, 10)}`;
  return {
    status: 200,
    stream: streamOf(records, entity, query, format, ask.locale),
    headers: {
      'Content-Type': TYPES[format],
      'Content-Disposition': `attachment; filename="${name}.${format}"`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
  };
}

/** `format` belongs to the file, everything else to the list. */
function formatIn(queryText: string): { readonly format: Format; readonly rest: string } {
  const parts = queryText.split('&');
  const named = parts.filter((part) => part.startsWith('format='));
  const format = FORMATS.find((each) => `format=${each}` === (named[0] ?? 'format=csv'));
  if (format === undefined || named.length > 1) {
    const parameters = { options: FORMATS.join(', ') };
    throw refuse('malformed-query', { faults: [{ pointer: '/format', code: 'option', parameters }] });
  }
  return { format, rest: parts.filter((part) => !part.startsWith('format=')).join('&') };
}

/**
 * Taking records out is granted by itself: whoever may read them may not yet carry them away. What is read must all be
 * granted for export as well; a grant of both, for the same records and fields, is the ordinary case.
 */
function demandExport(ask: CompanyAsk, entity: Entity): void {
  const { company, caller } = ask;
  if (!rightsOf(ask.member.roles, company.model).allows(entity, 'export')) throw refuse('forbidden');
  const reach = reachOf(actorOf(caller, ask.member, ask.locale), caller.abilities, company.model);
  if (!coversPermits(reach.bounds(entity, ['export']), reach.bounds(entity, READ))) throw refuse('forbidden');
}

async function readAll(ask: CompanyAsk, entity: string, asked: ListQuery): Promise<readonly JsonRecord[]> {
  const found: JsonRecord[] = [];
  let after: ListQuery['after'] = null;
  for (;;) {
    const query: ListQuery = { ...asked, page: { number: 1, size: PORTION }, after, total: false };
    const { records, end } = await runOperation(contextOf(ask), allowed(ask, { kind: 'list', entity, query }));
    found.push(...records);
    if (records.length < PORTION || end === null) return found;
    if (found.length >= RECORDS_MAX) {
      throw refuse('too-large', { parameters: { limit: `${RECORDS_MAX}` } });
    }
    after = end;
  }
}

function streamOf(
  records: readonly JsonRecord[],
  entity: Entity,
  query: ListQuery,
  format: Format,
  locale: Locale,
): Readable {
  if (format === 'json') return Readable.from(writeJson(records), { objectMode: false });
  const fields = fieldsOf(entity, query, records[0]);
  const sheet: Sheet = {
    title: textIn(entity.labelPlural, locale),
    notes: [],
    columns: fields.map((field) => ({
      label: textIn(field.label, locale),
      align: NUMBERS.has(field.type) ? 'right' : 'left',
    })),
    rows: rowsOf(records, fields, locale),
  };
  return Readable.from(format === 'csv' ? writeCsv(sheet) : writeXlsx(sheet), { objectMode: false });
}

/** The fields that were asked for, else all of the record itself that the caller may see. Rows of lines have no cell. */
function fieldsOf(entity: Entity, { fields: names }: ListQuery, first: JsonRecord | undefined): readonly Field[] {
  const all = entity.fields.filter((field) => field.of === null);
  if (names !== null) return names.flatMap((name) => all.filter((field) => field.name === name));
  return first === undefined ? all : all.filter(({ name }) => Object.hasOwn(first, name));
}

function* rowsOf(records: readonly JsonRecord[], fields: readonly Field[], locale: Locale): Generator<SheetRow> {
  for (const record of records) {
    const titles = (record[LINK_TITLES] ?? {}) as Readonly<Record<string, Json>>;
    yield {
      cells: fields.map((field) => cellOf(field, (record[field.name] ?? null) as Json, titles[field.name], locale)),
      level: 0,
      bold: false,
    };
  }
}

function cellOf(field: Field, value: Json, title: Json | undefined, locale: Locale): SheetCell {
  if (value === null) return null;
  if (typeof title === 'string') return { kind: 'text', text: title };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (NUMBERS.has(field.type)) return { kind: 'number', text, scale: field.scale };
  if (field.type === 'date' && DATE.test(text)) return { kind: 'date', text };
  const option = field.options.find((each) => each.value === value);
  return { kind: 'text', text: option === undefined ? text : textIn(option.label, locale) };
}

/** The records as the API answers them, one on each line. */
function* writeJson(records: readonly JsonRecord[]): Generator<string> {
  let piece = '[';
  for (const [index, record] of records.entries()) {
    piece += `${index === 0 ? '\n' : ',\n'}${JSON.stringify(record)}`;
    if (index % PORTION === PORTION - 1) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n]\n`;
}
