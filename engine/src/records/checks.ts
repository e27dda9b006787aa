import { Decimal } from '../base/decimal.ts';
import type { Fault } from '../base/errors.ts';
import type { Check, Entity, Field, Rule } from '../compiler/model.ts';
import type { TypedTemplate } from '../expression/ast.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import type { EvaluationContext } from '../expression/evaluation.ts';
import { compileTemplate } from '../expression/template.ts';
import type { Locale } from '../metamodel/text.ts';
import { writeDate, writeNumber } from '../metamodel/written.ts';
import { evaluatorOf, rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import type { LinkedRecords } from './linked-records.ts';
import type { Settled } from './settle.ts';

type Frame = EvaluationContext;

/** A field with its rules as functions; rules that say nothing are left out. */
interface FieldRules {
  readonly field: Field;
  readonly required: ((frame: Frame) => boolean) | null;
  readonly readOnly: ((frame: Frame) => boolean) | null;
  readonly visible: ((frame: Frame) => boolean) | null;
  readonly linkFilter: ((frame: Frame) => boolean) | null;
  readonly isLink: boolean;
  /** Values the engine works out passed no `read`, which keeps what clients send within its limits. */
  readonly limits: ((value: unknown) => string | null) | null;
}

interface EntityRules {
  readonly fields: readonly FieldRules[];
  readonly checks: readonly CheckRule[];
}

interface CheckRule {
  readonly check: Check;
  readonly holds: (frame: Frame) => boolean;
  /** Fields of the record itself that it speaks of. */
  readonly reads: readonly string[];
}

const rules = new WeakMap<Entity, EntityRules>();

function rulesOf(entity: Entity): EntityRules {
  let known = rules.get(entity);
  if (known === undefined) {
    known = {
      fields: entity.fields.map(fieldRules).filter(saysSomething),
      checks: entity.checks.map((check) => ({
        check,
        holds: condition(check.that),
        reads: dependenciesOf(check.that).flatMap(({ frame, path: [first] }) =>
          frame === 'self' && first !== undefined ? [first.field] : [],
        ),
      })),
    };
    rules.set(entity, known);
  }
  return known;
}

function fieldRules(field: Field): FieldRules {
  return {
    field,
    // A number that nobody typed is given when the record is inserted.
    required: field.required === false || field.sequence !== null ? null : condition(field.required),
    readOnly: typeof field.readOnly === 'boolean' ? null : condition(field.readOnly),
    visible: field.visible === true ? null : condition(field.visible),
    linkFilter: field.linkFilter === null ? null : condition(field.linkFilter),
    isLink: field.type === 'link' && field.target !== null,
    limits: limitsOf(field),
  };
}

function saysSomething(each: FieldRules): boolean {
  return (
    each.required !== null || each.readOnly !== null || each.isLink || each.limits !== null || each.field.rows !== null
  );
}

function condition(rule: Rule): (frame: Frame) => boolean {
  if (typeof rule === 'boolean') return () => rule;
  const evaluate = evaluatorOf(rule);
  return (frame) => evaluate(frame) === true;
}

/** The code of the fault of a value that does not fit its column; null when the column takes every value. */
function limitsOf(field: Field): FieldRules['limits'] {
  const column = field.column === null ? null : field.fieldType.column(field);
  if (column?.kind === 'decimal') {
    const { precision, scale } = column;
    const unitsMax = 10n ** BigInt(precision);
    return (value) => {
      if (!(value instanceof Decimal)) return null;
      const { units } = value.rescale(scale);
      return units < unitsMax && units > -unitsMax ? null : 'precision';
    };
  }
  if (column?.kind === 'text') {
    const { length } = column;
    return (value) =>
      typeof value === 'string' && value.length > length && [...value].length > length ? 'too-long' : null;
  }
  return null;
}

/**
 * Adds everything that a settled record breaks to the faults: required fields, limits of computed values, numbers of
 * rows, conditions on links, read-only rules and the entity's own checks. A check that fails beside an empty field
 * waits until nothing else is wrong: what is missing may be all that it misses.
 *
 * @param before the stored record, for the rules that forbid a change; null for a new one
 */
export function checkRecord(
  entity: Entity,
  { draft, linked }: Settled,
  before: DraftRow | null,
  from: ReadFrom,
  faults: Fault[],
  at: string,
): void {
  const { globals, today, now } = from;
  const found: Found = { faults, perhaps: [], linked };
  const frame = { self: draft, parent: undefined, linked: linked.linked, globals, today, now };
  checkRow(rulesOf(entity), frame, before, found, at);
  for (const field of entity.linesFields) {
    const rules = rulesOf(field.target as Entity);
    const stored = before === null ? null : new Map(rowsOf(before, field.name).map((row) => [row['id'], row]));
    for (const [index, row] of rowsOf(draft, field.name).entries()) {
      const ofRow = { self: row, parent: draft, linked: linked.linked, globals, today, now };
      checkRow(rules, ofRow, stored?.get(row['id']) ?? null, found, `${at}/${field.name}/${index}`);
    }
  }
  if (faults.length === 0) faults.push(...found.perhaps);
}

interface Found {
  readonly faults: Fault[];
  /** Faults only if there are no others. */
  readonly perhaps: Fault[];
  readonly linked: LinkedRecords;
}

function checkRow(
  { fields, checks }: EntityRules,
  frame: Frame & { readonly self: DraftRow },
  before: DraftRow | null,
  { faults, perhaps, linked }: Found,
  at: string,
): void {
  const row = frame.self;
  for (const each of fields) {
    const fault = fieldFault(each, frame, row[each.field.name], before, linked);
    if (fault !== null) faults.push({ pointer: `${at}/${each.field.name}`, ...fault });
  }
  for (const { check, holds, reads } of checks) {
    if (holds(frame)) continue;
    const isIncomplete = reads.some((name) => (row[name] ?? null) === null);
    (isIncomplete ? perhaps : faults).push({
      pointer: check.at === null ? at : `${at}/${check.at}`,
      code: 'check',
      message: rendered(check.message, frame),
    });
  }
}

type FieldFault = { readonly code: string; readonly parameters?: Readonly<Record<string, string>> } | null;

function fieldFault(
  rules: FieldRules,
  frame: Frame,
  value: DraftRow[string],
  before: DraftRow | null,
  linked: LinkedRecords,
): FieldFault {
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
    return emptyFault(rules, frame);
  }
  const fault = valueFault(rules, value) ?? linkFault(rules, frame, value, linked);
  if (fault !== null) return fault;
  const { field, readOnly } = rules;
  if (readOnly !== null && before !== null && !sameValue(value, before[field.name])) {
    // Locking a field while changing it is as fine as unlocking it for that.
    if (readOnly(frame) && readOnly({ ...frame, self: before })) return { code: 'read-only' };
  }
  return null;
}

