import { expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import { inWords } from './in-words.ts';

const CASES: readonly (readonly [amount: string, currency: string, id: string, en: string])[] = [
  ['0', 'IDR', 'Nol rupiah', 'Zero rupiah'],
  ['1', 'IDR', 'Satu rupiah', 'One rupiah'],
  ['10', 'IDR', 'Sepuluh rupiah', 'Ten rupiah'],
  ['11', 'IDR', 'Sebelas rupiah', 'Eleven rupiah'],
  ['15', 'IDR', 'Lima belas rupiah', 'Fifteen rupiah'],
  ['21', 'IDR', 'Dua puluh satu rupiah', 'Twenty-one rupiah'],
  ['100', 'IDR', 'Seratus rupiah', 'One hundred rupiah'],
  ['111', 'IDR', 'Seratus sebelas rupiah', 'One hundred and eleven rupiah'],
  ['1000', 'IDR', 'Seribu rupiah', 'One thousand rupiah'],
  ['1005', 'IDR', 'Seribu lima rupiah', 'One thousand and five rupiah'],
  ['11000', 'IDR', 'Sebelas ribu rupiah', 'Eleven thousand rupiah'],
  ['101000', 'IDR', 'Seratus satu ribu rupiah', 'One hundred and one thousand rupiah'],
  ['1001000', 'IDR', 'Satu juta seribu rupiah', 'One million one thousand rupiah'],
  [
    '125450000.00',
    'IDR',
    'Seratus dua puluh lima juta empat ratus lima puluh ribu rupiah',
    'One hundred and twenty-five million four hundred and fifty thousand rupiah',
  ],
  ['2500000000000', 'IDR', 'Dua triliun lima ratus miliar rupiah', 'Two trillion five hundred billion rupiah'],
  ['1.01', 'USD', 'Satu dolar satu sen', 'One dollar and one cent'],
  ['1200.5', 'USD', 'Seribu dua ratus dolar lima puluh sen', 'One thousand two hundred dollars and fifty cents'],
  ['0.005', 'USD', 'Nol dolar satu sen', 'Zero dollars and one cent'],
  ['-12', 'EUR', 'Minus dua belas euro', 'Minus twelve euros'],
  ['3', 'SGD', 'Tiga Dolar Singapura', 'Three Singapore Dollar'],
  ['3', '', 'Tiga ', 'Three '],
  ['1000000000000000000000', 'IDR', '1000000000000000000000 rupiah', '1000000000000000000000 rupiah'],
];

test.each(CASES)('%s %s', (amount, currency, id, en) => {
  const number = Decimal.parse(amount) as Decimal;
  expect([inWords(number, currency, 'id'), inWords(number, currency, 'en')]).toEqual([id, en]);
});
