import { Readable } from 'node:stream';
import { authorize } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { isAdmin } from '../access/member.ts';
import { reachOf } from '../access/reach.ts';
import { rightsOf } from '../access/rights.ts';
import { ERRORS, Refusal, refuse } from '../base/errors.ts';
import type { ErrorCode, Fault } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { writeCsv } from '../exchange/csv.ts';
import type { Sheet, SheetCell, SheetRow } from '../exchange/sheet.ts';
import { COLUMNS_MAX } from '../exchange/table.ts';
import { writeXlsx } from '../exchange/xlsx.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Engine } from '../runtime/engine.ts';
import { FILE_BYTES_MAX, FileStore } from '../runtime/files.ts';
import { MODES } from '../runtime/imports/choices.ts';
import type { ImportChoices } from '../runtime/imports/choices.ts';
import { surveyTable, textFormat } from '../runtime/imports/read-table.ts';
import {
  addImport,
  beginImport,
  cancelImport,
  findImport,
  latestImports,
  rejectedRows,
} from '../runtime/imports/store.ts';
import type { RecordImport, RejectedRow, RowFault, TableFormat } from '../runtime/imports/store.ts';
import { guessTargets, ID, targetsOf } from '../runtime/imports/targets.ts';
import type { Target } from '../runtime/imports/targets.ts';
import type { JsonObject } from './body.ts';
import { fieldView } from './field-view.ts';
import { keeping, readName } from './files.ts';
import { Input } from './input.ts';
import { faultMessage, refusalMessage } from './messages.ts';
import { readParameters } from './parameters.ts';
import { entityIn, idIn } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/imports';
/** Characters of a value that all records of a file have. */
const VALUE_LENGTH_MAX = 1000;
const CSV = 'text/csv';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** Rows of faults in one answer, and rows that are read at once for a file. */
const FAULTS = 100;
const PORTION = 1_000;
/** Rows of a workbook that goes back; one with more has to be brought as CSV. */
const WORKBOOK_ROWS_MAX = 100_000;
const ERROR = { en: 'Error', id: 'Kesalahan' } as const;

/** Takes files of records of an entity, and says what their columns seem to mean. */
export function uploadRoutes(engine: Engine): readonly Route[] {
  const store = new FileStore(engine.settings.filesFolder);
  return [member('records', 'POST /api/v1/records/:entity/import', (ask) => upload(store, ask), { body: 'bytes' })];
}

/** What becomes of files of records: try them, bring them in, and get back what was refused. */
export function importRoutes(engine: Engine): readonly Route[] {
  return [
    member('records', `GET ${BASE}`, latest),
    member('records', `GET ${BASE}/:id`, show),
    member('records', `POST ${BASE}/:id/run`, (ask) => run(engine, ask), { body: 'json' }),
    member('records', `POST ${BASE}/:id/cancel`, cancel),
    member('records', `GET ${BASE}/:id/faults`, faults),
    member('records', `GET ${BASE}/:id/rejected`, rejected),
  ];
}

/** The entity, for whoever may import, and create or change records of it. */
function importedEntity(ask: CompanyAsk, name: string): Entity {
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  const open = (kind: 'create' | 'update'): Entity =>
    authorize(
      kind === 'create' ? { kind, entity: name, input: {} } : { kind, entity: name, id: '', input: {}, version: null },
      actor,
      ask.caller.abilities,
      ask.company,
    ).entity;
  let entity: Entity;
  try {
    entity = open('create');
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'forbidden') throw error;
    entity = open('update');
  }
  if (entity.kind === 'single') throw refuse('not-found');
  // Whoever may write records one by one may not yet bring in thousands.
  if (!rightsOf(ask.member.roles, ask.company.model).allows(entity, 'import')) throw refuse('forbidden');
  return entity;
}

function targetsFor(ask: CompanyAsk, entity: Entity): readonly Target[] {
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  const view = fieldView(reachOf(actor, ask.caller.abilities, ask.company.model));
  return targetsOf(entity, (of, name, ofRow) => view.writes(of, name, ofRow ?? null));
}

async function upload(store: FileStore, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const entity = importedEntity(ask, entityIn(ask));
  const fileName = readName(ask.headers['x-file-name']);
  const named = formatOf(ask.headers['content-type'] ?? '', fileName);
  if (Number(ask.headers['content-length']) > FILE_BYTES_MAX) {
    throw refuse('too-large', { parameters: { limit: `${FILE_BYTES_MAX >> 20} MB` } });
  }
  const { entry, database } = ask.company;
  const { sha256 } = await keeping(store, entry.slug, ask);
  const path = store.pathOf(entry.slug, sha256);
  const format = named === 'csv' ? await textFormat(path) : named;
  const { sample, rows } = await surveyTable(path, format);
  const { person, abilities } = ask.caller;
  const fresh = { entity: entity.name, fileName, format, sha256, sample, rowsTotal: rows };
  const id = await database.transaction((writer) =>
    addImport(writer, { ...fresh, userId: person.id, abilities, locale: ask.locale }),
  );
  const made = (await findImport(database, id)) as RecordImport;
  return {
    status: 201,
    body: { data: viewOf(ask, entity, made) },
    headers: { Location: `${BASE}/${id}` },
  };
}

