import { choicesOf } from './frappe-fields.ts';
import { isYes, textOf } from './frappe-source.ts';
import type { DocType } from './frappe-source.ts';

/** How records of a DocType are named, in our words. */
interface Naming {
  /** Pattern of the number that a record gets by itself. */
  readonly number: string | null;
  /** Foreign name of the field that names a record. */
  readonly keyField: string | null;
  /** People type the name. */
  readonly asksForName: boolean;
}

const NOTHING: Naming = { number: null, keyField: null, asksForName: false };
const DATES: Readonly<Record<string, string>> = { YYYY: '{yyyy}', YY: '{yy}', MM: '{mm}', DD: '{dd}' };
const LENGTH_MAX = 60;

/** `autoname`, which Frappe writes in half a dozen ways. What has no counterpart is numbered by the database alone. */
export function naming({ facts, fields }: DocType): Naming {
  const autoname = textOf(facts['autoname']).trim();
  const lower = autoname.toLowerCase();
  if (lower.startsWith('field:')) return { ...NOTHING, keyField: autoname.slice('field:'.length).trim() };
  if (lower === 'prompt') return { ...NOTHING, asksForName: true };
  if (lower.startsWith('naming_series:')) {
    const series = fields.find(({ fieldname }) => fieldname === 'naming_series');
    const [first] = choicesOf(series?.options ?? '');
    return { ...NOTHING, number: first === undefined ? null : seriesPattern(first) };
  }
  if (lower.startsWith('format:')) return { ...NOTHING, number: formatPattern(autoname.slice('format:'.length)) };
  if (autoname.includes('#')) return { ...NOTHING, number: seriesPattern(autoname) };
  if (isYes(facts['is_submittable']) && autoname === '') return NOTHING;
  return NOTHING;
}

/** `SINV-.YYYY.-.#####` → `SINV-{yyyy}-{seq:5}`; parts stand between points. */
export function seriesPattern(series: string): string | null {
  let hasNumber = false;
  const parts = series.split('.').map((part) => {
    if (/^#+$/.test(part)) {
      hasNumber = true;
      return `{seq:${Math.min(18, part.length)}}`;
    }
    return (
      DATES[part] ??
      part.replace(/[{}]/g, '').replace(/#+/g, (marks) => {
        hasNumber = true;
        return `{seq:${Math.min(18, marks.length)}}`;
      })
    );
  });
  return usable(parts.join('') + (hasNumber ? '' : '{seq:5}'));
}

/** `EXP-{MM}-{department}-{####}`: what stands for a field is left out, since numbers count on their own. */
function formatPattern(format: string): string | null {
  let hasNumber = false;
  const pattern = format.replace(/\{([^{}]*)\}/g, (_, part: string) => {
    if (/^#+$/.test(part)) {
      hasNumber = true;
      return `{seq:${Math.min(18, part.length)}}`;
    }
    return DATES[part] ?? '';
  });
  return usable(pattern + (hasNumber ? '' : '{seq:5}'));
}

function usable(pattern: string): string | null {
  const bare = pattern.replace(/\{(?:yyyy|yy|mm|dd|seq:\d+)\}/g, '');
  return pattern.length > LENGTH_MAX || /[{}]/.test(bare) || pattern.split('{seq').length !== 2 ? null : pattern;
}
