import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Report, ReportParameter } from '../compiler/report-model.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Json } from '../metamodel/field-type.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { ReadFrom } from '../records/context.ts';
import { idsByKey } from '../records/keys.ts';
import type { Reach } from '../records/reach.ts';
import { titlesSeen } from '../records/titles.ts';
import { valueOf } from './rewrite.ts';

/** The choices of one run. */
export interface ParameterValues {
  readonly values: Readonly<Record<string, Value>>;
  /** As clients get them. */
  readonly json: Readonly<Record<string, Json>>;
  /** What people call linked records and options. */
  readonly titles: Readonly<Record<string, string>>;
}

/**
 * The values of a report's parameters, read by their types; what was not given takes its default. Throws the refusal
 * `invalid` with every wrong value at once.
 *
 * @param given texts of an address; an empty one stands for no choice
 */
export async function readReportParameters(
  from: ReadFrom,
  report: Report,
  given: Readonly<Record<string, string | undefined>>,
  { locale, reach }: { readonly locale: Locale; readonly reach: Reach },
): Promise<ParameterValues> {
  const faults: Fault[] = [];
  const values: Record<string, Value> = {};
  const json: Record<string, Json> = {};
  const titles: Record<string, string> = {};
  for (const parameter of report.parameters) {
    const { name, required } = parameter;
    const text = given[name];
    const read = text === undefined || text === '' ? await defaultOf(from, parameter) : readText(parameter, text);
    if ('code' in read) {
      faults.push({ pointer: pointerStep(name), ...read });
      continue;
    }
    const { value } = read;
    values[name] = value;
    json[name] = value === null ? null : parameter.fieldType.write(value, parameter.shape);
    if (value === null) {
      if (required) faults.push({ pointer: pointerStep(name), code: 'required' });
      continue;
    }
    const title = await titleOf(from, parameter, value, locale, reach);
    if (title === null) faults.push({ pointer: pointerStep(name), code: 'unknown-record' });
    else if (title !== '') titles[name] = title;
  }
  const { from: first, to: last } = values;
  if (typeof first === 'string' && typeof last === 'string' && last < first && isSpan(report)) {
    faults.push({ pointer: '/to', code: 'minimum', parameters: { minimum: first } });
  }
  if (faults.length > 0) throw refuse('invalid', { faults });
  return { values, json, titles };
}

function isSpan({ parameters }: Report): boolean {
  return ['from', 'to'].every((name) => parameters.some((each) => each.name === name && each.type.kind === 'date'));
}

/** What a parameter is when nothing is chosen. The default of a link is a natural key. */
export async function defaultOf(
  from: ReadFrom,
  { default: given, target }: ReportParameter,
): Promise<{ readonly value: Value }> {
  const value = given === null ? null : valueOf(given, {}, from);
  if (target === null || typeof value !== 'string') return { value };
  return { value: (await idsByKey(from, target, [value])).get(value.toLowerCase()) ?? null };
}

function readText(
  { fieldType, shape }: ReportParameter,
  text: string,
): { readonly value: Value } | { readonly code: string; readonly parameters?: Readonly<Record<string, string>> } {
  const read = fieldType.read(inputOf(shape.type, text), shape);
  if ('value' in read) return read;
  return { code: read.fault, ...(read.expected === undefined ? {} : { parameters: read.expected }) };
}

/** A text of an address as JSON would have it. */
function inputOf(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

/** The empty text where a value speaks for itself; null where there is no such record, or none that may be read. */
async function titleOf(
  from: ReadFrom,
  { shape, target }: ReportParameter,
  value: Value,
  locale: Locale,
  reach: Reach,
): Promise<string | null> {
  if (target !== null) {
    if (!reach.mayRead(target)) return null;
    const id = String(value);
    return (await titlesSeen(from, reach, target, [id])).get(id) ?? null;
  }
  const option = shape.options.find((each) => each.value === value);
  return option === undefined ? '' : textIn(option.label, locale);
}