function formatOf(contentType: string, fileName: string): TableFormat {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const ending = fileName.split('.').at(-1)?.toLowerCase() ?? '';
  if (type === XLSX || ending === 'xlsx') return 'xlsx';
  if (['sta', 'mt940', '940', 'swi'].includes(ending)) return 'mt940';
  if (ending === 'xml' || ending === 'camt') return 'camt';
  if (type === CSV || ['csv', 'tsv', 'txt'].includes(ending)) return 'csv';
  throw refuse('wrong-media-type', { parameters: { expected: `${CSV}, ${XLSX}, .sta, .xml` } });
}

async function latest(ask: CompanyAsk): Promise<Answer> {
  const { entity: name } = readParameters(ask.queryText, ['entity']);
  const imports = await latestImports(ask.company.database, name ?? null, ask.caller.person.id);
  const data = imports.flatMap((found) => {
    const entity = ask.company.model.entities.get(found.entity);
    return entity === undefined ? [] : [viewOf(ask, entity, found)];
  });
  return { status: 200, body: { data } };
}

/** The import that the address names, for whoever brought it and for admins, while they may write such records. */
async function importIn(ask: CompanyAsk): Promise<{ readonly found: RecordImport; readonly entity: Entity }> {
  const id = idIn(ask);
  const found = isRowId(id) ? await findImport(ask.company.database, id) : null;
  if (found === null || (found.userId !== ask.caller.person.id && !isAdmin(ask.member))) throw refuse('not-found');
  return { found, entity: importedEntity(ask, found.entity) };
}

async function show(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { found, entity } = await importIn(ask);
  return { status: 200, body: { data: viewOf(ask, entity, found) } };
}

function viewOf(ask: CompanyAsk, entity: Entity, found: RecordImport): JsonObject {
  const targets = targetsFor(ask, entity);
  const [heading = [], ...rows] = found.sample;
  const columns = found.choices?.columns ?? guessTargets(heading, targets);
  const key = found.choices?.key ?? guessKey(entity, columns);
  return {
    id: found.id,
    entity: found.entity,
    file_name: found.fileName,
    state: found.state,
    trial: found.isTrial,
    columns: heading.map((name, index) => ({
      name,
      sample: rows.map((cells) => cells[index] ?? ''),
      target: columns[index] ?? null,
    })),
    targets: targets.map((target) => targetView(target, ask.locale)),
    values: found.choices?.values ?? {},
    mode: found.choices?.mode ?? 'create',
    key,
    decimal: found.choices?.decimal ?? '.',
    date: found.choices?.date ?? 'ymd',
    rows: found.rowsTotal,
    position: found.position,
    created: found.created,
    updated: found.updated,
    rejected: found.rejected,
    failure: found.failure === null ? null : failureText(found.failure, ask.locale),
    created_at: found.createdAt,
    updated_at: found.updatedAt,
  };
}

function targetView({ path, field, lines, isMinus }: Target, locale: Locale): JsonObject {
  const name = textIn(field.label, locale);
  const label = isMinus ? `${name} (−)` : name;
  return {
    path,
    label: lines === null ? label : `${textIn(lines.label, locale)} / ${label}`,
    type: field.type,
    required: !isMinus && field.required === true && field.default === null && field.sequence === null,
    key: lines === null && !isMinus && isKeyField(field),
  };
}

/** Whether records can be known again by a field. */
function isKeyField(field: Field): boolean {
  const { operators } = field.fieldType;
  const isStored = field.column !== null && !field.encrypted;
  return field.name === ID || (isStored && operators.includes('eq') && operators.includes('in'));
}

function guessKey(entity: Entity, columns: readonly (string | null)[]): readonly string[] {
  if (columns.includes(ID)) return [ID];
  const names = entity.key.filter(isKeyField).map(({ name }) => name);
  return names.length > 0 && names.every((name) => columns.includes(name)) ? names : [];
}

function failureText({ code, parameters }: NonNullable<RecordImport['failure']>, locale: Locale): string {
  return refusalMessage(refuse(code in ERRORS ? (code as ErrorCode) : 'defect', { parameters }), locale);
}

