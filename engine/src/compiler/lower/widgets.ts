import { toText } from '../../metamodel/text.ts';
import type { TypedModel } from '../infer.ts';
import { moduleOfDocument } from '../fold.ts';
import type { Entity, Field, Widget } from '../model.ts';

export function lowerWidgets(typed: TypedModel, entities: ReadonlyMap<string, Entity>): readonly Widget[] {
  return typed.linked.widgets.map((widget): Widget => {
    const { source, document } = widget;
    const entity = entities.get(widget.entity.name) as Entity;
    const field = (name: string | undefined): Field | null =>
      name === undefined ? null : (entity.fieldByName.get(name) ?? null);
    const groupField = field(source.group_by?.field);
    return {
      name: `${document.name}.${source.name}`,
      module: moduleOfDocument(document),
      label: toText(source.label),
      kind: source.kind,
      entity,
      value: { aggregate: source.value.aggregate, field: field(source.value.field) },
      groupBy: groupField === null ? null : { field: groupField, unit: source.group_by?.unit ?? 'value' },
      where: typed.widgetConditions.get(widget) ?? null,
      width: source.width ?? 1,
    };
  });
}