function emptyFault({ field, required, visible }: FieldRules, frame: Frame): FieldFault {
  const rowsMin = field.rows?.min ?? 0;
  const wanted = rowsMin > 0 || required?.(frame) === true;
  // Nobody can fill in what the form does not show.
  if (!wanted || visible?.(frame) === false) return null;
  return rowsMin > 0 ? { code: 'too-few-rows', parameters: { minimum: String(rowsMin) } } : { code: 'required' };
}

/** Whether the value fits: rows in number, computed values in size. */
function valueFault({ field, limits }: FieldRules, value: DraftRow[string]): FieldFault {
  if (field.rows !== null && Array.isArray(value)) {
    const { min, max } = field.rows;
    if (value.length < min) return { code: 'too-few-rows', parameters: { minimum: String(min) } };
    if (value.length > max) return { code: 'too-many-rows', parameters: { maximum: String(max) } };
  }
  const code = limits?.(value) ?? null;
  return code === null ? null : { code, parameters: limitParameters(field) };
}

/** Whether the linked record is there and may be chosen. */
function linkFault(
  { field, linkFilter, isLink }: FieldRules,
  frame: Frame,
  value: DraftRow[string],
  linked: LinkedRecords,
): FieldFault {
  if (!isLink || typeof value !== 'string') return null;
  const target = (field.target as Entity).name;
  if (!linked.mayExist(target, value)) return { code: 'unknown-record' };
  const self = linkFilter === null ? null : linked.linked(target, value);
  const isExcluded = self !== null && linkFilter?.({ ...frame, self, parent: frame.self }) === false;
  return isExcluded ? { code: 'link-filter' } : null;
}

function limitParameters(field: Field): Readonly<Record<string, string>> {
  return {
    precision: String(field.precision),
    scale: String(field.scale),
    maximum: String(field.maxLength),
  };
}

/** A message of the metadata in every language it has, with numbers and dates as that language writes them. */
export function rendered(message: Check['message'], frame: Frame): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [locale, template] of Object.entries(message))
    texts[locale] = messageOf(template, locale as Locale)(frame);
  return texts;
}

const messages = new WeakMap<TypedTemplate, (frame: Frame) => string>();

/** A template belongs to one language: it is kept without it. */
function messageOf(template: TypedTemplate, locale: Locale): (frame: Frame) => string {
  let write = messages.get(template);
  if (write === undefined) {
    write = compileTemplate(template, (value, type) => {
      if (value instanceof Decimal) return writeNumber(value, locale, 0);
      return type.kind === 'date' && typeof value === 'string' ? writeDate(value, locale, true) : String(value);
    });
    messages.set(template, write);
  }
  return write;
}

const renderers = new WeakMap<TypedTemplate, (frame: Frame) => string>();

/** The function of a template, made once. */
export function rendererOf(template: TypedTemplate): (frame: Frame) => string {
  let render = renderers.get(template);
  if (render === undefined) {
    render = compileTemplate(template);
    renderers.set(template, render);
  }
  return render;
}

/** Whether two values of one field are the same; an absent one is null. Rows are compared by whoever owns them. */
export function sameValue(left: DraftRow[string], right: DraftRow[string]): boolean {
  const one = left ?? null;
  const other = right ?? null;
  if (one === other) return true;
  if (one instanceof Decimal) return other instanceof Decimal && one.equals(other);
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => value === other[index]);
  }
  return false;
}
