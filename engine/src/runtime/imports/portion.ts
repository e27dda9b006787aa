import { authorize } from '../../access/authorize.ts';
import { Decimal } from '../../base/decimal.ts';
import { Refusal, refuse } from '../../base/errors.ts';
import type { Fault } from '../../base/errors.ts';
import type { Entity, Field } from '../../compiler/model.ts';
import type { Condition } from '../../metamodel/operation.ts';
import type { Outcome, Wish } from '../../records/one-by-one.ts';
import type { JsonRecord } from '../../records/stored-entity.ts';
import type { TableRow } from '../../exchange/table.ts';
import { cellValue } from './cells.ts';
import type { CellFormats } from './cells.ts';
import type { Mode } from './choices.ts';
import { textIn } from './documents.ts';
import type { Column, FileRecord } from './documents.ts';
import { find, NOBODY, SEVERAL, wordOf } from './lookups.ts';
import type { LinkLookups, Looker } from './lookups.ts';
import type { RejectedRow, RowFault } from './store.ts';
import { ID } from './targets.ts';

/** What is the same for every row of an import. */
export interface Plan {
  readonly entity: Entity;
  readonly columns: readonly Column[];
  readonly mode: Mode;
  readonly key: readonly string[];
  readonly formats: CellFormats;
}

/** A record of the file as it would be sent, with what its cells already get wrong. */
interface Draft {
  readonly record: FileRecord;
  readonly input: Record<string, unknown>;
  readonly faults: readonly Fault[];
  /** By lines field: the row of the record that each of its rows came from. */
  readonly origins: Readonly<Record<string, readonly number[]>>;
}

type Input = Record<string, unknown>;

/** What no link takes for an id, so that the field is found at fault and its column named. */
const NO_LINK = '?';
const SEPARATOR = /\s*[;\n]\s*/;

/** Reads the records of a portion; all the links they name are looked up together. */
export async function readPortion(
  plan: Plan,
  records: readonly FileRecord[],
  lookups: LinkLookups,
  looker: Looker,
  promised: ReadonlySet<string> | null,
): Promise<readonly Draft[]> {
  const links = plan.columns.filter(({ field }) => isLink(field));
  for (const { rows } of records) {
    for (const row of rows) {
      for (const column of links) {
        for (const { entity, text } of namesIn(textIn(column, row), column.field)) lookups.idOf(entity, text);
      }
    }
  }
  await lookups.load(looker);
  return records.map((record) => draftOf(plan, record, lookups, promised));
}

function isLink(field: Field): boolean {
  return field.type === 'link' || field.type === 'links' || field.type === 'dynamic-link';
}

function namesIn(text: string, field: Field): readonly { readonly entity: string; readonly text: string }[] {
  if (text === '') return [];
  if (field.type === 'dynamic-link') {
    const colon = text.indexOf(':');
    return colon < 0 ? [] : [{ entity: text.slice(0, colon).trim(), text: text.slice(colon + 1).trim() }];
  }
  const entity = field.target?.name ?? '';
  const texts = field.type === 'links' ? text.split(SEPARATOR).filter((part) => part !== '') : [text];
  return texts.map((part) => ({ entity, text: part }));
}

function draftOf(plan: Plan, record: FileRecord, lookups: LinkLookups, promised: ReadonlySet<string> | null): Draft {
  const input: Input = {};
  const faults: Fault[] = [];
  const origins: Record<string, number[]> = {};
  for (const [number, row] of record.rows.entries()) {
    const rows: Record<string, Input> = {};
    for (const column of plan.columns) {
      const { lines, field } = column;
      if (textIn(column, row) === '' || (lines === null && number > 0)) continue;
      const into = lines === null ? input : (rows[lines.name] ??= {});
      const place = lines === null ? '' : `/${lines.name}/${(origins[lines.name] ?? []).length}`;
      const complain = (fault: Omit<Fault, 'pointer'>): void =>
        void faults.push({ pointer: `${place}/${field.name}`, ...fault });
      const value = valueAt(column, row, plan, { lookups, promised, complain });
      if (value !== undefined) into[field.name] = withSign(column, value, into[field.name]);
    }
    for (const [name, values] of Object.entries(rows)) {
      ((input[name] ??= []) as Input[]).push(values);
      (origins[name] ??= []).push(number);
    }
  }
  return { record, input, faults, origins };
}

