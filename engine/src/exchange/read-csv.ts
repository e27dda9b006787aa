import { CELL_LENGTH_MAX, COLUMNS_MAX, unguarded, unreadable } from './table.ts';
import type { TableRow } from './table.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;
const QUOTE = 0x22;
const RETURN = 0x0d;
const NEWLINE = 0x0a;

/**
 * The rows of a CSV file (RFC 4180), portion by portion, however long it is. The separator is the one that stands
 * most often in the first line; line ends may be of any kind. UTF-8, or UTF-16 with a byte order mark. Empty rows
 * are left out. Throws the refusal `unreadable-file`.
 */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly TableRow[]> {
  const reader = new CsvReader();
  for await (const text of decoded(bytes)) yield [...reader.take(text)];
  yield [...reader.end()];
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  try {
    for await (const piece of bytes) {
      decoder ??= new TextDecoder(encodingOf(piece), { fatal: true });
      yield decoder.decode(piece, { stream: true });
    }
    if (decoder !== null) yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw unreadable('the text is not UTF-8');
    throw error;
  }
}

function encodingOf(piece: Uint8Array): string {
  if (piece[0] === 0xff && piece[1] === 0xfe) return 'utf-16le';
  return piece[0] === 0xfe && piece[1] === 0xff ? 'utf-16be' : 'utf-8';
}

class CsvReader {
  #separator: number | null = null;
  #begin = '';
  #cells: string[] = [];
  #cell = '';
  #number = 1;
  #isQuoted = false;
  /** A quote inside quotes ends them, unless another one follows. */
  #afterQuote = false;
  /** The line end of Windows has two characters. */
  #afterReturn = false;

  *take(text: string): Generator<TableRow> {
    if (this.#separator !== null) {
      yield* this.#read(text);
      return;
    }
    this.#begin += text;
    if (/[\r\n]/.test(this.#begin) || this.#begin.length > CELL_LENGTH_MAX) yield* this.#start();
  }

  *end(): Generator<TableRow> {
    if (this.#separator === null) yield* this.#start();
    if (this.#isQuoted && !this.#afterQuote) throw unreadable(`a quote in row ${this.#number} is never closed`);
    yield* this.#endRow();
  }

  *#start(): Generator<TableRow> {
    const text = this.#begin;
    this.#begin = '';
    this.#separator = separatorOf(text).charCodeAt(0);
    yield* this.#read(text);
  }

  *#read(text: string): Generator<TableRow> {
    const separator = this.#separator;
    let from = 0;
    const keep = (to: number): void => {
      if (to > from) this.#cell += text.slice(from, to);
      if (this.#cell.length > CELL_LENGTH_MAX) throw unreadable(`a cell in row ${this.#number} is too long`);
    };
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      const afterReturn = this.#afterReturn;
      this.#afterReturn = false;
      if (this.#isQuoted) {
        if (!this.#afterQuote) {
          if (code !== QUOTE) continue;
          keep(index);
          from = index + 1;
          this.#afterQuote = true;
          continue;
        }
        this.#afterQuote = false;
        if (code === QUOTE) {
          from = index;
          continue;
        }
        this.#isQuoted = false;
        from = index;
      }
      if (code === QUOTE && this.#cell === '' && from === index) {
        this.#isQuoted = true;
        from = index + 1;
      } else if (code === separator) {
        keep(index);
        this.#endCell();
        from = index + 1;
      } else if (code === NEWLINE && afterReturn && from === index) {
        from = index + 1;
      } else if (code === NEWLINE || code === RETURN) {
        keep(index);
        yield* this.#endRow();
        from = index + 1;
        this.#afterReturn = code === RETURN;
      }
    }
    keep(text.length);
  }

  #endCell(): void {
    this.#cells.push(unguarded(this.#cell));
    this.#cell = '';
    if (this.#cells.length > COLUMNS_MAX) throw unreadable(`row ${this.#number} has more than ${COLUMNS_MAX} columns`);
  }

  *#endRow(): Generator<TableRow> {
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    this.#isQuoted = false;
    this.#afterQuote = false;
    const number = this.#number;
    this.#number += 1;
    if (cells.some((cell) => cell !== '')) yield { number, cells, plain: null };
  }
}

/** The mark that stands most often outside of quotes in the first line. */
function separatorOf(text: string): string {
  const line = (/^(?:"(?:[^"]|"")*"|[^\r\n"])*/.exec(text)?.[0] ?? '').replace(/"(?:[^"]|"")*"/g, '');
  let best: string = SEPARATORS[0];
  for (const mark of SEPARATORS) if (line.split(mark).length > line.split(best).length) best = mark;
  return best;
}
