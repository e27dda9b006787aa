import { translateCondition } from './eval-condition.ts';
import type { ConditionField, ConditionScope } from './eval-condition.ts';
import { isYes, textOf } from './frappe-source.ts';
import type { DocField, DocType } from './frappe-source.ts';
import type { Json, JsonDocument } from './module-draft.ts';
import { FreeNames } from './names.ts';

/** A field of a DocType with what it becomes. */
export interface TakenField {
  readonly from: DocField;
  readonly name: string;
  readonly type: string;
  /** Foreign value of a choice → ours. */
  readonly options: ReadonlyMap<string, string> | null;
  /** Entity of a link or of rows. */
  readonly target: string | null;
}

/** How a type of Frappe is kept: exactly, or as near as there is. */
interface TypeRule {
  readonly type: string;
  readonly near?: string;
  readonly facts?: JsonDocument;
}

const TEXT_LENGTH = 140;

export const TYPES: Readonly<Record<string, TypeRule>> = {
  Data: { type: 'text' },
  Int: { type: 'integer' },
  'Long Int': { type: 'integer' },
  Float: { type: 'decimal' },
  Currency: { type: 'money' },
  Percent: { type: 'percent' },
  Check: { type: 'boolean' },
  Date: { type: 'date' },
  Datetime: { type: 'datetime' },
  Time: { type: 'time' },
  Duration: { type: 'duration' },
  Select: { type: 'enumeration' },
  Link: { type: 'link' },
  'Dynamic Link': { type: 'dynamic-link' },
  Table: { type: 'lines' },
  'Table MultiSelect': { type: 'links' },
  Text: { type: 'longtext' },
  'Small Text': { type: 'longtext' },
  'Long Text': { type: 'longtext' },
  'Text Editor': { type: 'richtext' },
  'HTML Editor': { type: 'richtext', near: 'Only a small part of HTML is kept' },
  'Markdown Editor': { type: 'longtext', near: 'Markdown is kept as text' },
  Code: { type: 'longtext', near: 'Code is kept as text' },
  JSON: { type: 'json' },
  Attach: { type: 'file' },
  'Attach Image': { type: 'image' },
  Signature: { type: 'image', near: 'A signature is kept as a picture' },
  Color: { type: 'color' },
  Rating: { type: 'decimal', near: 'A rating is kept as a number from 0 to 1', facts: { scale: 2, min: 0, max: 1 } },
  Password: { type: 'text', near: 'A password is kept as an encrypted text', facts: { encrypted: true } },
  Phone: { type: 'phone' },
  Barcode: { type: 'barcode' },
  Geolocation: { type: 'json', near: 'Places are kept as GeoJSON' },
  Autocomplete: { type: 'text', near: 'Suggestions while typing are not made' },
  'Read Only': { type: 'text', facts: { readOnly: true } },
  Icon: { type: 'text', near: 'An icon is kept by its name' },
};

/** What arranges a form and holds nothing. */
export const LAYOUT: ReadonlySet<string> = new Set([
  'Section Break',
  'Column Break',
  'Tab Break',
  'Fold',
  'Heading',
  'HTML',
  'Button',
  'Image',
]);

const DATA_TYPES: Readonly<Record<string, string>> = { Email: 'email', Phone: 'phone', URL: 'url', Barcode: 'barcode' };

/** The type of a field, by its own type and its options; null for what holds nothing or is unknown. */
export function ruleOf({ fieldtype, options }: DocField): TypeRule | null {
  const rule = TYPES[fieldtype];
  if (rule === undefined) return null;
  return fieldtype === 'Data' ? { type: DATA_TYPES[options.trim()] ?? 'text' } : rule;
}