interface Reading {
  readonly lookups: LinkLookups;
  readonly promised: ReadonlySet<string> | null;
  readonly complain: (fault: Omit<Fault, 'pointer'>) => void;
}

/** What goes out is taken off what comes in; what is no number is left for its field to find at fault. */
function withSign({ isMinus, field }: Column, value: unknown, other: unknown): unknown {
  if (field.type !== 'money' || typeof value !== 'string') return value;
  const amount = Decimal.parse(value);
  if (amount === null) return value;
  const counted = isMinus ? amount.negate() : amount;
  const before = typeof other === 'string' ? Decimal.parse(other) : null;
  return before === null && !isMinus ? value : (before === null ? counted : before.add(counted)).toString();
}

/** The value of a cell as JSON; undefined where a trial links to a record that would be there by then. */
function valueAt(column: Column, row: TableRow, plan: Plan, reading: Reading): unknown {
  const { field, index, constant } = column;
  const text = textIn(column, row);
  if (!isLink(field)) {
    return cellValue(constant ?? row.cells[index] ?? '', field, plan.formats, row.plain?.has(index) === true);
  }
  const names = namesIn(text, field);
  const isPromised = (entity: string, name: string): boolean =>
    entity === plan.entity.name && reading.promised?.has(name.toLowerCase()) === true;
  const ids: string[] = [];
  for (const { entity, text: name } of names) {
    const id = reading.lookups.idOf(entity, name) ?? NOBODY;
    if (id === NOBODY && isPromised(entity, name)) continue;
    if (id === NOBODY) reading.complain({ code: 'unknown-record' });
    if (id === SEVERAL) reading.complain({ code: 'several-records', parameters: { found: name } });
    ids.push(id === NOBODY || id === SEVERAL ? NO_LINK : id);
  }
  if (field.type === 'links') return ids;
  if (field.type === 'dynamic-link') {
    return names.length === 0 ? text : ids[0] === undefined ? undefined : { entity: names[0]?.entity, id: ids[0] };
  }
  return ids[0];
}

/** Turns drafts into what is to be written: each a new record, or a change of the one with its key. */
export async function wishesOf(
  plan: Plan,
  drafts: readonly Draft[],
  looker: Looker,
  promised: ReadonlySet<string> | null,
): Promise<readonly Wish[]> {
  const known = plan.key.length === 0 ? new Map<string, Known>() : await knownRecords(plan, drafts, looker);
  const wishes: Wish[] = [];
  for (const draft of drafts) wishes.push(wishOf(plan, draft, known, looker, promised));
  return wishes;
}

type Known = JsonRecord | typeof SEVERAL;

/** The records that are there already, by their keys. */
async function knownRecords(plan: Plan, drafts: readonly Draft[], looker: Looker): Promise<ReadonlyMap<string, Known>> {
  const { entity, key } = plan;
  const valid = drafts.filter((draft) => key.every((name) => isKeyValue(plan, name, draft.input[name])));
  const known = new Map<string, Known>();
  if (valid.length === 0) return known;
  const same = (name: string, value: unknown): Condition => ({
    kind: 'compare',
    path: [name],
    operator: 'eq',
    value: value as string,
    at: '',
  });
  const [only] = key;
  const condition: Condition =
    key.length === 1 && only !== undefined
      ? {
          kind: 'compare',
          path: [only],
          operator: 'in',
          value: [...new Set(valid.map(({ input }) => input[only] as string))],
          at: '',
        }
      : {
          kind: 'or',
          of: valid.map(({ input }) => ({ kind: 'and', of: key.map((name) => same(name, input[name])) })),
        };
  const fields = key.filter((name) => name !== ID);
  for (const record of await find(looker, entity.name, { condition, fields, size: valid.length * 4 })) {
    const text = keyText(plan, record);
    known.set(text, known.has(text) ? SEVERAL : record);
  }
  return known;
}

