import { quoted, table as tableName } from '../statement.ts';
import { createSteps, filledText, indexDescription, renameColumnSteps, renameTableSteps } from './common-steps.ts';
import { listing } from './describe.ts';
import type { Step } from './step.ts';
import type { TableChanges } from './table-changes.ts';
import { columnText, foreignKeyClause, indexClause } from './table-text.ts';

function alter(table: string, clauses: readonly string[]): string {
  return `ALTER TABLE ${tableName(table)} ${clauses.join(', ')}`;
}

function addColumnSteps({ table, of }: TableChanges): readonly Step[] {
  const added = of('add-column');
  if (added.length === 0) return [];
  const columns = added.map(({ column }) => column);
  const keys = added.map(({ foreignKey }) => foreignKey).filter((key) => key !== null);
  return [
    {
      kind: 'add-columns',
      table,
      description: `Add to ${table} ${listing(columns.map(({ name }) => name))}.`,
      names: columns.map(({ name }) => name),
      statements: [
        alter(table, [
          ...columns.map((column) => `ADD COLUMN ${columnText('mysql', column)}`),
          ...keys.map((key) => `ADD ${foreignKeyClause(key)}`),
        ]),
      ],
      undo: {
        unless: filledText(table, columns),
        statements: [
          alter(table, [
            ...keys.map((key) => `DROP FOREIGN KEY ${quoted(key.name)}`),
            ...columns.map(({ name }) => `DROP COLUMN ${quoted(name)}`),
          ]),
        ],
      },
      rows: 0,
      blocks: 'nobody',
    },
  ];
}

/** One statement for all columns of a table: each one alone would copy it again. */
function changeColumnSteps({ table, rows, of }: TableChanges): readonly Step[] {
  const widened = of('widen-column').map(({ column }) => column);
  const relaxed = of('relax-column').map(({ column }) => ({ ...column, nullable: true }));
  const required = of('require-column').map(({ column }) => column);
  const changed = new Map([...widened, ...relaxed, ...required].map((column) => [column.name, column]));
  if (changed.size === 0) return [];
  return [
    {
      kind: 'change-columns',
      table,
      description: `Change in ${table} the columns ${listing([...changed.keys()])}.`,
      names: [...changed.keys()],
      statements: [
        alter(
          table,
          [...changed.values()].map((column) => `MODIFY COLUMN ${columnText('mysql', column)}`),
        ),
      ],
      undo: null,
      rows,
      blocks: 'writers',
    },
  ];
}

/** Built while others read and write; a server that could not would refuse rather than make them wait. */
const ONLINE = ['ALGORITHM=INPLACE', 'LOCK=NONE'];

function indexSteps({ table, rows, of }: TableChanges): readonly Step[] {
  const added = of('add-index');
  const dropped = of('drop-index');
  if (added.length + dropped.length === 0) return [];
  const drops = (changes: typeof added | typeof dropped): readonly string[] =>
    changes.map(({ index }) => `DROP INDEX ${quoted(index.name)}`);
  const adds = (changes: typeof added | typeof dropped): readonly string[] =>
    changes.map(({ index, columns }) => `ADD ${indexClause(index, columns)}`);
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
      statements: [alter(table, [...drops(dropped), ...adds(added), ...ONLINE])],
      undo: { unless: null, statements: [alter(table, [...drops(added), ...adds(dropped), ...ONLINE])] },
      rows: added.length > 0 ? rows : 0,
      blocks: 'nobody',
    },
  ];
}

function foreignKeySteps({ table, of }: TableChanges): readonly Step[] {
  const keys = of('add-foreign-key');
  if (keys.length === 0) return [];
  const replaced = keys.map(({ replaces }) => replaces).filter((key) => key !== null);
  return [
    {
      kind: 'add-foreign-keys',
      table,
      description: `Tie in ${table} ${listing(keys.map(({ foreignKey }) => `${foreignKey.column} to ${foreignKey.references}`))}.`,
      names: keys.map(({ foreignKey }) => foreignKey.name),
      statements: [
        ...replaced.map((key) => alter(table, [`DROP FOREIGN KEY ${quoted(key.name)}`])),
        ...keys.map(({ foreignKey }) => alter(table, [`ADD ${foreignKeyClause(foreignKey)}`])),
      ],
      undo:
        replaced.length > 0
          ? null
          : {
              unless: null,
              statements: [
                alter(
                  table,
                  keys.map(({ foreignKey }) => `DROP FOREIGN KEY ${quoted(foreignKey.name)}`),
                ),
              ],
            },
      rows: 0,
      blocks: 'writers',
    },
  ];
}

/**
 * The steps on MySQL, which commits each by itself: first what only adds, so that the model in service is not disturbed,
 * then what ties rows together. Foreign keys are not checked meanwhile (see apply.ts), so tables that link to each
 * other are created in any order, and adding a key does not copy its table.
 */
export function stepsOnMysql(tables: readonly TableChanges[]): readonly Step[] {
  return [
    ...tables.flatMap(renameTableSteps),
    ...tables.flatMap(renameColumnSteps),
    ...tables.flatMap((changes) => createSteps('mysql', changes)),
    ...tables.flatMap(addColumnSteps),
    ...tables.flatMap(changeColumnSteps),
    ...tables.flatMap(indexSteps),
    ...tables.flatMap(foreignKeySteps),
  ];
}