async function run(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { found, entity } = await importIn(ask);
  const { choices, isTrial } = readChoices(ask, entity, found);
  const { database, entry } = ask.company;
  const { person, abilities } = ask.caller;
  const begun = await database.transaction((writer) =>
    beginImport(writer, found.id, { choices, isTrial, userId: person.id, abilities, locale: ask.locale }),
  );
  if (!begun) throw refuse('conflict');
  engine.importer.start(entry.id, found.id);
  return { status: 202, body: { data: viewOf(ask, entity, (await findImport(database, found.id)) ?? found) } };
}

function readChoices(
  ask: CompanyAsk,
  entity: Entity,
  { sample }: RecordImport,
): { readonly choices: ImportChoices; readonly isTrial: boolean } {
  const body = ask.body as JsonObject;
  const input = new Input(body);
  const mode = input.choice('mode', MODES) ?? 'create';
  const decimal = input.choice('decimal', ['.', ','] as const) ?? '.';
  const date = input.choice('date', ['ymd', 'dmy', 'mdy'] as const) ?? 'ymd';
  const isTrial = input.flag('trial', false);
  const targets = new Map(targetsFor(ask, entity).map((target) => [target.path, target]));
  const faults: Fault[] = [];
  const columns = input.has('columns') ? readColumns(body['columns'], targets, sample[0]?.length ?? 0, faults) : [];
  if (faults.length === 0 && columns.every((path) => path === null)) input.fault('columns', 'required');
  const values = input.has('values') ? readValues(body['values'], targets, columns, faults) : {};
  const named = input.texts('key', 10, (path) => isUsableKey(path, targets, columns), 'unknown-field');
  const key = named ?? guessKey(entity, columns);
  if (mode !== 'create' && key.length === 0) input.fault('key', 'required');
  input.finish(faults);
  return { choices: { columns, values, mode, key, decimal, date }, isTrial };
}

function isUsableKey(path: string, targets: ReadonlyMap<string, Target>, columns: readonly (string | null)[]): boolean {
  const target = targets.get(path);
  return target !== undefined && target.lines === null && isKeyField(target.field) && columns.includes(path);
}

function readColumns(
  value: unknown,
  targets: ReadonlyMap<string, Target>,
  countMax: number,
  faults: Fault[],
): readonly (string | null)[] {
  const pointer = '/columns';
  if (!Array.isArray(value)) {
    faults.push({ pointer, code: 'type', parameters: { expected: 'array' } });
    return [];
  }
  if (value.length > Math.min(countMax, COLUMNS_MAX)) {
    faults.push({ pointer, code: 'too-many', parameters: { maximum: String(countMax) } });
    return [];
  }
  const columns: (string | null)[] = [];
  for (const [index, path] of (value as readonly unknown[]).entries()) {
    const at = `${pointer}/${index}`;
    const target = typeof path === 'string' ? targets.get(path) : undefined;
    if (target === undefined && path !== null)
      faults.push({ pointer: at, code: 'unknown-field', parameters: { name: typeof path === 'string' ? path : '' } });
    else if (target !== undefined && columns.includes(target.path))
      faults.push({ pointer: at, code: 'duplicate', parameters: { found: target.path } });
    columns.push(target?.path ?? null);
  }
  return columns;
}

/** What every record has of fields that no column brings. */
function readValues(
  given: unknown,
  targets: ReadonlyMap<string, Target>,
  columns: readonly (string | null)[],
  faults: Fault[],
): Readonly<Record<string, string>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    faults.push({ pointer: '/values', code: 'type', parameters: { expected: 'object' } });
    return {};
  }
  const values: Record<string, string> = {};
  for (const [path, value] of Object.entries(given)) {
    const pointer = `/values${pointerStep(path)}`;
    const target = targets.get(path);
    if (target === undefined || target.lines !== null || target.isMinus || path === ID) {
      faults.push({ pointer, code: 'unknown-field', parameters: { name: path } });
    } else if (columns.includes(path)) faults.push({ pointer, code: 'duplicate', parameters: { found: path } });
    else if (typeof value !== 'string') faults.push({ pointer, code: 'type', parameters: { expected: 'text' } });
    else if (value.length > VALUE_LENGTH_MAX) {
      faults.push({ pointer, code: 'too-long', parameters: { maximum: String(VALUE_LENGTH_MAX) } });
    } else if (value.trim() !== '') values[path] = value;
  }
  return values;
}

async function cancel(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { found, entity } = await importIn(ask);
  const { database } = ask.company;
  if (!(await database.transaction((writer) => cancelImport(writer, found.id)))) throw refuse('conflict');
  return { status: 200, body: { data: viewOf(ask, entity, (await findImport(database, found.id)) ?? found) } };
}

