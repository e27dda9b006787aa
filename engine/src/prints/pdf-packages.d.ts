/** What we use of pdfkit, which ships no types. Lengths are in points, 72 to the inch; y grows downwards. */
declare module 'pdfkit' {
  import type { Readable } from 'node:stream';
  import type { Font } from 'fontkit';

  interface PageOptions {
    readonly size: readonly [width: number, height: number];
    readonly margin: number;
  }

  interface DocumentOptions extends PageOptions {
    readonly autoFirstPage: boolean;
    readonly bufferPages: boolean;
    /** Null: a page is written with registered fonts only. */
    readonly font: null;
    readonly lang: string;
    readonly info: Readonly<Record<string, string | Date>>;
    readonly displayTitle: boolean;
  }

  interface Page {
    readonly dictionary: { readonly data: { MediaBox: readonly number[] } };
  }

  export default interface PDFDocument extends Readable {
    readonly page: Page;
    addPage(options: PageOptions): this;
    bufferedPageRange(): { readonly start: number; readonly count: number };
    switchToPage(number: number): Page;
    registerFont(name: string, font: Font): this;
    font(name: string): this;
    fontSize(size: number): this;
    widthOfString(text: string): number;
    text(text: string, x: number, y: number, options: { readonly lineBreak: false }): this;
    fillColor(color: string): this;
    fillOpacity(opacity: number): this;
    strokeColor(color: string): this;
    lineWidth(width: number): this;
    moveTo(x: number, y: number): this;
    lineTo(x: number, y: number): this;
    rect(x: number, y: number, width: number, height: number): this;
    stroke(): this;
    fill(): this;
    save(): this;
    restore(): this;
    rotate(degrees: number, options: { readonly origin: readonly [number, number] }): this;
    image(
      bytes: Buffer,
      x: number,
      y: number,
      options: { readonly fit: readonly [width: number, height: number] },
    ): this;
    end(): void;
  }

  export default class PDFDocument {
    constructor(options: DocumentOptions);
  }
}

/** What we use of fontkit. */
declare module 'fontkit' {
  export interface Glyph {
    readonly id: number;
    readonly advanceWidth: number;
    readonly codePoints: readonly number[];
  }

  export interface GlyphPosition {
    readonly xAdvance: number;
    readonly yAdvance: number;
    readonly xOffset: number;
    readonly yOffset: number;
  }

  export interface GlyphRun {
    readonly glyphs: readonly Glyph[];
    readonly positions: readonly GlyphPosition[];
    readonly advanceWidth: number;
  }

  export interface Font {
    readonly characterSet: readonly number[];
    glyphForCodePoint(codePoint: number): Glyph;
    layout(text: string, features?: Readonly<Record<string, boolean>>): GlyphRun;
  }

  export function create(bytes: Buffer): Font;
}
