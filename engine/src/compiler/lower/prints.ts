import type { TypedExpression } from '../../expression/ast.ts';
import { dependenciesOf } from '../../expression/dependencies.ts';
import type { Entity, Field } from '../model.ts';
import type { Print, PrintBlock, PrintItem, PrintPath, PrintText } from '../print-model.ts';
import type { LinkedField } from '../linked-entity.ts';
import type { TypedPrint } from '../prints.ts';

/** Links that a reader follows one behind the other. */
const DEPTH_MAX = 4;

/** The prints of each entity; the one that bears its name comes first. */
export function lowerPrints(
  prints: readonly TypedPrint[],
  entities: ReadonlyMap<string, Entity>,
): ReadonlyMap<string, readonly Print[]> {
  const byEntity = new Map<string, Print[]>();
  for (const print of prints) {
    const entity = entities.get(print.entity.name) as Entity;
    const blocks = print.blocks.map((block) => lowerBlock(block, entity));
    const lowered: Print = { ...print, entity, blocks, includes: includesOf(blocks, print.currency) };
    const known = byEntity.get(entity.name) ?? [];
    byEntity.set(entity.name, print.name === entity.name ? [lowered, ...known] : [...known, lowered]);
  }
  return byEntity;
}

function lowerBlock(block: PrintBlock<LinkedField>, entity: Entity): PrintBlock {
  switch (block.type) {
    case 'grid': {
      const of = fieldOf(entity, block.of.name);
      return { ...block, of, fields: block.fields.map((item) => lowerItem(item, entity, of)) };
    }
    case 'columns':
      return { ...block, blocks: block.blocks.map((each) => lowerBlock(each, entity)) };
    case 'header':
    case 'fields':
    case 'totals':
      return { ...block, fields: block.fields.map((item) => lowerItem(item, entity, null)) };
    case 'text':
    case 'code':
    case 'signature':
      return block;
  }
}

function lowerItem(item: PrintItem<LinkedField>, entity: Entity, grid: Field | null): PrintItem {
  const of = item.of === null ? null : fieldOf(entity, item.of.name);
  const holder = (grid ?? of)?.target ?? entity;
  const { show } = item;
  return {
    ...item,
    of,
    show: show.kind === 'field' ? { kind: 'field', path: lowerPath(show.path, holder) } : show,
  };
}

function lowerPath(path: readonly { readonly name: string }[], holder: Entity): PrintPath {
  let at: Entity | null = holder;
  return path.map(({ name }) => {
    const field = fieldOf(at as Entity, name);
    at = field.target;
    return field;
  });
}

function fieldOf(entity: Entity, name: string): Field {
  return entity.fieldByName.get(name) as Field;
}

/** Every link and lines field on the way to what a print shows. */
export function includesOf(
  blocks: readonly PrintBlock[],
  currency: TypedExpression | null,
): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const include = (path: readonly string[]): void => {
    const within = path.slice(0, DEPTH_MAX);
    if (within.length > 0) found.set(within.join('.'), within);
  };
  const expression = (each: TypedExpression | null, rows: Field | null): void => {
    for (const { frame, path } of each === null ? [] : dependenciesOf(each)) {
      const before = rows !== null && frame === 'self' ? [rows.name] : [];
      include([...before, ...path.slice(0, -1).map(({ field }) => field)]);
    }
  };
  const text = (each: PrintText | null, rows: Field | null): void => {
    for (const part of Object.values(each ?? {}).flat()) {
      if (typeof part === 'string') continue;
      for (const one of 'words' in part ? [part.words, part.currency] : [part]) expression(one, rows);
    }
  };
  const item = ({ show, detail, label, of, when }: PrintItem, grid: Field | null): void => {
    const rows = grid ?? of;
    text(detail, rows);
    text(label, grid === null ? rows : null);
    expression(when, null);
    if (show.kind === 'text') text(show.text, rows);
    if (show.kind !== 'field') return;
    const names = [...(rows === null ? [] : [rows.name]), ...show.path.map(({ name }) => name)];
    include(names.slice(0, -1));
    const last = show.path.at(-1);
    const target = last?.target ?? null;
    // The title of a linked record comes with the record itself and with its rows only; else it is made from its parts.
    if (target === null || (show.path.length === 1 && last?.joinTable === null)) return;
    include(names);
    for (const part of target.title.parts) {
      if (typeof part === 'string') continue;
      for (const { path } of dependenciesOf(part)) include([...names, ...path.slice(0, -1).map(({ field }) => field)]);
    }
  };
  const block = (each: PrintBlock): void => {
    text(each.label, null);
    expression(each.when, null);
    if ('text' in each) text(each.text, null);
    if ('fields' in each) for (const one of each.fields) item(one, each.type === 'grid' ? each.of : null);
    if (each.type === 'header') expression(each.logo, null);
    if (each.type === 'code') expression(each.value, null);
    if (each.type === 'signature') for (const signer of each.signers) text(signer, null);
    if (each.type === 'columns') each.blocks.forEach(block);
  };
  expression(currency, null);
  blocks.forEach(block);
  return [...found.values()];
}
