import type { ActualColumn, ActualTable } from '../../storage/schema/actual.ts';
import { readTables } from '../../storage/schema/read-tables.ts';
import type { Reader } from '../../storage/database.ts';
import { quoted, statement, table } from '../../storage/statement.ts';
import type { RawValue } from '../../storage/statement.ts';
import { writeCsv } from '../csv.ts';
import type { Sheet, SheetCell } from '../sheet.ts';
import type { Account } from './account.ts';
import { ModuleDraft } from './module-draft.ts';
import type { JsonDocument } from './module-draft.ts';
import { FreeNames, slugFrom } from './names.ts';

const MENU_MAX = 60;
const FIELDS_MAX = 150;
const TEXT_LENGTH_MAX = 1_000;
const TEXT_LENGTH = 255;
const PORTION = 1_000;
/** What no name of a statement of ours may hold. */
const UNSAFE_NAME = /[`{}\p{Cc}]/u;
const TITLES = ['name', 'title', 'label', 'description', 'code', 'number'];

/** A table with what it becomes. */
interface TakenTable {
  readonly source: ActualTable;
  readonly entity: string;
  /** Column → field. */
  readonly fields: Map<string, string>;
}

export interface DatabaseImport {
  readonly modules: readonly ModuleDraft[];
  /** Tables in an order in which each follows those that it links to. */
  readonly tables: readonly TakenTable[];
}

/** Turns the tables of a database into one module: foreign keys become links. */
export async function importDatabase(
  reader: Reader,
  name: string,
  takenSlugs: Iterable<string>,
  account: Account,
): Promise<DatabaseImport> {
  const { tables } = await readTables(reader);
  const taken = new Set(takenSlugs);
  const wanted = slugFrom(name);
  let slug = wanted;
  for (let number = 2; taken.has(slug); number += 1) slug = `${wanted}-${number}`;
  const draft = new ModuleDraft(slug);
  const names = new FreeNames();
  const found: TakenTable[] = [];
  for (const source of tables.values()) {
    if (UNSAFE_NAME.test(source.name))
      account.note(source.name, '', 'left-out', 'The name of the table cannot be kept');
    else found.push({ source, entity: names.entity(slug, source.name), fields: new Map() });
  }
  for (const each of found) addEntity(draft, each, found, account);
  if (found.length === 0) return { modules: [], tables: [] };
  draft.documents.set('module.json', {
    module: slug,
    name: slug,
    version: '1.0.0',
    category: 'imported',
    icon: 'inbox-arrow-down',
    menu: found.slice(0, MENU_MAX).map(({ entity }) => ({ entity })),
  });
  return { modules: [draft], tables: inOrder(found) };
}

function addEntity(draft: ModuleDraft, each: TakenTable, all: readonly TakenTable[], account: Account): void {
  const { source, entity, fields: names } = each;
  const fields: Record<string, JsonDocument> = {};
  const made: JsonDocument = { entity, kind: 'master', label: words(source.name), fields };
  const path = `entities/${entity}.json`;
  draft.add(path, made, { source: source.name, pointer: '' });
  account.note(source.name, '', 'approximated', 'Defaults, comments, checks and triggers of a database are not read');
  const free = new FreeNames();
  for (const column of source.columns.values()) {
    const pointer = `/${column.name}`;
    const document = fieldOf(column, source, all, (fate, why) => account.note(source.name, pointer, fate, why));
    if (document === null) continue;
    if (names.size === FIELDS_MAX) {
      account.note(source.name, pointer, 'left-out', `An entity takes at most ${FIELDS_MAX} columns`);
      continue;
    }
    const bare = document['type'] === 'link' ? column.name.replace(/_?id$/i, '') : column.name;
    const name = free.field(bare === '' ? column.name : bare, new Set());
    if (document['type'] === 'link') free.field(`${name}_id`, new Set());
    names.set(column.name, name);
    fields[name] = document;
    draft.trace(path, `/fields/${name}`, { source: source.name, pointer });
  }
  if (names.size === 0) fields['title'] = { type: 'text', label: 'Title' };
  addKeys(made, each, fields, account);
  const title = TITLES.find((name) => ['text', 'enumeration'].includes(fields[name]?.['type'] as string));
  if (title !== undefined) {
    made['title'] = `{${title}}`;
    if (fields[title]?.['type'] === 'text') fields[title]['search'] = true;
  }
}

type Tell = (fate: 'taken' | 'approximated' | 'left-out', why?: string) => void;

function fieldOf(
  column: ActualColumn,
  source: ActualTable,
  all: readonly TakenTable[],
  tell: Tell,
): JsonDocument | null {
  if (UNSAFE_NAME.test(column.name)) {
    tell('left-out', 'The name of the column cannot be kept');
    return null;
  }
  const document = linkOf(column, source, all, tell) ?? typeOf(column.declared.toLowerCase(), tell);
  if (document === null) return null;
  const label = words(column.name);
  const isRequired = !column.nullable && document['type'] !== 'boolean';
  return { ...document, label, ...(isRequired ? { required: true } : {}) };
}

function linkOf(
  column: ActualColumn,
  source: ActualTable,
  all: readonly TakenTable[],
  tell: Tell,
): JsonDocument | null {
  const key = source.foreignKeys.find((each) => each.column === column.name);
  const target = all.find((other) => other.source.name === key?.references);
  if (key === undefined || target === undefined) return null;
  tell('taken');
  return { type: 'link', to: target.entity };
}

const EXACT: readonly (readonly [RegExp, JsonDocument])[] = [
  [/^(?:tinyint\(1\)|bool)/, { type: 'boolean' }],
  [/int|^year|serial/, { type: 'integer' }],
  [/^(?:datetime|timestamp)/, { type: 'datetime' }],
  [/^date/, { type: 'date' }],
  [/^time/, { type: 'time' }],
  [/text|clob/, { type: 'longtext', maxLength: 65_535 }],
  [/^json/, { type: 'json' }],
];

/** The type of a field by how its column was declared; null for what no field holds. */
function typeOf(declared: string, tell: Tell): JsonDocument | null {
  if (/blob|binary|^bit/.test(declared)) {
    tell('left-out', 'Bytes are kept as files, not in columns');
    return null;
  }
  const number = /^(?:decimal|numeric)(?:_int)?\((\d+)(?:,\s*(\d+))?\)/.exec(declared);
  if (number !== null) {
    const [precision, scale] = [Number(number[1]), Number(number[2] ?? 0)];
    const fits = precision <= 18 && scale <= 12;
    tell(fits ? 'taken' : 'approximated', fits ? '' : 'A number has at most 18 digits, 12 of them after the point');
    return { type: 'decimal', scale: Math.min(scale, 12), precision: Math.min(precision, 18) };
  }
  const choices = /^enum\((.*)\)$/.exec(declared)?.[1];
  if (choices !== undefined) return choiceOf(choices, tell);
  const length =
    /^(?:n?var)?char(?:acter)?(?: varying)?\((\d+)\)/.exec(declared)?.[1] ?? /^n?varchar\((\d+)\)/.exec(declared)?.[1];
  if (length !== undefined) {
    tell('taken');
    const isLong = Number(length) > TEXT_LENGTH_MAX;
    return { type: isLong ? 'longtext' : 'text', maxLength: Math.min(65_535, Math.max(1, Number(length))) };
  }
  const exact = EXACT.find(([pattern]) => pattern.test(declared));
  if (exact !== undefined) {
    tell('taken');
    return { ...exact[1] };
  }
  if (/^(?:decimal|numeric|double|float|real)/.test(declared)) {
    tell('approximated', 'A binary fraction is kept as an exact number');
    return { type: 'decimal' };
  }
  tell('approximated', `A type that is not known is kept as text up to ${TEXT_LENGTH} characters`);
  return { type: 'text', maxLength: TEXT_LENGTH };
}

function choiceOf(list: string, tell: Tell): JsonDocument {
  const values = [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
  const names = new FreeNames();
  tell('taken');
  const options = values.filter((value) => value !== '').map((value) => ({ value: names.option(value), label: value }));
  return options.length === 0 ? { type: 'text', maxLength: TEXT_LENGTH } : { type: 'enumeration', options };
}

const UNIQUE: ReadonlySet<string> = new Set(['text', 'integer', 'date', 'datetime', 'enumeration', 'link']);

/** The primary key names records to people and to other tables; unique indexes stay. */
function addKeys(
  made: JsonDocument,
  { source, fields: names }: TakenTable,
  fields: Readonly<Record<string, JsonDocument>>,
  account: Account,
): void {
  const key = source.primaryKey.map((column) => names.get(column)).filter((name) => name !== undefined);
  const [only] = key;
  if (key.length === 1 && only !== undefined && UNIQUE.has(fields[only]?.['type'] as string)) {
    Object.assign(fields[only] as JsonDocument, { unique: true });
    // Numbers that a database gave may be missing in records that are made here.
    if (fields[only]?.['type'] === 'integer') delete fields[only]['required'];
    else made['key'] = [only];
  }
  for (const { columns, unique, name } of source.indexes) {
    const [column] = columns;
    const field = column === undefined ? undefined : fields[names.get(column) ?? ''];
    const canBe = field !== undefined && UNIQUE.has(field['type'] as string);
    if (columns.length !== 1 || !canBe) {
      account.note(source.name, `/indexes/${name}`, 'left-out', 'Only indexes of one column are kept');
      continue;
    }
    field[unique ? 'unique' : 'index'] = true;
    account.note(source.name, `/indexes/${name}`, 'taken');
  }
}

function words(name: string): string {
  const text = name.replaceAll(/[_-]+/g, ' ').trim();
  return text === '' ? name : (text.charAt(0).toUpperCase() + text.slice(1)).slice(0, 200);
}

function inOrder(tables: readonly TakenTable[]): readonly TakenTable[] {
  const done = new Set<string>();
  const order: TakenTable[] = [];
  const visit = (each: TakenTable): void => {
    if (done.has(each.source.name)) return;
    done.add(each.source.name);
    for (const { references } of each.source.foreignKeys) {
      const target = tables.find(({ source }) => source.name === references);
      if (target !== undefined) visit(target);
    }
    order.push(each);
  };
  tables.forEach(visit);
  return order;
}

/** The records of a table as CSV for the import of records, portion by portion. */
export async function* tableCsv(reader: Reader, { source, fields }: TakenTable): AsyncGenerator<string> {
  const columns = [...fields];
  const sheet: Sheet = {
    title: source.name,
    notes: [],
    columns: columns.map(([, field]) => ({ label: field, align: 'left' })),
    rows: [],
  };
  const [head = ''] = [...writeCsv(sheet)];
  yield head;
  if (columns.length === 0) return;
  const list = columns.map(([column]) => quoted(column)).join(', ');
  const order = source.primaryKey.length === 0 ? '' : ` ORDER BY ${source.primaryKey.map(quoted).join(', ')}`;
  const page = statement(`SELECT ${list} FROM ${table(source.name)}${order} LIMIT ${PORTION} OFFSET ?`);
  for (let offset = 0; ; offset += PORTION) {
    const rows = await reader.tuples(page, [offset]);
    const cells = rows.map((row) => ({ cells: row.map(cellOf), level: 0, bold: false }));
    yield [...writeCsv({ ...sheet, rows: cells })].join('').slice(head.length);
    if (rows.length < PORTION) return;
  }
}

function cellOf(value: RawValue): SheetCell {
  if (value === null) return null;
  return { kind: 'text', text: value instanceof Uint8Array ? '' : String(value) };
}