/** The choices of a Select; a blank one says that none need be chosen. */
export function choicesOf(options: string): readonly string[] {
  return [...new Set(options.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

export function optionNames(choices: readonly string[]): ReadonlyMap<string, string> {
  const names = new FreeNames();
  return new Map(choices.map((choice) => [choice, names.option(choice)]));
}

/** Tells what became of a property of a field. */
export interface FieldNotes {
  taken(property: string): void;
  near(property: string, why: string): void;
  leftOut(property: string, why: string): void;
}

export interface FieldScope {
  readonly type: DocType;
  readonly fields: ReadonlyMap<string, TakenField>;
  readonly isDocument: boolean;
  readonly kind: string;
  readonly parent: ReadonlyMap<string, TakenField> | null;
  /** Fields of the entity that a link leads to, by their foreign names. */
  linked(field: TakenField): ReadonlyMap<string, TakenField> | null;
}

function conditionScope({ fields, parent, isDocument }: FieldScope): ConditionScope {
  const find =
    (among: ReadonlyMap<string, TakenField>) =>
    (name: string): ConditionField | undefined =>
      among.get(name);
  return { isDocument, field: find(fields), parent: parent === null ? null : find(parent) };
}

const LIMITED: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'percent', 'duration']);
const UNIQUE: ReadonlySet<string> = new Set([
  'text',
  'integer',
  'date',
  'datetime',
  'enumeration',
  'link',
  'email',
  'phone',
  'url',
  'barcode',
]);
const INDEXED: ReadonlySet<string> = new Set([
  ...UNIQUE,
  'decimal',
  'money',
  'percent',
  'boolean',
  'time',
  'duration',
  'dynamic-link',
  'color',
]);
const SEARCHED: ReadonlySet<string> = new Set(['text', 'longtext', 'email', 'phone', 'url', 'barcode']);
const NO_DEFAULT: ReadonlySet<string> = new Set(['lines', 'links', 'file', 'image']);

/** What a field says, in the words of the language. */
export function fieldDocument(field: TakenField, scope: FieldScope, notes: FieldNotes): JsonDocument {
  const { from, type } = field;
  const { facts } = from;
  const rule = ruleOf(from);
  const made: JsonDocument = { type };
  if (from.label !== '') made['label'] = from.label.slice(0, 2000);
  notes.taken('label');
  if (rule !== null && rule.type === type) Object.assign(made, rule.facts);
  if (type === 'enumeration') made['options'] = optionsDocument(field);
  if (type === 'link' || type === 'links') made['to'] = field.target;
  if (type === 'lines') made['of'] = field.target;
  addText(made, facts, notes);
  addNumbers(made, field, notes);
  addRules(made, field, scope, notes);
  addIndexes(made, type, facts, notes);
  addDefault(made, field, scope, notes);
  addFetch(made, field, scope, notes);
  return made;
}

function optionsDocument({ options }: TakenField): Json {
  return [...(options ?? [])].map(([label, value]) => (label === value ? value : { value, label }));
}

function addText(made: JsonDocument, facts: DocField['facts'], notes: FieldNotes): void {
  const help = textOf(facts['description'])
    .replace(/<[^>]*>/g, '')
    .trim();
  if (help !== '') made['help'] = help.slice(0, 2000);
  notes.taken('description');
  const length = Number(facts['length'] ?? 0);
  if (made['type'] === 'text') {
    const wanted = length > 0 ? Math.min(length, 1000) : TEXT_LENGTH;
    made['maxLength'] = wanted;
    if (length > 1000) notes.near('length', 'A text of one line holds at most 1000 characters');
    else notes.taken('length');
  } else if (length > 0) notes.leftOut('length', 'Only texts of one line have a length');
}

function addNumbers(made: JsonDocument, { type, from: { facts } }: TakenField, notes: FieldNotes): void {
  const precision = textOf(facts['precision']);
  if (precision !== '' && ['decimal', 'money', 'percent'].includes(type) && /^\d$/.test(precision)) {
    made['scale'] = Number(precision);
    notes.taken('precision');
  } else if (precision !== '') notes.leftOut('precision', 'The field has no digits after the point');
  if (!isYes(facts['non_negative'])) return;
  if (!LIMITED.has(type)) return notes.leftOut('non_negative', 'The field is no number');
  made['min'] = 0;
  notes.taken('non_negative');
}

function addRules(made: JsonDocument, field: TakenField, scope: FieldScope, notes: FieldNotes): void {
  const { facts } = field.from;
  const translate = (property: string, into: string): void => {
    const condition = textOf(facts[property]);
    if (condition === '') return;
    const translated = translateCondition(condition, conditionScope(scope));
    if ('why' in translated) notes.leftOut(property, translated.why);
    else {
      made[into] = translated.expression;
      notes.taken(property);
    }
  };
  if (isYes(facts['reqd'])) made['required'] = true;
  if (isYes(facts['read_only'])) made['readOnly'] = true;
  if (isYes(facts['hidden'])) {
    made['visible'] = false;
    if (made['required'] === true) delete made['required'];
  }
  for (const name of ['reqd', 'read_only', 'hidden']) notes.taken(name);
  if (isYes(facts['allow_on_submit'])) {
    if (scope.isDocument) made['allow_on_submit'] = true;
    if (scope.isDocument) notes.taken('allow_on_submit');
    else notes.leftOut('allow_on_submit', 'Only documents are submitted');
  }
  if (made['required'] !== true) translate('mandatory_depends_on', 'required');
  if (made['readOnly'] !== true) translate('read_only_depends_on', 'readOnly');
  if (made['visible'] !== false) translate('depends_on', 'visible');
}

function addIndexes(made: JsonDocument, type: string, facts: DocField['facts'], notes: FieldNotes): void {
  const flags = [
    ['unique', 'unique', UNIQUE],
    ['search_index', 'index', INDEXED],
    ['in_global_search', 'search', SEARCHED],
  ] as const;
  for (const [property, into, types] of flags) {
    if (!isYes(facts[property])) continue;
    if (made['encrypted'] === true) notes.leftOut(property, 'An encrypted field has no index');
    else if (!types.has(type)) notes.leftOut(property, `A field of the type ${type} has no such index`);
    else {
      made[into] = true;
      notes.taken(property);
    }
  }
}

function addDefault(made: JsonDocument, field: TakenField, scope: FieldScope, notes: FieldNotes): void {
  const value = textOf(field.from.facts['default']).trim();
  if (value === '') return;
  const expression = NO_DEFAULT.has(field.type) ? null : defaultExpression(value, field, scope);
  if (expression === null) notes.leftOut('default', 'The default has no counterpart');
  else {
    made['default'] = expression;
    notes.taken('default');
  }
}

const MOMENTS: Readonly<Record<string, string>> = { date: 'today()', datetime: 'now()' };
const BOOLEANS: Readonly<Record<string, string>> = { '1': 'true', true: 'true', '0': 'false', false: 'false' };
const PLAIN_NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'percent', 'quantity']);

