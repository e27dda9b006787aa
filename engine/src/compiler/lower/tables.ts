import type { Column, ForeignKey, Index, Table } from '../../metamodel/column.ts';
import {
  foreignKeyNameOf,
  indexNameOf,
  LINE_COLUMNS,
  SYSTEM_COLUMNS,
  TREE_PATH_COLUMN,
} from '../../metamodel/naming.ts';
import type { Entity, Field } from '../model.ts';

const ACTOR_LENGTH = 40;
const TREE_PATH_LENGTH = 500;

/** The tables the entities live in, those that others refer to before those that refer to them. */
export function lowerTables(entities: ReadonlyMap<string, Entity>): readonly Table[] {
  const tables: Table[] = [];
  const done = new Set<Entity>();
  const visit = (entity: Entity): void => {
    if (done.has(entity)) return;
    done.add(entity);
    if (entity.owner !== null) visit(entity.owner.entity);
    for (const field of entity.fields) if (field.target !== null && field.of === null) visit(field.target);
    tables.push(tableOfEntity(entity));
  };
  for (const entity of entities.values()) visit(entity);
  for (const entity of entities.values()) {
    for (const field of entity.fields)
      if (field.joinTable !== null) tables.push(joinTable(entity, field, field.joinTable));
  }
  return tables;
}

function tableOfEntity(entity: Entity): Table {
  const columns: Column[] = [{ name: SYSTEM_COLUMNS.id, type: { kind: 'id' }, nullable: false }];
  const indexes = new Map<string, Index>();
  const foreignKeys: ForeignKey[] = [];
  const index = (names: readonly string[], unique: boolean): void => {
    const name = indexNameOf(entity.table, names, unique);
    indexes.set(name, { name, columns: names, unique });
  };
  const reference = (column: string, target: Entity, onDelete: ForeignKey['onDelete']): void => {
    foreignKeys.push({ name: foreignKeyNameOf(entity.table, column), column, references: target.table, onDelete });
  };

  if (entity.owner === null) {
    columns.push(
      { name: SYSTEM_COLUMNS.version, type: { kind: 'integer' }, nullable: false },
      { name: SYSTEM_COLUMNS.createdAt, type: { kind: 'datetime' }, nullable: false },
      { name: SYSTEM_COLUMNS.createdBy, type: { kind: 'text', length: ACTOR_LENGTH }, nullable: false },
      { name: SYSTEM_COLUMNS.updatedAt, type: { kind: 'datetime' }, nullable: false },
      { name: SYSTEM_COLUMNS.updatedBy, type: { kind: 'text', length: ACTOR_LENGTH }, nullable: false },
    );
  } else {
    columns.push(
      { name: LINE_COLUMNS.parent, type: { kind: 'id' }, nullable: false },
      { name: LINE_COLUMNS.position, type: { kind: 'integer' }, nullable: false },
    );
    index([LINE_COLUMNS.parent, LINE_COLUMNS.position], false);
    reference(LINE_COLUMNS.parent, entity.owner.entity, 'cascade');
  }
  if (entity.kind === 'tree') {
    columns.push({ name: TREE_PATH_COLUMN, type: { kind: 'text', length: TREE_PATH_LENGTH }, nullable: true });
    index([TREE_PATH_COLUMN], false);
  }

  const indexed = new Set([
    ...entity.list.filters,
    ...entity.sort.map(({ field }) => field),
    ...entity.key.map(({ name }) => name),
  ]);
  for (const field of entity.fields) {
    if (field.column === null) continue;
    const type = field.fieldType.column(field);
    if (type === null) continue;
    // Values may be absent while a document is a draft, or because a field came later: only the engine says what is required.
    columns.push({
      name: field.column,
      type: field.encrypted ? { kind: 'longtext' } : type,
      nullable: true,
      ...(field.formerColumn === undefined ? {} : { was: field.formerColumn }),
    });
    const isLink = field.type === 'link' && field.target !== null;
    if (field.type === 'link' && field.target !== null) reference(field.column, field.target, 'restrict');
    const orderable = type.kind !== 'longtext' && type.kind !== 'json' && !field.encrypted;
    if (field.unique && orderable) index([field.column], true);
    else if (orderable && (isLink || field.index || indexed.has(field.name)))
      index(withOrder(entity, field, field.column), false);
  }
  if (entity.key.length > 1)
    index(
      entity.key.flatMap((field) => field.column ?? []),
      true,
    );
  return {
    name: entity.table,
    primaryKey: [SYSTEM_COLUMNS.id],
    columns,
    indexes: [...indexes.values()],
    foreignKeys,
    search: entity.search.flatMap((field) => field.column ?? []),
  };
}

/**
 * A list filtered by a field still stands in its usual order: an index over both reads a page without sorting what the
 * filter left.
 */
function withOrder(entity: Entity, field: Field, column: string): readonly string[] {
  const first = entity.sort[0];
  const order = first === undefined ? undefined : entity.fieldByName.get(first.field);
  const isFilter = entity.owner === null && entity.list.filters.includes(field.name);
  const isOrderable = order !== undefined && order.column !== null && order.fieldType.sortable && !order.encrypted;
  return isFilter && isOrderable && order !== field && order.name !== 'id' ? [column, order.column] : [column];
}

function joinTable(entity: Entity, field: Field, name: string): Table {
  const target = field.target as Entity;
  return {
    name,
    primaryKey: ['record_id', 'target_id'],
    columns: [
      { name: 'record_id', type: { kind: 'id' }, nullable: false },
      { name: 'target_id', type: { kind: 'id' }, nullable: false },
      { name: LINE_COLUMNS.position, type: { kind: 'integer' }, nullable: false },
    ],
    indexes: [{ name: indexNameOf(name, ['target_id'], false), columns: ['target_id'], unique: false }],
    foreignKeys: [
      { name: foreignKeyNameOf(name, 'record_id'), column: 'record_id', references: entity.table, onDelete: 'cascade' },
      {
        name: foreignKeyNameOf(name, 'target_id'),
        column: 'target_id',
        references: target.table,
        onDelete: 'restrict',
      },
    ],
    search: [],
  };
}
