import { quoted } from '../statement.ts';
import type { ActualSchema, ActualTable } from './actual.ts';
import { createSteps, filledText, indexDescription, renameColumnSteps, renameTableSteps } from './common-steps.ts';
import { listing } from './describe.ts';
import { rebuildTexts } from './rebuild-sqlite.ts';
import type { Step } from './step.ts';
import type { TableChanges } from './table-changes.ts';
import { columnText, createIndexText, referenceText } from './table-text.ts';

/** What needs the whole table copied. */
const COPYING = ['widen-column', 'relax-column', 'require-column', 'add-foreign-key'] as const;

function columnSteps(actual: ActualTable | undefined, changes: TableChanges): readonly Step[] {
  const { table, rows, of } = changes;
  const added = of('add-column');
  const names = added.map(({ column }) => column.name);
  const copying = COPYING.flatMap((kind) => of(kind));
  if (actual !== undefined && copying.length > 0) {
    const changed = copying.map((change) =>
      change.kind === 'add-foreign-key' ? change.foreignKey.column : change.column.name,
    );
    const all = [...new Set([...names, ...changed])];
    return [
      {
        kind: 'rebuild-table',
        table,
        description: `Copy table ${table} to change ${listing(all)}.`,
        names: all,
        statements: rebuildTexts(actual, changes),
        undo: null,
        rows,
        blocks: 'writers',
      },
    ];
  }
  if (added.length === 0) return [];
  const isTied = added.some(({ foreignKey }) => foreignKey !== null);
  return [
    {
      kind: 'add-columns',
      table,
      description: `Add to ${table} ${listing(names)}.`,
      names,
      statements: added.map(({ column, foreignKey }) => {
        const reference = foreignKey === null ? '' : ` ${referenceText(foreignKey)}`;
        return `ALTER TABLE ${quoted(table)} ADD COLUMN ${columnText('sqlite', column)}${reference}`;
      }),
      // SQLite drops no column that is tied to another table.
      undo: isTied
        ? null
        : {
            unless: filledText(
              table,
              added.map(({ column }) => column),
            ),
            statements: names.map((name) => `ALTER TABLE ${quoted(table)} DROP COLUMN ${quoted(name)}`),
          },
      rows: 0,
      blocks: 'nobody',
    },
  ];
}

function indexSteps({ table, rows, of }: TableChanges): readonly Step[] {
  const added = of('add-index');
  const dropped = of('drop-index');
  if (added.length + dropped.length === 0) return [];
  const drops = (changes: typeof added | typeof dropped): readonly string[] =>
    changes.map(({ index }) => `DROP INDEX IF EXISTS ${quoted(index.name)}`);
  const adds = (changes: typeof added | typeof dropped): readonly string[] =>
    changes.map(({ index, columns }) => createIndexText(table, index, columns));
  return [
    {
      kind: 'change-indexes',
      table,
      description: indexDescription(
        table,
        added.map(({ index }) => index),
        dropped.map(({ index }) => index),
      ),
      names: [...added, ...dropped].map(({ index }) => index.name),
      statements: [...drops(dropped), ...adds(added)],
      undo: { unless: null, statements: [...drops(added), ...adds(dropped)] },
      rows: added.length > 0 ? rows : 0,
      blocks: 'writers',
    },
  ];
}

/** The steps on SQLite, which makes all of them in one transaction. */
export function stepsOnSqlite(actual: ActualSchema, tables: readonly TableChanges[]): readonly Step[] {
  const before = (changes: TableChanges): ActualTable | undefined =>
    actual.tables.get(changes.of('rename-table')[0]?.was ?? changes.table);
  return [
    ...tables.flatMap(renameTableSteps),
    ...tables.flatMap(renameColumnSteps),
    ...tables.flatMap((changes) => createSteps('sqlite', changes)),
    ...tables.flatMap((changes) => columnSteps(before(changes), changes)),
    ...tables.flatMap(indexSteps),
  ];
}
