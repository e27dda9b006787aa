import { toText } from '../../metamodel/text.ts';
import type { EntityDocument, FormDocument } from '../../metamodel/source.ts';
import type { LinkedEntity } from '../linked-entity.ts';
import type { Field, FormLayout, FormSection } from '../model.ts';

type FormSource = Pick<FormDocument, 'sections'> | NonNullable<EntityDocument['form']>;

const ROW_WIDE_TYPES: ReadonlySet<string> = new Set(['longtext', 'richtext', 'json', 'links', 'translated-text']);

/** The layout a module gives, or a good one: what names the record first, then the rest in two columns, then lines. */
export function lowerForm(entity: LinkedEntity, source: FormSource | null, fields: readonly Field[]): FormLayout {
  if (source !== null) {
    const sections = source.sections.map((section): FormSection => ({
      label: section.label === undefined ? null : toText(section.label),
      columns: section.columns === 1 ? 1 : 2,
      collapsed: section.collapsed === true,
      fields: section.fields,
    }));
    const placed = new Set(sections.flatMap((section) => section.fields));
    const added = fields.filter(
      (field) => field.visible !== false && !placed.has(field.name) && isLater(entity, field),
    );
    if (added.length === 0) return { sections };
    return { sections: [...sections, section(null, added)] };
  }
  const visible = fields.filter((field) => field.visible !== false);
  const lines = visible.filter((field) => field.of !== null);
  const totals =
    entity.kind === 'document' ? visible.filter((field) => field.of === null && field.computed !== null) : [];
  const plain = visible.filter(
    (field) => field.of === null && !totals.includes(field) && !ROW_WIDE_TYPES.has(field.type),
  );
  const wide = visible.filter((field) => ROW_WIDE_TYPES.has(field.type));
  return {
    sections: [
      section(null, plain),
      ...lines.map((field) => section(null, [field], 1)),
      ...(totals.length > 0 ? [section(null, totals)] : []),
      ...(wide.length > 0 ? [section(null, wide, 1)] : []),
    ].filter(({ fields: names }) => names.length > 0),
  };
}

/** A field that an upper layer added after the module laid out its form still has to be seen. */
function isLater(entity: LinkedEntity, field: Field): boolean {
  const { document } = entity;
  return document.fileAt(`/fields/${field.name}`) !== document.origin.file;
}

function section(label: FormSection['label'], fields: readonly Field[], columns: 1 | 2 = 2): FormSection {
  return { label, columns, collapsed: false, fields: fields.map((field) => field.name) };
}
