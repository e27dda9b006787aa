import PDFDocument from 'pdfkit';
import { fontOf, WEIGHTS } from './fonts.ts';
import type { Weight } from './fonts.ts';
import type { Paper } from './paper.ts';

/** Colours of the page: text, what explains it, hairlines, and the tint behind headings. */
export const INK = '#111827';
export const QUIET = '#6b7280';
export const HAIRLINE = '#d1d5db';
export const TINT = '#f3f4f6';

/** What rounding may add to a width. */
const SLACK = 0.05;

/** Height of a line in sizes of its text. */
export const LEADING = 1.4;
/** From the baseline's top to its bottom the letters of Inter take this many sizes. */
const LETTER_HEIGHT = 1.21;
/** The longest page that a PDF can have, in points: what stands on a roll is cut to its length afterwards. */
const ROLL_LENGTH = 14_000;

export interface TextStyle {
  readonly size: number;
  readonly weight?: Weight;
  readonly color?: string;
}

export interface PenOptions {
  readonly paper: Paper;
  readonly title: string;
  readonly author: string;
  readonly language: string;
}

/** Writes on pages of one size, and knows how wide texts are. All lengths in points; y grows downwards. */
export class Pen {
  readonly paper: Paper;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly #document: PDFDocument;
  readonly #bytes: Buffer[] = [];
  #weight: Weight | null = null;
  #size = 0;
  #length = ROLL_LENGTH;

  constructor({ paper, title, author, language }: PenOptions) {
    this.paper = paper;
    this.left = paper.margin;
    this.right = paper.width - paper.margin;
    this.top = paper.margin;
    this.#document = new PDFDocument({
      autoFirstPage: false,
      bufferPages: true,
      displayTitle: true,
      font: null,
      lang: language,
      info: { Title: title, Author: author, Producer: 'Rangka', Creator: 'Rangka' },
      ...this.#page,
    });
    for (const weight of WEIGHTS) this.#document.registerFont(weight, fontOf(weight));
    this.#document.on('data', (bytes: Buffer) => this.#bytes.push(bytes));
    this.newPage();
  }

  get #page(): { readonly size: readonly [number, number]; readonly margin: number } {
    return { size: [this.paper.width, this.paper.height ?? ROLL_LENGTH], margin: 0 };
  }

  get width(): number {
    return this.right - this.left;
  }

  /** Where a page of this paper ends; a roll does not. */
  get bottom(): number {
    return (this.paper.height ?? ROLL_LENGTH) - this.paper.margin;
  }

  newPage(): void {
    this.#document.addPage(this.#page);
    this.#weight = null;
  }

  widthOf(text: string, style: TextStyle): number {
    this.#choose(style);
    return this.#document.widthOfString(text);
  }

  /** The lines of a text in a column; a word that is wider than the column is broken. */
  wrap(text: string, style: TextStyle, column: number): readonly string[] {
    const width = column + SLACK;
    const lines: string[] = [];
    for (const paragraph of text.split('\n')) {
      if (this.widthOf(paragraph, style) <= width) lines.push(paragraph);
      else lines.push(...this.#wrapParagraph(paragraph, style, width));
    }
    return lines;
  }

  #wrapParagraph(paragraph: string, style: TextStyle, width: number): readonly string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.widthOf(longer, style) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = word;
      while (this.widthOf(line, style) > width && line.length > 1) {
        const fits = this.#lengthThatFits(line, style, width);
        lines.push(line.slice(0, fits));
        line = line.slice(fits);
      }
    }
    if (line !== '') lines.push(line);
    return lines;
  }

  #lengthThatFits(word: string, style: TextStyle, width: number): number {
    let length = 0;
    for (const character of word) {
      if (length > 0 && this.widthOf(word.slice(0, length + character.length), style) > width) break;
      length += character.length;
    }
    return length;
  }

  /** One line of text whose line begins at `y`; `x` is its left edge, its right edge or its middle. */
  write(text: string, x: number, y: number, style: TextStyle, align: 'left' | 'right' | 'center' = 'left'): void {
    if (text === '') return;
    this.#choose(style);
    const share = align === 'left' ? 0 : align === 'right' ? 1 : 0.5;
    const start = share === 0 ? x : x - share * this.#document.widthOfString(text);
    this.#document.fillColor(style.color ?? INK);
    this.#document.text(text, start, y + (style.size * (LEADING - LETTER_HEIGHT)) / 2, { lineBreak: false });
  }

  rule(from: number, to: number, y: number, color: string = HAIRLINE, thickness = 0.5): void {
    this.#document.lineWidth(thickness).strokeColor(color).moveTo(from, y).lineTo(to, y).stroke();
  }

  fill(x: number, y: number, width: number, height: number, color: string): void {
    this.#document.fillColor(color).rect(x, y, width, height).fill();
  }

  /** A PNG or JPEG within a box, from its top left corner; one that cannot be read leaves the box empty. */
  image(bytes: Buffer, x: number, y: number, width: number, height: number): void {
    try {
      this.#document.image(bytes, x, y, { fit: [width, height] });
    } catch {
      // A page without its picture is worth more than none.
    }
  }

  /** Writes on every page once all are there. */
  onEveryPage(write: (number: number, count: number) => void): void {
    const { start, count } = this.#document.bufferedPageRange();
    for (let index = 0; index < count; index += 1) {
      this.#document.switchToPage(start + index);
      this.#weight = null;
      write(index + 1, count);
    }
  }

  /** One pale word across the page, under which everything stays readable. */
  stamp(word: string): void {
    const { width } = this.paper;
    const height = this.paper.height ?? this.#length;
    const size = Math.min(120, (Math.hypot(width, Math.min(height, width * 1.5)) * 0.95) / Math.max(word.length, 5));
    const angle = -Math.min(50, (Math.atan2(height, width) * 180) / Math.PI);
    const style: TextStyle = { size, weight: 'bold', color: '#9ca3af' };
    this.#document.save().fillOpacity(0.22);
    this.#document.rotate(angle, { origin: [width / 2, height / 2] });
    this.write(word, width / 2, height / 2 - (size * LEADING) / 2, style, 'center');
    this.#document.restore();
    this.#weight = null;
  }

  /** Cuts a roll to the length of what stands on it. */
  cut(length: number): void {
    if (this.paper.height !== null) return;
    this.#length = length;
    this.#document.page.dictionary.data.MediaBox = [0, ROLL_LENGTH - length, this.paper.width, ROLL_LENGTH];
  }

  finish(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#document.once('end', () => resolve(Buffer.concat(this.#bytes)));
      this.#document.once('error', reject);
      this.#document.end();
    });
  }

  #choose({ size, weight = 'regular' }: TextStyle): void {
    if (weight === this.#weight && size === this.#size) return;
    this.#document.font(weight).fontSize(size);
    this.#weight = weight;
    this.#size = size;
  }
}
