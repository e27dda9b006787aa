import type { ForeignKey, Index } from '../../metamodel/column.ts';
import type { ActualColumn, ActualSchema, ActualTable } from './actual.ts';
import type { BlockedChange, Change } from './change.ts';
import { conversion } from './conversion.ts';
import type { BlockedReason } from './conversion.ts';
import { fitRow, rowFits } from './row-size.ts';
import { uniqueIndexFits } from './table-text.ts';
import type { WantedColumn, WantedTable } from './wanted.ts';

function blocked(table: string, column: string | null, reason: BlockedReason): BlockedChange {
  return { kind: 'blocked', table, column, reason };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((member, place) => member === b[place]);
}

/** What a new column gives to existing rows: an unticked box is no, and of everything else nothing is known. */
function addable(column: WantedColumn): WantedColumn {
  if (column.nullable || column.default !== undefined) return column;
  return column.type.kind === 'boolean' ? { ...column, default: false } : { ...column, nullable: true };
}

/** Compares one table of the database with what is wanted of it. */
class TableDifference {
  readonly changes: Change[] = [];
  readonly #actual: ActualTable;
  readonly #wanted: WantedTable;
  readonly #columns: readonly WantedColumn[];
  readonly #dialect: ActualSchema['dialect'];
  /** Former column name → new one. */
  readonly #renamed = new Map<string, string>();
  /** The wanted columns with the types they will really have. */
  readonly #resulting: WantedColumn[] = [];

  constructor(actual: ActualTable, wanted: WantedTable, dialect: ActualSchema['dialect']) {
    this.#actual = actual;
    this.#wanted = wanted;
    this.#dialect = dialect;
    this.#columns = dialect === 'mysql' ? fitRow(wanted) : wanted.columns;
  }

