import { isObject } from '../../../engine/src/compiler/parse.ts';
import { textIn } from '../../../engine/src/metamodel/text.ts';
import { currentLocale } from '../../../runtime-ui/src/i18n/i18n.ts';
import type { DesignDocument } from '../compiler/protocol.ts';
import { propertyLabel } from '../structure/property-label.ts';

/** What people call a document. */
export function documentLabel({ kind, name, body }: DesignDocument): string {
  // Rows are called the same in every document: their own names tell them apart.
  if (kind === 'entity' && body['kind'] === 'lines') return propertyLabel(name.slice(name.indexOf('.') + 1));
  const label = body['label'] ?? (kind === 'module' ? body['name'] : undefined);
  if (typeof label === 'string') return label;
  if (isObject(label)) return textIn(label, currentLocale());
  return propertyLabel(name.slice(name.indexOf('.') + 1));
}
