import type { Column, ColumnType, Table } from '../../metamodel/column.ts';
import {
  currentTableOf,
  ENTRY_COLUMNS,
  entriesTableOf,
  foreignKeyNameOf,
  indexNameOf,
  LAST_DATE_COLUMN,
  MONTH_COLUMN,
  monthlyTableOf,
} from '../../metamodel/naming.ts';
import { toText } from '../../metamodel/text.ts';
import type { TypedModel } from '../infer.ts';
import type { KeptBalance, Ledger, Periods, Pick, Valuation } from '../ledger-model.ts';
import type { TypedLedger } from '../ledgers.ts';
import type { LinkedField } from '../linked-entity.ts';
import type { Entity, Field } from '../model.ts';
import { lowerEntity } from './entities.ts';

/** Digits of a sum: balances hold more than any single entry. */
const SUM_PRECISION = 18;

export function lowerLedgers(
  ledgers: ReadonlyMap<string, TypedLedger>,
  typed: TypedModel,
  entities: ReadonlyMap<string, Entity>,
): ReadonlyMap<string, Ledger> {
  return new Map([...ledgers].map(([name, ledger]) => [name, lowerLedger(ledger, typed, entities)]));
}

/** The tables of entries and balances, after those of the records they point to. */
export function ledgerTables(ledgers: ReadonlyMap<string, Ledger>): readonly Table[] {
  return [...ledgers.values()].flatMap((ledger) => [
    entriesTable(ledger),
    ...ledger.current.map(({ table }) => table),
    ...ledger.monthly.map(({ table }) => table),
  ]);
}

function lowerLedger(typed: TypedLedger, model: TypedModel, entities: ReadonlyMap<string, Entity>): Ledger {
  const { linked, valuation } = typed;
  const { source } = linked;
  const lowered = lowerEntity(typed.entries, model);
  const entries: Entity = { ...lowered, table: entriesTableOf(linked.name) };
  for (const { name, target } of linked.entries.fields) {
    const field = entries.fieldByName.get(name) as { -readonly [Key in keyof Field]: Field[Key] };
    if (target !== null) field.target = entities.get(target.name) as Entity;
  }
  const fieldsOf = (fields: readonly LinkedField[]): readonly Field[] =>
    fields.map(({ name }) => entries.fieldByName.get(name) as Field);
  const measures = fieldsOf(linked.measures);

  const current = new Map<string, KeptBalance>();
  const currentOf = (dimensions: readonly Field[]): KeptBalance => {
    const key = keyOf(dimensions);
    let kept = current.get(key);
    if (kept === undefined) {
      kept = { dimensions, table: currentTable(linked.name, dimensions, measures) };
      current.set(key, kept);
    }
    return kept;
  };
  const monthly = new Map(
    linked.balances.map((set) => {
      const dimensions = fieldsOf(set);
      return [keyOf(dimensions), { dimensions, table: monthlyTable(linked.name, dimensions, measures) }];
    }),
  );
  const place = (name: string | undefined): number => measures.findIndex((measure) => measure.name === name);
  const valued: Valuation | null =
    valuation === null
      ? null
      : {
          value: place(source.valuation?.value),
          by: place(source.valuation?.by),
          method: valuation.method,
          standard: valuation.standard,
          balance: currentOf(fieldsOf(linked.per)),
        };
  const guards = typed.guards.map((guard, index) => ({
    ...guard,
    balance: currentOf(fieldsOf(linked.guardedBy[index] ?? linked.dimensions)),
  }));
  const picks = typed.picks.flatMap((pick, index): Pick[] => {
    const chosen = linked.picks[index] ?? null;
    if (chosen === null) return [];
    const dimension = linked.dimensions.indexOf(chosen.dimension);
    return [
      {
        ...pick,
        dimension,
        takesEmpty: source.picks?.[index]?.empty === true,
        measure: linked.measures.indexOf(chosen.measure),
        held: currentOf(fieldsOf(linked.dimensions.filter((each) => each !== chosen.dimension))),
        balance: currentOf(fieldsOf(linked.dimensions)),
      },
    ];
  });
  return {
    name: linked.name,
    module: linked.entries.module,
    label: linked.entries.label,
    description: source.description === undefined ? null : toText(source.description),
    entries,
    dimensions: fieldsOf(linked.dimensions),
    measures,
    balanced: typed.balanced,
    checks: typed.checks,
    periods: periodsOf(typed, entities),
    valuation: valued,
    guards,
    picks,
    current: [...current.values()],
    monthly: [...monthly.values()],
    controls: typed.controls.map(({ by, ...control }) => ({
      ...control,
      by: by.map(([dimension, to]) => [entries.fieldByName.get(dimension.name) as Field, to] as const),
    })),
    needs: typed.needs,
  };
}

