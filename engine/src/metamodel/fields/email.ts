import { fault } from './faults.ts';
import { LINE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readLine, textSchema } from './written-text.ts';

const LOCAL_LENGTH_MAX = 64;
const LABEL_LENGTH_MAX = 63;
/** RFC 5321's atom, and the letters that RFC 6531 adds. */
const ATOM = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;

/** A mail address as people have them: `local@domain.tld`, no quoting, comments or bare host names. */
export const email: ShapedFieldType = {
  name: 'email',
  // The longest path of RFC 5321.
  defaults: { ...NO_LIMITS, maxLength: 254 },
  column: ({ maxLength }) => ({ kind: 'text', length: maxLength }),
  valueType: () => ({ kind: 'text' }),
  read(input, field) {
    const read = readLine(input, field);
    if (!('value' in read) || read.value === null) return read;
    const at = read.value.lastIndexOf('@');
    const local = read.value.slice(0, Math.max(at, 0));
    const domain = read.value.slice(at + 1).toLowerCase();
    return isLocal(local) && isDomain(domain) ? { value: `${local}@${domain}` } : fault('email');
  },
  write: String,
  jsonSchema: (field) => ({ ...textSchema(field), format: 'email' }),
  operators: LINE,
  sortable: true,
};

function isLocal(local: string): boolean {
  return local.length <= LOCAL_LENGTH_MAX && local.split('.').every((atom) => ATOM.test(atom));
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  return (
    labels.length > 1 &&
    !/^\d+$/.test(last) &&
    labels.every((label) => label.length <= LABEL_LENGTH_MAX && LABEL.test(label))
  );
}
