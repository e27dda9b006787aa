import type { Entity, Field } from '../compiler/model.ts';
import { includesOf } from '../compiler/lower/prints.ts';
import type { Print, PrintBlock, PrintItem, PrintText } from '../compiler/print-model.ts';
import { NUMBER_FIELD, STAGE_FIELD } from '../metamodel/naming.ts';
import type { Text } from '../metamodel/text.ts';

/** What the print of an entity is called that its module gave none. */
export const DEFAULT_PRINT = 'default';

/** Fields that have no form on paper. */
const NOT_PRINTED: ReadonlySet<string> = new Set(['json', 'file', 'image', 'color']);
/** Numbers take less room beside each other than words. */
const NUMERIC: ReadonlySet<string> = new Set(['number', 'duration']);
const known = new WeakMap<Entity, Print>();

/** A print made from the form of an entity: its sections as fields, its lines as grids, what is computed as totals. */
export function defaultPrint(entity: Entity): Print {
  let print = known.get(entity);
  if (print === undefined) {
    print = makePrint(entity);
    known.set(entity, print);
  }
  return print;
}

function makePrint(entity: Entity): Print {
  const plain = { when: null, width: 1 };
  const blocks: PrintBlock[] = [{ ...plain, type: 'header', label: null, text: null, logo: null, fields: [] }];
  for (const section of entity.form.sections) {
    const fields = section.fields.flatMap((name) => entity.fieldByName.get(name) ?? []).filter(isPrinted);
    const label = section.label === null ? null : asTemplate(section.label);
    const singles = fields.filter(({ of }) => of === null);
    const totals =
      entity.linesFields.length > 0 ? singles.filter((field) => isNumeric(field) && field.computed !== null) : [];
    const others = singles.filter((field) => !totals.includes(field));
    if (others.length > 0) {
      blocks.push({
        ...plain,
        type: 'fields',
        label,
        columns: section.columns,
        fields: others.map((field) => itemOf(field, 1, field.visible)),
      });
    }
    for (const field of fields) {
      const rows = field.of === null ? null : field.target;
      if (rows === null) continue;
      const shown = rows.list.columns.flatMap((name) => rows.fieldByName.get(name) ?? []).filter(isPrinted);
      const columns = shown.map((column) => itemOf(column, isNumeric(column) ? 1.2 : 2));
      if (columns.length > 0) {
        blocks.push({
          ...plain,
          type: 'grid',
          label: asTemplate(field.label),
          of: field,
          fields: [ROW_NUMBER, ...columns],
        });
      }
    }
    if (totals.length > 0) {
      blocks.push({
        ...plain,
        type: 'totals',
        label: null,
        fields: totals.map((field) => itemOf(field, 1, field.visible)),
      });
    }
  }
  return {
    name: DEFAULT_PRINT,
    entity,
    label: entity.label,
    page: { size: 'A4', orientation: 'portrait', marginMm: null },
    currency: null,
    blocks,
    includes: includesOf(blocks, null),
  };
}

const ROW_NUMBER: PrintItem = {
  show: { kind: 'row-number' },
  detail: null,
  label: { en: ['No.'], id: ['No.'] },
  of: null,
  width: 0.6,
  align: 'right',
  strong: false,
  when: null,
};

/** @param visible the rule of a field of the record itself */
function itemOf(field: Field, width = 1, visible: Field['visible'] = true): PrintItem {
  return {
    show: { kind: 'field', path: [field] },
    detail: null,
    label: asTemplate(field.label),
    of: null,
    width,
    align: isNumeric(field) ? 'right' : 'left',
    strong: false,
    when: typeof visible === 'boolean' ? null : visible,
  };
}

/** The number stands in the header already, and where a document is in its life is written across the page. */
function isPrinted({ name, type, visible, encrypted }: Field): boolean {
  return visible !== false && !encrypted && !NOT_PRINTED.has(type) && name !== NUMBER_FIELD && name !== STAGE_FIELD;
}

function isNumeric(field: Field): boolean {
  return NUMERIC.has(field.fieldType.valueType(field).kind);
}

function asTemplate(text: Text): PrintText {
  return Object.fromEntries(Object.entries(text).map(([locale, words]) => [locale, [words]]));
}
