import type { Decimal } from '../base/decimal.ts';
import type { Locale } from './text.ts';

/** Numbers and dates as readers of a language know them. */

const MONTHS: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  id: [
    'Januari',
    'Februari',
    'Maret',
    'April',
    'Mei',
    'Juni',
    'Juli',
    'Agustus',
    'September',
    'Oktober',
    'November',
    'Desember',
  ],
};
/** `1234567.5` → `1,234,567.50` in English, `1.234.567,50` in Indonesian; more digits than `least` when there are any. */
export function writeNumber(number: Decimal, locale: Locale, least: number): string {
  const plain = number.abs().toString();
  const point = plain.indexOf('.');
  const whole = point < 0 ? plain : plain.slice(0, point);
  const fraction = (point < 0 ? '' : plain.slice(point + 1)).padEnd(least, '0');
  const [separator, decimalPoint] = locale === 'id' ? ['.', ','] : [',', '.'];
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, separator);
  const sign = number.sign() < 0 ? '-' : '';
  return `${sign}${grouped}${fraction === '' ? '' : `${decimalPoint}${fraction}`}`;
}

/** `23 November 2026`, or `23 Nov 2026` where there is little room. */
export function writeDate(date: string, locale: Locale, short: boolean): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const name = MONTHS[locale][Number(month) - 1] ?? month;
  return `${Number(day)} ${short ? shortMonth(name) : name} ${year}`;
}

/** Agustus is shortened to Agu: three letters are clear in both languages. */
function shortMonth(name: string): string {
  return name.slice(0, 3);
}
