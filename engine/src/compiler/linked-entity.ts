import type { FieldShape, FieldType } from '../metamodel/field-type.ts';
import type { EntityDocument, FieldSource } from '../metamodel/source.ts';
import type { Text } from '../metamodel/text.ts';
import type { FoldedDocument } from './fold.ts';
import type { EntityKind } from './model.ts';

/** A field with everything it names resolved; its expressions are still source text. */
export interface LinkedField {
  readonly name: string;
  /** `own` fields stand in the document, `provided` ones come with the kind, `system` ones with every record. */
  readonly role: 'own' | 'provided' | 'system';
  readonly source: FieldSource;
  readonly shape: FieldShape;
  readonly type: FieldType;
  readonly pointer: string;
  /** Target of a link, or the entity of lines. */
  target: LinkedEntity | null;
}

export interface LinkedEntity {
  readonly name: string;
  readonly module: string;
  readonly kind: EntityKind;
  readonly document: FoldedDocument;
  readonly source: EntityDocument;
  readonly label: Text;
  /** In the order of the document, provided fields first. */
  readonly fields: readonly LinkedField[];
  /** Also holds the system fields: id, version, created_at … */
  readonly byName: ReadonlyMap<string, LinkedField>;
  /** For lines: the one entity and field that own the rows. */
  owner: { readonly entity: LinkedEntity; readonly field: LinkedField } | null;
}

/** Whether a field stands in a column that statements can read as it is. */
export function isStored({ type, shape, source }: LinkedField): boolean {
  return (
    type.column(shape) !== null &&
    source.rollup === undefined &&
    source.balance === undefined &&
    source.encrypted !== true
  );
}
