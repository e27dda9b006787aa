import type { Entity, Field } from '../compiler/model.ts';
import type { ReportRows } from '../compiler/report-model.ts';
import { DOCUMENT_NAME, LINE_NAME, OWNER_NAME } from '../compiler/reports.ts';
import type { PathStep } from '../expression/ast.ts';
import type { SqlColumn, SqlRows, SqlTarget } from '../expression/sql/index.ts';
import { ENTRY_COLUMNS, LINE_COLUMNS } from '../metamodel/naming.ts';
import { PathJoins } from '../records/path-joins.ts';
import type { JoinGate } from '../records/path-joins.ts';
import type { Dialect } from '../storage/database.ts';
import { quoted, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';

/** Always the document that an entry comes from, also where a dimension of the ledger is called so. */
export const ENTRY_DOCUMENT = '@document';

const ID_TYPE = { kind: 'id' } as const;
/** The longest entity name, a colon and the longest id. */
const DOCUMENT_TYPE = { kind: 'text', length: 80 } as const;

/** The entity of the rows: the record, the entry, or the row that a record owns. */
export function rowEntityOf({ entity, each }: ReportRows): Entity {
  return each === null ? entity : (each.target as Entity);
}

/** How the expressions of a report reach the tables of its statement, whose rows are called `t`. */
export class RowTarget implements SqlTarget {
  readonly #rows: ReportRows;
  readonly #dialect: Dialect;
  readonly #joins: PathJoins;
  #voucher = false;
  #subqueries = 0;

  /** @param gate what of the records behind links is seen; null for all */
  constructor(rows: ReportRows, dialect: Dialect, gate: JoinGate | null = null) {
    this.#rows = rows;
    this.#dialect = dialect;
    this.#joins = new PathJoins(rowEntityOf(rows), 't', dialect, gate);
  }

  /** The record or entry, or the record that owns the row. */
  get record(): PathJoins {
    return this.#rows.each === null ? this.#joins : this.#owner();
  }

  /** What the joins bind. */
  get bindings(): readonly Binding[] {
    return this.#joins.bindings;
  }

  /** The joins behind the rows; asked for after every expression. */
  get joins(): string {
    const voucher = this.#voucher
      ? ` LEFT JOIN ${table('rk_voucher')} voucher ON voucher.id = t.${quoted(ENTRY_COLUMNS.voucher)}`
      : '';
    return this.#joins.text + voucher;
  }

  column(frame: 'self' | 'parent', path: readonly PathStep[]): SqlColumn {
    const names = path.map(({ field }) => field);
    return frame === 'parent' ? this.#ofOwner(names) : this.#ofRow(names);
  }

  rows(source: Parameters<SqlTarget['rows']>[0]): SqlRows {
    if (source.frame === 'group') return { column: (path) => this.column('self', path), source: () => '' };
    const { frame, step } = source;
    const holder = frame === 'parent' ? this.#owner() : this.#joins;
    const field = holder.entity.fieldByName.get(step.field) as Field;
    this.#subqueries += 1;
    const joins = new PathJoins(field.target as Entity, `s${this.#subqueries}`, this.#dialect);
    return {
      column: (path) => {
        const { sql, column } = joins.follow(path.map((each) => each.field));
        return { sql, type: column.type };
      },
      source: () =>
        `FROM ${table(joins.entity.table)} ${joins.alias}${joins.text} ` +
        `WHERE ${joins.alias}.${quoted(LINE_COLUMNS.parent)} = ${holder.alias}.${quoted('id')}`,
    };
  }

  #ofRow(names: readonly string[]): SqlColumn {
    const [name = '', ...rest] = names;
    const { ledger, each } = this.#rows;
    if (ledger !== null && this.#isExtra(name)) return this.#ofEntry(name);
    if (each !== null && name === OWNER_NAME) {
      if (rest.length > 0) return this.#ofOwner(rest);
      return { sql: `t.${quoted(LINE_COLUMNS.parent)}`, type: ID_TYPE };
    }
    return reached(this.#joins, names);
  }

  #isExtra(name: string): boolean {
    if (name === ENTRY_DOCUMENT) return true;
    return (name === DOCUMENT_NAME || name === LINE_NAME) && !this.#joins.entity.fieldByName.has(name);
  }

  #ofEntry(name: string): SqlColumn {
    if (name === LINE_NAME) return { sql: `t.${quoted(ENTRY_COLUMNS.line)}`, type: ID_TYPE };
    this.#voucher = true;
    const text =
      this.#dialect === 'sqlite'
        ? "(voucher.entity || ':' || voucher.record_id)"
        : "CONCAT(voucher.entity, ':', voucher.record_id)";
    return { sql: text, type: DOCUMENT_TYPE };
  }

  #ofOwner(names: readonly string[]): SqlColumn {
    return reached(this.#owner(), names);
  }

  /** The record that owns the rows. */
  #owner(): PathJoins {
    const { entity, each } = this.#rows;
    const link = { ...(each as Field), name: OWNER_NAME, column: LINE_COLUMNS.parent, target: entity };
    return this.#joins.through(link, false);
  }
}

function reached(joins: PathJoins, names: readonly string[]): SqlColumn {
  const { sql, column } = joins.follow(names);
  return { sql, type: column.type };
}
