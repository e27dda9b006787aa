import type { Text } from '../../../engine/src/metamodel/text.ts';

/** A section of a form as a document writes it. */
export interface Section {
  readonly label?: string | Text;
  readonly columns?: number;
  readonly collapsed?: boolean;
  readonly fields: readonly string[];
}
