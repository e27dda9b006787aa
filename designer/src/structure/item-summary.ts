import { isObject } from '../../../engine/src/compiler/parse.ts';
import { textIn } from '../../../engine/src/metamodel/text.ts';
import { currentLocale } from '../../../runtime-ui/src/i18n/i18n.ts';

const NAMING = [
  'label',
  'name',
  'value',
  'entity',
  'report',
  'field',
  'ledger',
  'set',
  'create',
  'transition',
  'notify',
  'that',
];
const ALSO = ['entity', 'ledger', 'debit', 'credit', 'from', 'to', 'type', 'kind', 'actions', 'each', 'when'];

/** A line that tells one item of a list from the others. */
export function itemSummary(item: unknown): string {
  if (!isObject(item)) return String(item);
  const first = NAMING.find((name) => item[name] !== undefined);
  const parts = [first, ...ALSO.filter((name) => name !== first)]
    .flatMap((name) => (name === undefined || item[name] === undefined ? [] : [written(item[name])]))
    .filter((text) => text !== '');
  return parts.slice(0, 4).join(' · ');
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(', ');
  if (isObject(value)) return 'en' in value || 'id' in value ? textIn(value, currentLocale()) : '';
  return String(value);
}
