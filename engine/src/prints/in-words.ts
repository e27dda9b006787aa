import type { Decimal } from '../base/decimal.ts';
import type { Locale } from '../metamodel/text.ts';

/** What a currency and its hundredth are called, singular and plural in English. */
interface CurrencyWords {
  readonly en: readonly [one: string, many: string, hundredth: string, hundredths: string];
  readonly id: readonly [unit: string, hundredth: string];
}

const CENT = ['cent', 'cents'] as const;

/** Currencies whose everyday name is shorter than their full one; others are called as the Unicode consortium says. */
const CURRENCIES: Readonly<Record<string, CurrencyWords>> = {
  IDR: { en: ['rupiah', 'rupiah', 'sen', 'sen'], id: ['rupiah', 'sen'] },
  USD: { en: ['dollar', 'dollars', ...CENT], id: ['dolar', 'sen'] },
  EUR: { en: ['euro', 'euros', ...CENT], id: ['euro', 'sen'] },
  GBP: { en: ['pound', 'pounds', 'penny', 'pence'], id: ['pound', 'penny'] },
  MYR: { en: ['ringgit', 'ringgit', 'sen', 'sen'], id: ['ringgit', 'sen'] },
  JPY: { en: ['yen', 'yen', 'sen', 'sen'], id: ['yen', 'sen'] },
};

/** From here on there are no words that people know. */
const WORDS_END = 10n ** 21n;

/**
 * An amount of money in words, for receipts and cheques: `Satu juta dua ratus ribu rupiah`, `One million two hundred
 * thousand rupiah`. Rounded to hundredths. Amounts of 22 digits and more are written in digits.
 *
 * @param currency ISO 4217
 */
export function inWords(amount: Decimal, currency: string, locale: Locale): string {
  const { units } = amount.abs().rescale(2);
  const whole = units / 100n;
  const hundredths = units % 100n;
  const names = namesOf(currency, locale, whole === 1n);
  const write = locale === 'id' ? indonesian : english;
  const minus = amount.sign() < 0 && units !== 0n ? 'minus ' : '';
  const words = whole >= WORDS_END ? whole.toString() : write(whole);
  const joint = locale === 'id' ? ' ' : ' and ';
  const rest =
    hundredths === 0n ? '' : `${joint}${write(hundredths)} ${hundredths === 1n ? names.hundredth : names.hundredths}`;
  const text = `${minus}${words} ${names.unit}${rest}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function namesOf(
  currency: string,
  locale: Locale,
  isOne: boolean,
): { readonly unit: string; readonly hundredth: string; readonly hundredths: string } {
  const known = CURRENCIES[currency];
  if (known === undefined) {
    const name = /^[A-Z]{3}$/.test(currency)
      ? (new Intl.DisplayNames([locale], { type: 'currency' }).of(currency) ?? currency)
      : currency;
    return {
      unit: name,
      ...(locale === 'id' ? { hundredth: 'sen', hundredths: 'sen' } : { hundredth: 'cent', hundredths: 'cents' }),
    };
  }
  if (locale === 'id') return { unit: known.id[0], hundredth: known.id[1], hundredths: known.id[1] };
  const [one, many, hundredth, hundredths] = known.en;
  return { unit: isOne ? one : many, hundredth, hundredths };
}

/** Groups of three digits with what each is called, the greatest first. */
function groupsOf(
  number: bigint,
  names: readonly string[],
): readonly { readonly value: number; readonly name: string }[] {
  const groups: { value: number; name: string }[] = [];
  let rest = number;
  for (const name of names) {
    groups.unshift({ value: Number(rest % 1000n), name });
    rest /= 1000n;
  }
  return groups.filter(({ value }) => value > 0);
}

const ID_DIGITS = ['', 'satu', 'dua', 'tiga', 'empat', 'lima', 'enam', 'tujuh', 'delapan', 'sembilan'];
const ID_GROUPS = ['', 'ribu', 'juta', 'miliar', 'triliun', 'kuadriliun', 'kuintiliun'];

/** Terbilang. A thousand is `seribu`, eleven to nineteen end in `belas`. */
function indonesian(number: bigint): string {
  if (number === 0n) return 'nol';
  return groupsOf(number, ID_GROUPS)
    .map(({ value, name }) =>
      value === 1 && name === 'ribu' ? 'seribu' : `${indonesianBelowThousand(value)} ${name}`.trim(),
    )
    .join(' ');
}

function indonesianBelowThousand(number: number): string {
  const hundreds = Math.floor(number / 100);
  const below = number % 100;
  const tens = Math.floor(below / 10);
  const ones = below % 10;
  return [
    hundreds === 0 ? '' : hundreds === 1 ? 'seratus' : `${ID_DIGITS[hundreds] ?? ''} ratus`,
    below === 10
      ? 'sepuluh'
      : below === 11
        ? 'sebelas'
        : tens === 1
          ? `${ID_DIGITS[ones] ?? ''} belas`
          : [tens === 0 ? '' : `${ID_DIGITS[tens] ?? ''} puluh`, ID_DIGITS[ones] ?? ''].filter(Boolean).join(' '),
  ]
    .filter(Boolean)
    .join(' ');
}

const EN_SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ');
const EN_TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const EN_GROUPS = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion', 'quintillion'];

function english(number: bigint): string {
  if (number === 0n) return 'zero';
  return groupsOf(number, EN_GROUPS)
    .map(({ value, name }) => {
      // One thousand and five: what is below a hundred is joined to what went before.
      const joint = name === '' && number > 999n && value < 100 ? 'and ' : '';
      return `${joint}${englishBelowThousand(value)} ${name}`.trim();
    })
    .join(' ');
}

function englishBelowThousand(number: number): string {
  const hundreds = Math.floor(number / 100);
  const below = number % 100;
  const ones = below % 10;
  const small =
    below < 20
      ? (EN_SMALL[below] ?? '')
      : `${EN_TENS[Math.floor(below / 10)] ?? ''}${ones === 0 ? '' : `-${EN_SMALL[ones] ?? ''}`}`;
  if (hundreds === 0) return small;
  return `${EN_SMALL[hundreds] ?? ''} hundred${below === 0 ? '' : ` and ${small}`}`;
}
