import { Decimal } from '../../base/decimal.ts';
import type { InputFault } from '../field-type.ts';
import { readDecimal } from './exact-number.ts';
import type { FieldFaultCode } from './faults.ts';
import { fault } from './faults.ts';
import { PRESENCE } from './operators.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** Seven fraction digits of a degree are a centimetre on the ground. */
const SCALE = 7;
/** `-90.1234567,-180.1234567` */
const LENGTH = 24;
const DEGREES = { type: 'string', pattern: `^-?[0-9]{1,3}(?:\\.[0-9]{1,${SCALE}})?$` };

/** A place on earth (WGS 84). JSON is `{ "lat": "-6.2", "lng": "106.8166667" }`, value and column `-6.2,106.8166667`. */
export const point: ShapedFieldType = {
  name: 'point',
  defaults: { scale: SCALE, precision: 10, maxLength: LENGTH },
  column: () => ({ kind: 'text', length: LENGTH }),
  valueType: () => ({ kind: 'text' }),
  read(input) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return fault('type', { expected: 'object' });
    }
    const { lat, lng, ...rest } = input as Readonly<Record<string, unknown>>;
    if (Object.keys(rest).length > 0) return fault('format', { expected: 'point' });
    const latitude = degrees(lat, 90, 'latitude');
    if (!('number' in latitude)) return latitude;
    const longitude = degrees(lng, 180, 'longitude');
    if (!('number' in longitude)) return longitude;
    return { value: `${latitude.number.toString()},${longitude.number.toString()}` };
  },
  write(value) {
    const [lat = '', lng = ''] = String(value).split(',');
    return { lat, lng };
  },
  jsonSchema: () => ({
    type: 'object',
    properties: { lat: DEGREES, lng: DEGREES },
    required: ['lat', 'lng'],
    additionalProperties: false,
  }),
  operators: PRESENCE,
  sortable: false,
};

function degrees(input: unknown, most: number, code: FieldFaultCode): { readonly number: Decimal } | InputFault {
  const read = readDecimal(input);
  if (!('number' in read)) return read;
  const isOnEarth = read.number.abs().compare(Decimal.of(most)) <= 0;
  return isOnEarth && read.number.rescale(SCALE).equals(read.number) ? read : fault(code);
}