function periodsOf({ linked, open }: TypedLedger, entities: ReadonlyMap<string, Entity>): Periods | null {
  if (linked.periods === null || open === null) return null;
  const entity = entities.get(linked.periods.entity.name) as Entity;
  const field = ({ name }: LinkedField): Field => entity.fieldByName.get(name) as Field;
  return { entity, from: field(linked.periods.from), to: field(linked.periods.to), open };
}

/** Equal for the same set of dimensions, whatever their order. */
function keyOf(dimensions: readonly Field[]): string {
  return dimensions
    .map(({ name }) => name)
    .sort()
    .join(' ');
}

const ID: ColumnType = { kind: 'id' };

function typeOf(field: Field): ColumnType {
  return field.fieldType.column(field) as ColumnType;
}

function columnOf(field: Field): string {
  return String(field.column);
}

function entriesTable({ entries, dimensions, measures, current, monthly }: Ledger): Table {
  const name = entries.table;
  const columns: Column[] = [
    { name: ENTRY_COLUMNS.id, type: ID, nullable: false },
    { name: ENTRY_COLUMNS.voucher, type: ID, nullable: false },
    { name: ENTRY_COLUMNS.line, type: ID, nullable: true },
    { name: ENTRY_COLUMNS.rule, type: { kind: 'integer' }, nullable: false },
    { name: ENTRY_COLUMNS.date, type: { kind: 'date' }, nullable: false },
    { name: ENTRY_COLUMNS.memo, type: { kind: 'text', length: 240 }, nullable: true },
    { name: ENTRY_COLUMNS.corrects, type: ID, nullable: true },
    ...dimensions.map((field) => ({ name: columnOf(field), type: typeOf(field), nullable: true })),
    ...measures.map((field) => ({ name: columnOf(field), type: typeOf(field), nullable: false })),
  ];
  // Every kept balance is looked into by its first dimension: its entries are found by that and their date.
  const leading = new Set([...current, ...monthly].map((kept) => columnOf(kept.dimensions[0] as Field)));
  const indexed: readonly (readonly string[])[] = [
    [ENTRY_COLUMNS.voucher],
    [ENTRY_COLUMNS.line],
    [ENTRY_COLUMNS.date],
    ...[...leading].map((column) => [column, ENTRY_COLUMNS.date]),
  ];
  return {
    name,
    primaryKey: [ENTRY_COLUMNS.id],
    columns,
    indexes: indexed.map((names) => ({ name: indexNameOf(name, names, false), columns: names, unique: false })),
    foreignKeys: dimensions.flatMap((field) =>
      field.target === null
        ? []
        : [
            {
              name: foreignKeyNameOf(name, columnOf(field)),
              column: columnOf(field),
              references: field.target.table,
              onDelete: 'restrict' as const,
            },
          ],
    ),
    search: [],
  };
}

/** Dimensions of a balance are never null: an empty one is 0 or the empty text, since the key is made of them. */
function keyColumns(dimensions: readonly Field[]): readonly Column[] {
  return dimensions.map((field) => ({ name: columnOf(field), type: typeOf(field), nullable: false }));
}

function sumColumns(measures: readonly Field[]): readonly Column[] {
  return measures.map((field) => {
    const type = typeOf(field);
    return {
      name: columnOf(field),
      type: type.kind === 'decimal' ? { ...type, precision: SUM_PRECISION } : type,
      nullable: false,
    };
  });
}

function currentTable(ledger: string, dimensions: readonly Field[], measures: readonly Field[]): Table {
  const name = currentTableOf(
    ledger,
    dimensions.map((field) => field.name),
  );
  return {
    name,
    primaryKey: dimensions.map(columnOf),
    columns: [
      ...keyColumns(dimensions),
      ...sumColumns(measures),
      { name: LAST_DATE_COLUMN, type: { kind: 'date' }, nullable: false },
    ],
    indexes: [],
    foreignKeys: [],
    search: [],
  };
}

function monthlyTable(ledger: string, dimensions: readonly Field[], measures: readonly Field[]): Table {
  const name = monthlyTableOf(
    ledger,
    dimensions.map((field) => field.name),
  );
  return {
    name,
    primaryKey: [...dimensions.map(columnOf), MONTH_COLUMN],
    columns: [
      ...keyColumns(dimensions),
      { name: MONTH_COLUMN, type: { kind: 'date' }, nullable: false },
      ...sumColumns(measures),
    ],
    indexes: [],
    foreignKeys: [],
    search: [],
  };
}
