import type { ActualSchema } from './actual.ts';
import type { Change } from './change.ts';

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>;

/** The changes of one table, by kind. */
export interface TableChanges {
  readonly table: string;
  /** About how many rows the table has. */
  readonly rows: number;
  /** What another table, called so before, is called now. */
  tableNow(former: string): string;
  of<Kind extends Change['kind']>(kind: Kind): readonly ChangeOf<Kind>[];
}

/** The changes by table, in the order the tables first come up. */
export function changesByTable(actual: ActualSchema, changes: readonly Change[]): readonly TableChanges[] {
  const tables = new Map<string, Change[]>();
  for (const change of changes) {
    const known = tables.get(change.table);
    if (known === undefined) tables.set(change.table, [change]);
    else known.push(change);
  }
  const renamedTables = new Map(
    changes.flatMap((change) => (change.kind === 'rename-table' ? [[change.was, change.table] as const] : [])),
  );
  const tableNow = (former: string): string => renamedTables.get(former) ?? former;
  return [...tables].map(([table, own]) => {
    const renamed = own.find((change) => change.kind === 'rename-table');
    const of = <Kind extends Change['kind']>(kind: Kind): readonly ChangeOf<Kind>[] =>
      own.filter((change): change is ChangeOf<Kind> => change.kind === kind);
    return { table, rows: actual.tables.get(renamed?.was ?? table)?.rows ?? 0, tableNow, of };
  });
}