function isKeyValue({ entity }: Plan, name: string, value: unknown): boolean {
  const field = entity.fieldByName.get(name);
  return field !== undefined && value !== undefined && value !== null && 'value' in field.fieldType.read(value, field);
}

/** The key of a record or an input, with values written as their field writes them. */
function keyText({ entity, key }: Plan, values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    key.map((name) => {
      const field = entity.fieldByName.get(name) as Field;
      const read = field.fieldType.read(values[name], field);
      const text = 'value' in read ? String(read.value) : String(values[name]);
      return text.toLowerCase();
    }),
  );
}

function wishOf(
  plan: Plan,
  draft: Draft,
  known: ReadonlyMap<string, Known>,
  looker: Looker,
  promised: ReadonlySet<string> | null,
): Wish {
  const { entity, mode, key } = plan;
  const refused = (code: string): Refusal =>
    refuse('invalid', { faults: [{ pointer: `/${key[0] ?? ''}`, code }, ...draft.faults] });
  const lacking = key.filter((name) => draft.input[name] === undefined);
  if (mode === 'update' && lacking.length > 0)
    return refuse('invalid', { faults: lacking.map((name) => ({ pointer: `/${name}`, code: 'required' })) });
  const found = key.length === 0 || lacking.length > 0 ? undefined : known.get(keyText(plan, draft.input));
  if (found === SEVERAL) return refused('several-records');
  const isTwice =
    promised !== null && key.length > 0 && lacking.length === 0 && promised.has(keyText(plan, draft.input));
  if (mode === 'create' && (found !== undefined || isTwice)) return refused('unique');
  if (mode === 'update' && found === undefined) return refused('unknown-record');
  const { [ID]: _, ...input } = draft.input;
  const { company, actor, abilities } = looker;
  try {
    return found === undefined
      ? authorize({ kind: 'create', entity: entity.name, input }, actor, abilities, company)
      : authorize(
          { kind: 'update', entity: entity.name, id: found.id, input, version: null },
          actor,
          abilities,
          company,
        );
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What later rows of a trial may count on: the key of this record, and the texts it would be found by. */
export function promisesOf(plan: Plan, { input }: Draft, naming: readonly Field[]): readonly string[] {
  const names = naming.flatMap(({ name }) => (input[name] === undefined ? [] : [wordOf(input[name])]));
  const hasKey = plan.key.length > 0 && plan.key.every((name) => input[name] !== undefined);
  return hasKey ? [...names, keyText(plan, input)] : names;
}

/** The rows of a refused record as they go back to whoever brought them, each with what is wrong with it. */
export function rejectedRowsOf(draft: Draft, refusal: Refusal): readonly RejectedRow[] {
  const faults = faultsOf(draft, refusal);
  return draft.record.rows.map(({ number, cells, plain }, index) => ({
    position: number,
    cells,
    plain: [...(plain ?? [])],
    faults: faults.filter((fault) => rowOf(fault, draft) === index),
  }));
}

function faultsOf({ faults: own }: Draft, refusal: Refusal): readonly RowFault[] {
  if (refusal.faults.length === 0) {
    return [{ pointer: '', code: refusal.code, parameters: refusal.parameters, refusal: true }, ...own];
  }
  // What the cell got wrong says more than what the field makes of it.
  const isOwn = ({ pointer }: Fault): boolean => own.some((fault) => `${pointer}/`.startsWith(`${fault.pointer}/`));
  return [...own, ...refusal.faults.filter((fault) => !isOwn(fault))];
}

/** Which row of the record a fault is about. */
function rowOf({ pointer }: Fault, { origins }: Draft): number {
  const [, lines = '', index = ''] = pointer.split('/');
  return origins[lines]?.[Number(index)] ?? 0;
}

export function isRefused(outcome: Outcome): outcome is Refusal {
  return outcome instanceof Refusal;
}
