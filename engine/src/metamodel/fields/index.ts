import type { FieldTypeName } from '../source.ts';
import { barcode } from './barcode.ts';
import { boolean } from './boolean.ts';
import { color } from './color.ts';
import { date } from './date.ts';
import { datetime } from './datetime.ts';
import { decimal } from './decimal.ts';
import { duration } from './duration.ts';
import { dynamicLink } from './dynamic-link.ts';
import { email } from './email.ts';
import { enumeration } from './enumeration.ts';
import { file } from './file.ts';
import { image } from './image.ts';
import { integer } from './integer.ts';
import { json } from './json.ts';
import { lines } from './lines.ts';
import { link } from './link.ts';
import { links } from './links.ts';
import { longtext } from './longtext.ts';
import { money } from './money.ts';
import { percent } from './percent.ts';
import { phone } from './phone.ts';
import { point } from './point.ts';
import { quantity } from './quantity.ts';
import { richtext } from './richtext.ts';
import { sequence } from './sequence.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { text } from './text.ts';
import { time } from './time.ts';
import { translatedText } from './translated-text.ts';
import { url } from './url.ts';

/**
 * Every field type by its name. Computed, rolled-up and encrypted are properties that fields of several types may
 * have; a tree is a kind of entity. A new type is a file here, a line in this list and in entity.schema.json, and a
 * control in runtime-ui.
 */
export const fieldTypes: Readonly<Record<FieldTypeName, ShapedFieldType>> = Object.freeze({
  text,
  longtext,
  richtext,
  'translated-text': translatedText,
  integer,
  decimal,
  money,
  percent,
  quantity,
  boolean,
  date,
  datetime,
  time,
  duration,
  enumeration,
  link,
  links,
  lines,
  'dynamic-link': dynamicLink,
  file,
  image,
  json,
  email,
  phone,
  url,
  color,
  barcode,
  point,
  sequence,
});