async function faults(ask: CompanyAsk): Promise<Answer> {
  const { after = '0' } = readParameters(ask.queryText, ['after']);
  if (!/^\d{1,9}$/.test(after)) throw refuse('malformed-query', { faults: [{ pointer: '/after', code: 'whole' }] });
  const { found } = await importIn(ask);
  const rows = await rejectedRows(ask.company.database, found.id, {
    after: Number(after),
    count: FAULTS,
    withFaults: true,
  });
  const data = rows.flatMap(({ position, faults: of }) =>
    of.map((fault) => ({
      row: position,
      column: columnOf(fault, found),
      pointer: fault.pointer,
      code: fault.code,
      message: messageOf(fault, ask.locale),
    })),
  );
  return { status: 200, body: { data } };
}

function messageOf(fault: RowFault, locale: Locale): string {
  if (fault.refusal === undefined) return faultMessage(fault, locale);
  return refusalMessage(refuse(fault.code as ErrorCode, { parameters: fault.parameters ?? {} }), locale);
}

/** The heading of the column that a fault is about. */
function columnOf({ pointer }: Fault, { choices, sample }: RecordImport): string | null {
  const steps = pointer.split('/').slice(1);
  const isIndex = /^\d+$/.test(steps[1] ?? '');
  const path = isIndex && steps[2] !== undefined ? `${steps[0]}.${steps[2]}` : steps[0];
  const index = choices?.columns.findIndex((column) => column === path) ?? -1;
  return index < 0 ? null : (sample[0]?.[index] ?? null);
}

async function rejected(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { found } = await importIn(ask);
  const isCsv = found.format !== 'xlsx';
  const stream = isCsv ? rejectedCsv(ask, found) : writeXlsx(await rejectedSheet(ask, found));
  const name = `${found.entity}-rejected-${found.id}.${isCsv ? 'csv' : 'xlsx'}`;
  return {
    status: 200,
    stream: Readable.from(stream, { objectMode: false }),
    headers: {
      'Content-Type': isCsv ? `${CSV}; charset=utf-8` : XLSX,
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
  };
}

function emptySheet({ sample, fileName }: RecordImport, locale: Locale): Sheet {
  const heading = [...(sample[0] ?? []), ERROR[locale]];
  return { title: fileName, notes: [], columns: heading.map((label) => ({ label, align: 'left' })), rows: [] };
}

async function* rejectedCsv(ask: CompanyAsk, found: RecordImport): AsyncGenerator<string> {
  const sheet = emptySheet(found, ask.locale);
  const [head = ''] = [...writeCsv(sheet)];
  yield head;
  for await (const rows of rejectedPortions(ask, found)) {
    const text = [...writeCsv({ ...sheet, rows: rows.map((row) => sheetRow(row, found, ask.locale)) })].join('');
    yield text.slice(head.length);
  }
}

async function rejectedSheet(ask: CompanyAsk, found: RecordImport): Promise<Sheet> {
  const rows: SheetRow[] = [];
  for await (const portion of rejectedPortions(ask, found)) {
    for (const row of portion) rows.push(sheetRow(row, found, ask.locale));
    if (rows.length > WORKBOOK_ROWS_MAX)
      throw refuse('too-large', { parameters: { limit: `${WORKBOOK_ROWS_MAX} rows` } });
  }
  return { ...emptySheet(found, ask.locale), rows };
}

async function* rejectedPortions(ask: CompanyAsk, { id }: RecordImport): AsyncGenerator<readonly RejectedRow[]> {
  for (let after = 0; ;) {
    const rows = await rejectedRows(ask.company.database, id, { after, count: PORTION, withFaults: false });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.position;
  }
}

function sheetRow({ cells, plain, faults: of }: RejectedRow, found: RecordImport, locale: Locale): SheetRow {
  const width = found.sample[0]?.length ?? 0;
  const own = Array.from({ length: width }, (_, index) => sheetCell(cells[index] ?? '', plain.includes(index)));
  const error = of
    .map((fault) => [columnOf(fault, found), messageOf(fault, locale)].filter((part) => part !== null).join(': '))
    .join('; ');
  return { cells: [...own, { kind: 'text', text: error }], level: 0, bold: false };
}

function sheetCell(text: string, isPlain: boolean): SheetCell {
  if (text === '') return null;
  if (isPlain && /^-?\d+(\.\d+)?$/.test(text)) return { kind: 'number', text, scale: null };
  return isPlain && /^\d{4}-\d{2}-\d{2}$/.test(text) ? { kind: 'date', text } : { kind: 'text', text };
}