  compare(isRenamedFrom: (references: string, former: string) => boolean): readonly Change[] {
    const { name } = this.#wanted;
    if (this.#actual.name !== name) this.changes.push({ kind: 'rename-table', table: name, was: this.#actual.name });
    for (const column of this.#columns) this.#compareColumn(column);
    this.#relaxGoneColumns();
    if (this.#dialect === 'mysql' && !rowFits(this.#columns)) this.changes.push(blocked(name, null, 'row-too-large'));
    const key = this.#actual.primaryKey.map((column) => this.#nameNow(column));
    if (!sameList(key, this.#wanted.primaryKey)) this.changes.push(blocked(name, null, 'key-changed'));
    this.#compareIndexes();
    this.#compareForeignKeys(isRenamedFrom);
    return this.changes;
  }

  #nameNow(column: string): string {
    return this.#renamed.get(column) ?? column;
  }

  /** The column under its name, or under the one it had. */
  #find(column: WantedColumn): ActualColumn | undefined {
    const found = this.#actual.columns.get(column.name);
    if (found !== undefined || column.was === undefined) return found;
    const wantedElsewhere = this.#columns.some(({ name }) => name === column.was);
    return wantedElsewhere ? undefined : this.#actual.columns.get(column.was);
  }

  #compareColumn(column: WantedColumn): void {
    const table = this.#wanted.name;
    const actual = this.#find(column);
    if (actual === undefined) return this.#addColumn(column);
    if (actual.name !== column.name) {
      this.#renamed.set(actual.name, column.name);
      this.changes.push({ kind: 'rename-column', table, column: column.name, was: actual.name });
    }
    const { type } = actual;
    const way = conversion(type, column.type);
    if (way.kind === 'blocked' || type === null) {
      this.changes.push(blocked(table, column.name, way.kind === 'blocked' ? way.reason : 'type-unknown'));
      return;
    }
    const nullable = column.nullable || actual.nullable;
    if (way.kind === 'widen') {
      this.#resulting.push(column);
      this.changes.push({ kind: 'widen-column', table, column: { ...column, nullable }, from: type });
    } else {
      this.#resulting.push({ ...column, type });
      if (!actual.nullable && column.nullable && !this.#wanted.primaryKey.includes(column.name)) {
        this.changes.push({ kind: 'relax-column', table, column: { ...column, type } });
      }
    }
    if (!column.nullable && actual.nullable) {
      const resulting = way.kind === 'widen' ? column : { ...column, type };
      this.changes.push({ kind: 'require-column', table, column: resulting });
    }
  }

  #addColumn(column: WantedColumn): void {
    const table = this.#wanted.name;
    const added = addable(column);
    const foreignKey = this.#wanted.foreignKeys.find((key) => key.column === column.name) ?? null;
    this.#resulting.push(column);
    this.changes.push({ kind: 'add-column', table, column: added, foreignKey });
    if (added.nullable && !column.nullable) this.changes.push({ kind: 'require-column', table, column });
  }

  #relaxGoneColumns(): void {
    const wanted = new Set(this.#columns.map(({ name }) => name));
    for (const column of this.#actual.columns.values()) {
      const gone = !wanted.has(this.#nameNow(column.name));
      if (!gone || column.nullable || this.#actual.primaryKey.includes(column.name)) continue;
      const { name, type } = column;
      // Nobody but the engine made the table, so an unknown type is left to whoever changed it.
      if (type !== null) {
        this.changes.push({ kind: 'relax-column', table: this.#wanted.name, column: { name, type, nullable: true } });
      }
    }
  }

  #compareIndexes(): void {
    const { name: table, indexes } = this.#wanted;
    const columns = this.#resulting;
    const present = this.#actual.indexes.map((index) => ({
      ...index,
      columns: index.columns.map((column) => this.#nameNow(column)),
    }));
    const isSame = (a: Index, b: Index): boolean =>
      a.name === b.name && a.unique === b.unique && sameList(a.columns, b.columns);
    for (const index of indexes) {
      if (present.some((other) => isSame(other, index))) continue;
      const known = index.columns.every((column) => columns.some(({ name }) => name === column));
      // A column that is blocked has said so already.
      if (!known) continue;
      if (this.#dialect === 'mysql' && !uniqueIndexFits(index, columns)) {
        this.changes.push(blocked(table, index.columns.join(', '), 'unique-too-long'));
      } else this.changes.push({ kind: 'add-index', table, index, columns });
    }
    for (const index of present) {
      const unwanted = !indexes.some((other) => isSame(other, index));
      if (unwanted && this.#mayDrop(index)) this.changes.push({ kind: 'drop-index', table, index, columns });
    }
  }

  /** Only indexes that the engine made, told by their names, and none that MySQL needs for a foreign key. */
  #mayDrop(index: Index): boolean {
    const made = index.name.startsWith(`${this.#actual.name}__`);
    const owned = made && !this.#actual.foreignKeys.some((key) => key.name === index.name);
    const linked = this.#actual.foreignKeys.some((key) => this.#nameNow(key.column) === index.columns[0]);
    const otherwiseServed = this.#wanted.indexes.some((other) => other.columns[0] === index.columns[0]);
    return owned && (this.#dialect === 'sqlite' || !linked || otherwiseServed);
  }

  #compareForeignKeys(isRenamedFrom: (references: string, former: string) => boolean): void {
    const table = this.#wanted.name;
    for (const key of this.#wanted.foreignKeys) {
      const isAdded = this.changes.some((change) => change.kind === 'add-column' && change.column.name === key.column);
      if (isAdded) continue;
      const actual = this.#actual.foreignKeys.find((other) => this.#nameNow(other.column) === key.column);
      if (actual === undefined) {
        this.changes.push({ kind: 'add-foreign-key', table, foreignKey: key, replaces: null });
      } else if (actual.references !== key.references && !isRenamedFrom(key.references, actual.references)) {
        this.changes.push(blocked(table, key.column, 'link-retargeted'));
      } else if (actual.onDelete !== key.onDelete) {
        this.changes.push({ kind: 'add-foreign-key', table, foreignKey: key, replaces: actual });
      }
    }
  }
}

/**
 * What must change for the database to be as wanted. Empty when it is, whatever else it holds: tables and columns that
 * are not wanted stay as they are.
 */
export function diff(actual: ActualSchema, wanted: readonly WantedTable[]): readonly Change[] {
  const names = new Set(wanted.map(({ name }) => name));
  const formerNames = new Map<string, string>();
  const find = (table: WantedTable): ActualTable | undefined => {
    const found = actual.tables.get(table.name);
    if (found !== undefined || table.was === undefined || names.has(table.was)) return found;
    const former = actual.tables.get(table.was);
    if (former !== undefined) formerNames.set(table.name, table.was);
    return former;
  };
  const pairs = wanted.map((table) => ({ table, found: find(table) }));
  const isRenamedFrom = (name: string, former: string): boolean => formerNames.get(name) === former;
  return pairs.flatMap(({ table, found }) => [
    ...unknownTargets(table, (name) => names.has(name) || actual.tables.has(name)),
    ...(found === undefined
      ? creation(actual.dialect, table)
      : new TableDifference(found, table, actual.dialect).compare(isRenamedFrom)),
  ]);
}

function unknownTargets(table: WantedTable, isKnown: (name: string) => boolean): readonly Change[] {
  const isUnknown = (key: ForeignKey): boolean => !isKnown(key.references);
  return table.foreignKeys.filter(isUnknown).map((key) => blocked(table.name, key.column, 'table-unknown'));
}

function creation(dialect: ActualSchema['dialect'], table: WantedTable): readonly Change[] {
  if (dialect === 'mysql') {
    const columns = fitRow(table);
    if (!rowFits(columns)) return [blocked(table.name, null, 'row-too-large')];
    const tooLong = table.indexes.filter((index) => !uniqueIndexFits(index, columns));
    if (tooLong.length > 0) {
      return tooLong.map((index) => blocked(table.name, index.columns.join(', '), 'unique-too-long'));
    }
  }
  return [{ kind: 'create-table', table: table.name, wanted: table }];
}
