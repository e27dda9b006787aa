import type { Body } from '../../../engine/src/compiler/parse.ts';

/** The types of fields as people look for them, with the icon of each. */
export const PALETTE = [
  {
    group: 'text',
    types: {
      text: 'bars-3-bottom-left',
      longtext: 'bars-4',
      richtext: 'document-text',
      email: 'envelope',
      phone: 'phone',
      url: 'link',
      barcode: 'qr-code',
    },
  },
  {
    group: 'number',
    types: {
      integer: 'hashtag',
      decimal: 'calculator',
      money: 'banknotes',
      quantity: 'scale',
      percent: 'receipt-percent',
    },
  },
  {
    group: 'choice',
    types: {
      enumeration: 'queue-list',
      boolean: 'check-circle',
      link: 'arrow-top-right-on-square',
      links: 'squares-plus',
      'dynamic-link': 'puzzle-piece',
    },
  },
  { group: 'time', types: { date: 'calendar', datetime: 'calendar-days', time: 'clock', duration: 'play-pause' } },
  {
    group: 'more',
    types: {
      lines: 'table-cells',
      file: 'paper-clip',
      image: 'photo',
      sequence: 'numbered-list',
      color: 'swatch',
      point: 'map-pin',
      json: 'code-bracket',
      'translated-text': 'language',
    },
  },
] as const;

/** What a field of a type begins with: what its schema demands, in a form that compiles as far as it can. */
export function newField(type: string, entity: string): Body {
  switch (type) {
    case 'enumeration':
      return { type, options: [{ value: 'one', label: { en: 'One', id: 'Satu' } }] };
    case 'link':
    case 'links':
      return { type, to: entity };
    case 'lines':
      return { type, of: `${entity}-line` };
    case 'sequence':
      return { type, pattern: '{seq:5}' };
    default:
      return { type };
  }
}

/** A name for a new field that no other has: `text`, `text_2`. */
export function freeName(type: string, taken: readonly string[]): string {
  const base = type.replaceAll('-', '_');
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}

export function iconOfType(type: string): string {
  for (const { types } of PALETTE) {
    const icon = (types as Readonly<Record<string, string>>)[type];
    if (icon !== undefined) return icon;
  }
  return 'square-3-stack-3d';
}
