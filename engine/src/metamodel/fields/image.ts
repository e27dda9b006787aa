import { file } from './file.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** A picture: a file that screens show. */
export const image: ShapedFieldType = { ...file, name: 'image' };
