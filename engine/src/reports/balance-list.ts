import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Field } from '../compiler/model.ts';
import { nearestName } from '../expression/nearest.ts';
import type { TypedExpression } from '../expression/ast.ts';
import { isDate } from '../expression/calendar.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Json } from '../metamodel/field-type.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import type { ReadFrom } from '../records/context.ts';
import { READ } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { LINK_TITLES } from '../records/titles.ts';
import { titleIn, wantTitle } from './entry-list.ts';
import { readGroups } from './groups.ts';
import type { Group } from './group-query.ts';
import { LeafList } from './leaves.ts';
import { compareValues, Naming } from './naming.ts';
import { both, compared } from './rewrite.ts';

/** Balances that one answer holds. */
const BALANCES_MAX = 10_000;

export interface BalanceAsk {
  /** The last day that counts; null for all. */
  readonly at: string | null;
  /** Dimensions that balances are told apart by. */
  readonly by: readonly string[];
  /** Values that dimensions must have, by their names, as texts of an address. */
  readonly only: Readonly<Record<string, string>>;
  /** Whether balances of nothing but zeros are told too. */
  readonly zeros: boolean;
}

export interface BalanceAnswer {
  readonly balances: readonly Readonly<Record<string, Json>>[];
  readonly truncated: boolean;
}

/**
 * The balances of a ledger at a date, from the balances kept for each month where these hold the dimensions asked for.
 * Throws the refusal `malformed-query` with every unknown dimension and wrong value at once.
 */
export async function listBalances(
  from: ReadFrom,
  ledger: Ledger,
  { actor, reach }: Authorized<OperationOf<'list'>>,
  ask: BalanceAsk,
): Promise<BalanceAnswer> {
  const faults: Fault[] = [];
  const dimensions = ask.by.flatMap((name) => dimensionNamed(ledger, name, '/by', faults) ?? []);
  const where = conditionOf(ledger, ask, faults);
  if (faults.length > 0) throw refuse('malformed-query', { faults });

  const leaves = new LeafList();
  for (const measure of ledger.measures) {
    const value: TypedExpression = {
      node: 'row-path',
      path: [{ entity: ledger.name, field: measure.name, kind: 'field' }],
      type: measure.fieldType.valueType(measure),
    };
    leaves.figure(
      { node: 'aggregate', aggregate: 'sum', rows: { frame: 'group', entity: ledger.name }, value, type: value.type },
      null,
      0,
    );
  }
  const { groups, truncated } = await readGroups(from, {
    rows: { ledger, entity: ledger.entries, each: null },
    where,
    keys: dimensions.map((field) => ({ value: pathTo(ledger, field), isDetail: false })),
    leaves: leaves.leaves,
    detailFrom: null,
    order: dimensions.map((_, key) => ({ by: { key }, descending: false })),
    limit: BALANCES_MAX,
    sight: { reach, bounds: reach.bounds(ledger.entries, READ) },
    mayUseKept: true,
    besides: [],
  });
  const shown = ask.zeros ? groups : groups.filter(({ leaves: amounts }) => !amounts.every(isNothing));
  return { balances: await written(from, ledger, dimensions, shown, { locale: actor.locale, reach }), truncated };
}

async function written(
  from: ReadFrom,
  ledger: Ledger,
  dimensions: readonly Field[],
  groups: readonly Group[],
  { locale, reach }: { readonly locale: Locale; readonly reach: Reach },
): Promise<readonly Readonly<Record<string, Json>>[]> {
  const naming = new Naming(from, locale, reach);
  const rows = groups.map(({ keys, leaves }) => {
    const values: Record<string, Json> = {};
    for (const [index, field] of dimensions.entries()) {
      const value = keys[index] ?? null;
      values[field.name] = value === null ? null : field.fieldType.write(value, field);
      wantTitle(naming, field, values[field.name] ?? null);
    }
    for (const [index, measure] of ledger.measures.entries()) {
      const amount = leaves[index];
      values[measure.name] = (amount instanceof Decimal ? amount : Decimal.zero).toFixed(measure.scale);
    }
    return values;
  });
  await naming.load();
  const titled = rows.map((values) => {
    const titles: Record<string, string> = {};
    for (const field of dimensions) {
      const title = titleIn(naming, field, values[field.name] ?? null);
      if (title !== null) titles[field.name] = title;
    }
    return { ...values, [LINK_TITLES]: titles };
  });
  const order = (row: (typeof titled)[number], name: string): Value => {
    const value = (row as Readonly<Record<string, Json>>)[name] ?? null;
    return (
      row[LINK_TITLES][name] ?? (typeof value === 'string' ? value : value === null ? null : JSON.stringify(value))
    );
  };
  return titled.sort((one, other) => {
    for (const { name } of dimensions) {
      const found = compareValues(order(one, name), order(other, name), locale);
      if (found !== 0) return found;
    }
    return 0;
  });
}

function isNothing(value: Value): boolean {
  return value === null || (value instanceof Decimal && value.isZero());
}

function dimensionNamed(ledger: Ledger, name: string, pointer: string, faults: Fault[]): Field | null {
  const field = ledger.dimensions.find((each) => each.name === name);
  if (field !== undefined) return field;
  const nearest = nearestName(
    name,
    ledger.dimensions.map((each) => each.name),
  );
  faults.push({ pointer, code: 'unknown-field', parameters: { name, ...(nearest === undefined ? {} : { nearest }) } });
  return null;
}

function conditionOf(ledger: Ledger, { at, only }: BalanceAsk, faults: Fault[]): TypedExpression | null {
  let where: TypedExpression | null = null;
  if (at !== null) {
    if (!isDate(at)) faults.push({ pointer: '/at', code: 'date' });
    const type = { kind: 'date' } as const;
    const date: TypedExpression = {
      node: 'path',
      frame: 'self',
      path: [{ entity: ledger.name, field: ENTRY_COLUMNS.date, kind: 'field' }],
      type,
    };
    where = compared(date, '<=', { node: 'literal', type, value: at });
  }
  for (const [name, text] of Object.entries(only)) {
    const pointer = pointerStep(name);
    const field = dimensionNamed(ledger, name, pointer, faults);
    if (field === null) continue;
    const read = text === '' ? { value: null } : field.fieldType.read(text, field);
    if (!('value' in read)) {
      faults.push({ pointer, code: read.fault, ...(read.expected === undefined ? {} : { parameters: read.expected }) });
      continue;
    }
    const path = pathTo(ledger, field);
    const value = read.value === null ? null : String(read.value);
    where = both(
      where,
      compared(path, '==', { node: 'literal', type: value === null ? { kind: 'null' } : path.type, value }),
    );
  }
  return where;
}

function pathTo(ledger: Ledger, field: Field): TypedExpression {
  const type = field.fieldType.valueType(field);
  return { node: 'path', frame: 'self', path: [{ entity: ledger.name, field: field.name, kind: 'field' }], type };
}
