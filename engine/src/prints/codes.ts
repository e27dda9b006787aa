import qrcode from 'qrcode-generator';

/** A code as dark rectangles on a grid of modules. */
export interface Code {
  readonly width: number;
  readonly height: number;
  readonly dark: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
}

/** Modules of white around a code, without which scanners do not find it. */
const QR_QUIET = 4;
const BARS_QUIET = 10;
const BARS_HEIGHT = 50;

/** A QR code (ISO/IEC 18004) of medium error correction, in UTF-8. Null when the text is too long for one. */
export function qrCode(text: string): Code | null {
  const code = qrcode(0, 'M');
  code.addData(String.fromCharCode(...new TextEncoder().encode(text)), 'Byte');
  try {
    code.make();
  } catch {
    return null;
  }
  const count = code.getModuleCount();
  const dark: Code['dark'][number][] = [];
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      let length = 0;
      while (column + length < count && code.isDark(row, column + length)) length += 1;
      if (length > 0) dark.push({ x: column + QR_QUIET, y: row + QR_QUIET, width: length, height: 1 });
      column += length;
    }
  }
  return { width: count + 2 * QR_QUIET, height: count + 2 * QR_QUIET, dark };
}

/** Widths of bars and spaces of each Code 128 symbol (ISO/IEC 15417), by its value; the last is the stop. */
const SYMBOLS = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');
const START_B = 104;
const START_C = 105;
const TO_C = 99;
const TO_B = 100;
const STOP = 106;
const TEXT_LENGTH_MAX = 80;

/** A barcode in Code 128: printable ASCII, runs of digits in pairs. Null for other texts, and for long ones. */
export function barcode(text: string): Code | null {
  if (!/^[\x20-\x7e]+$/.test(text) || text.length > TEXT_LENGTH_MAX) return null;
  const values = symbolValues(text);
  const check = values.reduce((sum, value, index) => sum + value * Math.max(index, 1), 0) % 103;
  const dark: Code['dark'][number][] = [];
  let x = BARS_QUIET;
  for (const value of [...values, check, STOP]) {
    for (const [index, digit] of [...(SYMBOLS[value] ?? '')].entries()) {
      const width = Number(digit);
      if (index % 2 === 0) dark.push({ x, y: 0, width, height: BARS_HEIGHT });
      x += width;
    }
  }
  return { width: x + BARS_QUIET, height: BARS_HEIGHT, dark };
}

/** Start symbol and text: code set C writes two digits in one symbol, which pays from four digits on. */
function symbolValues(text: string): readonly number[] {
  const values: number[] = [];
  let inC = false;
  let rest = text;
  while (rest !== '') {
    const [digits = ''] = /^\d*/.exec(rest) ?? [];
    const pays = digits.length >= 4 || (digits.length === rest.length && digits.length >= 2);
    if (inC ? digits.length >= 2 : pays && digits.length % 2 === 0) {
      if (!inC) values.push(values.length === 0 ? START_C : TO_C);
      inC = true;
      values.push(Number(rest.slice(0, 2)));
      rest = rest.slice(2);
    } else {
      if (values.length === 0) values.push(START_B);
      else if (inC) values.push(TO_B);
      inC = false;
      values.push(rest.charCodeAt(0) - 32);
      rest = rest.slice(1);
    }
  }
  return values;
}