function defaultExpression(value: string, { type, options }: TakenField, scope: FieldScope): string | null {
  const word = value.toLowerCase();
  if (options !== null) return options.has(value) ? quoted(options.get(value) ?? '') : null;
  if (type === 'boolean') return BOOLEANS[word] ?? null;
  const moment = MOMENTS[type];
  if (moment !== undefined) return word === 'now' || word === 'today' ? moment : null;
  if (PLAIN_NUMBERS.has(type)) return /^-?\d+(\.\d+)?$/.test(value) ? value : null;
  return type === 'text' || type === 'longtext' ? textDefault(value, scope) : null;
}

function textDefault(value: string, scope: FieldScope): string | null {
  if (['__user', 'user'].includes(value.toLowerCase())) return 'user.name';
  const isProgram = value.startsWith(':') || value.startsWith('eval:') || scope.fields.has(value);
  return isProgram ? null : quoted(value);
}

export function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** `customer.customer_name`: Frappe copies the value when the link is chosen; here it is worked out, or a default. */
function addFetch(made: JsonDocument, field: TakenField, scope: FieldScope, notes: FieldNotes): void {
  const path = textOf(field.from.facts['fetch_from']).trim();
  if (path === '') return;
  const [linkName = '', targetName = '', ...more] = path.split('.');
  const link = scope.fields.get(linkName);
  const target = link === undefined || link.type !== 'link' ? undefined : scope.linked(link)?.get(targetName);
  if (more.length > 0 || target === undefined || NO_DEFAULT.has(field.type)) {
    notes.leftOut('fetch_from', 'The value that is copied is not there');
    return;
  }
  const ifEmpty = isYes(field.from.facts['fetch_if_empty']) || field.type === 'link';
  delete made['default'];
  if (ifEmpty || made['readOnly'] !== true) {
    made['default'] = `${link?.name}.${target.name}`;
    notes.taken('fetch_from');
  } else {
    made['computed'] = `${link?.name}.${target.name}`;
    delete made['readOnly'];
    delete made['required'];
    notes.taken('fetch_from');
  }
  notes.taken('fetch_if_empty');
}
