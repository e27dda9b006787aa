import type { Code } from './codes.ts';
import type { Page, PageBlock, Pair } from './page.ts';
import { HAIRLINE, INK, LEADING, Pen, QUIET } from './pen.ts';
import type { TextStyle } from './pen.ts';
import { FEET_HEIGHT, writeFeet } from './pdf.ts';
import { isNarrow } from './paper.ts';
import { writeTable } from './table-layout.ts';

/** Where a block stands between the margins. */
interface Span {
  readonly left: number;
  readonly right: number;
}

/** A piece of a page that is not torn apart. */
interface Piece {
  readonly height: number;
  write(y: number): void;
}

type BlockOf<Type extends PageBlock['type']> = Extract<PageBlock, { type: Type }>;

const LOGO_WIDTH = 110;
const LOGO_HEIGHT = 46;
const GAP = 1.6;
const COLUMN_GAP = 22;
const SIGNATURE_SPACE = 44;
const BARCODE_HEIGHT = 34;
const QR_SIDE = 84;

/** A page as PDF. */
export async function pagePdf(page: Page): Promise<Buffer> {
  const { paper, title, company, locale } = page;
  const pen = new Pen({ paper, title, author: company, language: locale });
  const hasFeet = paper.height !== null && !isNarrow(paper);
  const layout = new Layout(pen, page, pen.bottom - (hasFeet ? FEET_HEIGHT : 0));
  for (const block of page.blocks) await layout.add(block);
  layout.cut();
  if (hasFeet) writeFeet(pen, `${company} · ${title}`);
  const { mark } = page;
  if (mark !== null) pen.onEveryPage(() => pen.stamp(mark));
  return pen.finish();
}

class Layout {
  readonly #pen: Pen;
  readonly #bottom: number;
  readonly #size: number;
  readonly #isNarrow: boolean;
  #y: number;

  constructor(pen: Pen, { paper }: Page, bottom: number) {
    this.#pen = pen;
    this.#bottom = bottom;
    this.#size = paper.textSize;
    this.#isNarrow = isNarrow(paper);
    this.#y = pen.top;
  }

  async add(block: PageBlock): Promise<void> {
    const whole: Span = { left: this.#pen.left, right: this.#pen.right };
    if (this.#y > this.#pen.top) this.#y += this.#size * GAP;
    if (block.type === 'grid') return this.#grid(block);
    if (block.type === 'columns') {
      const beside = this.#beside(block, whole);
      if (!this.#isNarrow && beside.height <= this.#bottom - this.#pen.top) return this.#place(beside);
      for (const each of block.blocks) await this.add(each);
      return;
    }
    for (const piece of this.#pieces(block, whole)) this.#place(piece);
  }

  /** Cuts a roll where its last block ends. */
  cut(): void {
    this.#pen.cut(this.#y + this.#pen.paper.margin);
  }

  #place({ height, write }: Piece): void {
    if (this.#y + height > this.#bottom && this.#y > this.#pen.top) {
      this.#pen.newPage();
      this.#y = this.#pen.top;
    }
    write(this.#y);
    this.#y += height;
  }

  async #grid({ label, columns, rows }: BlockOf<'grid'>): Promise<void> {
    if (label !== '') for (const piece of this.#heading(label, this.#pen)) this.#place(piece);
    const size = this.#size;
    // A heading that no row follows says nothing.
    if (this.#y + size * 6 > this.#bottom) this.#y = this.#nextPage();
    this.#y = await writeTable(this.#pen, { columns, rows, textSize: size }, this.#y, this.#bottom);
  }

  #nextPage(): number {
    this.#pen.newPage();
    return this.#pen.top;
  }

  #pieces(block: Exclude<PageBlock, BlockOf<'grid'> | BlockOf<'columns'>>, span: Span): readonly Piece[] {
    switch (block.type) {
      case 'header':
        return [this.#isNarrow ? this.#narrowHeader(block) : this.#header(block)];
      case 'fields':
        return headed(this.#heading(block.label, span), this.#fields(block, span));
      case 'totals':
        return [this.#totals(block, span)];
      case 'text':
        return headed(this.#heading(block.label, span), this.#lines(block.text, { size: this.#size }, span));
      case 'code':
        return [this.#code(block, span)];
      case 'signature':
        return [this.#signature(block, span)];
    }
  }

  /** Blocks in columns, as one piece. */
  #beside({ blocks }: BlockOf<'columns'>, span: Span): Piece {
    const shares = blocks.reduce((sum, { width }) => sum + width, 0) || 1;
    const room = span.right - span.left - COLUMN_GAP * (blocks.length - 1);
    let { left } = span;
    const columns = blocks.map((block) => {
      const right = left + (room * block.width) / shares;
      const pieces = block.type === 'grid' || block.type === 'columns' ? [] : this.#pieces(block, { left, right });
      left = right + COLUMN_GAP;
      return stack(pieces);
    });
    return {
      height: Math.max(0, ...columns.map(({ height }) => height)),
      write: (y) => {
        for (const column of columns) column.write(y);
      },
    };
  }

  #heading(label: string, span: Span): readonly Piece[] {
    const style: TextStyle = { size: this.#size * 0.85, weight: 'bold', color: QUIET };
    return label === '' ? [] : [...this.#lines(label, style, span), space(this.#size * 0.2)];
  }

  #lines(
    text: string,
    style: TextStyle,
    { left, right }: Span,
    align: 'left' | 'right' | 'center' = 'left',
  ): readonly Piece[] {
    if (text === '') return [];
    const x = align === 'left' ? left : align === 'right' ? right : (left + right) / 2;
    return this.#pen.wrap(text, style, right - left).map((line) => ({
      height: style.size * LEADING,
      write: (y) => this.#pen.write(line, x, y, style, align),
    }));
  }

  #header(block: BlockOf<'header'>): Piece {
    const { left, right } = this.#pen;
    const size = this.#size;
    const middle = left + (right - left) * 0.56;
    const logoWidth = block.logo === null ? 0 : LOGO_WIDTH + 12;
    const company: Span = { left: left + logoWidth, right: middle - 10 };
    const title: Span = { left: middle, right };
    const { logo } = block;
    const ours = stack([
      ...this.#lines(block.company, { size: size * 1.45, weight: 'bold' }, company),
      ...this.#lines(block.text, { size: size * 0.95, color: QUIET }, company),
    ]);
    const theirs = stack([
      ...this.#lines(block.label, { size: size * 2.1, weight: 'bold' }, title, 'right'),
      ...this.#lines(block.number, { size: size * 1.15, weight: 'medium', color: QUIET }, title, 'right'),
      ...(block.fields.length === 0 ? [] : [space(size * 0.6)]),
      ...block.fields.map((pair) => this.#pair(pair, title)),
    ]);
    const height = Math.max(ours.height, theirs.height, logo === null ? 0 : LOGO_HEIGHT) + size * 1.4;
    return {
      height: height + size * 0.2,
      write: (y) => {
        if (logo !== null) this.#pen.image(logo.bytes, left, y, LOGO_WIDTH, LOGO_HEIGHT);
        ours.write(y);
        theirs.write(y);
        this.#pen.rule(left, right, y + height, INK, 0.8);
      },
    };
  }

  #narrowHeader(block: BlockOf<'header'>): Piece {
    const size = this.#size;
    const span: Span = this.#pen;
    const pieces = stack([
      ...this.#lines(block.company, { size: size * 1.3, weight: 'bold' }, span, 'center'),
      ...this.#lines(block.text, { size: size * 0.95, color: QUIET }, span, 'center'),
      space(size * 0.6),
      ...this.#lines(block.label, { size: size * 1.15, weight: 'bold' }, span, 'center'),
      ...this.#lines(block.number, { size }, span, 'center'),
      space(size * 0.4),
      ...block.fields.map((pair) => this.#pair(pair, span)),
    ]);
    const height = pieces.height + size * 0.6;
    return {
      height,
      write: (y) => {
        pieces.write(y);
        this.#pen.rule(span.left, span.right, y + height);
      },
    };
  }

  /** Label at the left edge, value at the right one. */
  #pair({ label, value, strong }: Pair, { left, right }: Span): Piece {
    const size = this.#size;
    const labelStyle: TextStyle = { size: size * 0.95, color: QUIET };
    const valueStyle: TextStyle = { size, weight: strong ? 'bold' : 'regular' };
    const room = right - left;
    const labelWidth = Math.min(this.#pen.widthOf(label, labelStyle), room * 0.55);
    const labels = this.#pen.wrap(label, labelStyle, labelWidth);
    const values = this.#pen.wrap(value, valueStyle, room - labelWidth - size);
    return {
      height: Math.max(labels.length, values.length) * size * LEADING,
      write: (y) => {
        for (const [line, text] of labels.entries()) this.#pen.write(text, left, y + line * size * LEADING, labelStyle);
        for (const [line, text] of values.entries()) {
          this.#pen.write(text, right, y + line * size * LEADING, valueStyle, 'right');
        }
      },
    };
  }

  /** Values below their labels, in columns, row by row; in one column beside their labels. */
  #fields({ columns, fields }: BlockOf<'fields'>, span: Span): readonly Piece[] {
    const size = this.#size;
    if (this.#isNarrow) return fields.map((pair) => this.#pair(pair, span));
    if (columns === 1) return this.#fieldList(fields, span);
    const width = (span.right - span.left - COLUMN_GAP * (columns - 1)) / columns;
    const rows: Piece[] = [];
    for (let index = 0; index < fields.length; index += columns) {
      const cells = fields.slice(index, index + columns).map((pair, column) => {
        const left = span.left + column * (width + COLUMN_GAP);
        const within: Span = { left, right: left + width };
        return stack([
          ...this.#lines(pair.label, { size: size * 0.85, color: QUIET }, within),
          ...this.#lines(pair.value, { size, weight: pair.strong ? 'bold' : 'regular' }, within),
          ...this.#lines(pair.detail, { size: size * 0.88, color: QUIET }, within),
          space(size * 0.6),
        ]);
      });
      rows.push({
        height: Math.max(...cells.map(({ height }) => height)),
        write: (y) => {
          for (const cell of cells) cell.write(y);
        },
      });
    }
    return rows;
  }

  /** Labels in a column as wide as the widest of them, values behind it. */
  #fieldList(fields: readonly Pair[], { left, right }: Span): readonly Piece[] {
    const size = this.#size;
    const style: TextStyle = { size: size * 0.95, color: QUIET };
    const widest = Math.max(...fields.map(({ label }) => this.#pen.widthOf(label, style)));
    const labelWidth = Math.min(widest, (right - left) * 0.45);
    const values: Span = { left: left + labelWidth + size * 1.2, right };
    return fields.map((pair) => {
      const label = stack(this.#lines(pair.label, style, { left, right: left + labelWidth }));
      const value = stack([
        ...this.#lines(pair.value, { size, weight: pair.strong ? 'bold' : 'regular' }, values),
        ...this.#lines(pair.detail, { size: size * 0.88, color: QUIET }, values),
      ]);
      return {
        height: Math.max(label.height, value.height) + size * 0.15,
        write: (y) => {
          label.write(y);
          value.write(y);
        },
      };
    });
  }

  #totals({ fields }: BlockOf<'totals'>, span: Span): Piece {
    const size = this.#size;
    const isWhole = span.right - span.left > this.#pen.width * 0.7 && !this.#isNarrow;
    const within: Span = isWhole ? { left: span.right - this.#pen.width * 0.44, right: span.right } : span;
    return stack(
      fields.map((pair) => {
        if (!pair.strong) return padded(this.#pair(pair, within), size * 0.18);
        const label: TextStyle = { size: size * 1.2, weight: 'bold' };
        return {
          height: size * 1.2 * LEADING + size * 0.9,
          write: (y) => {
            this.#pen.rule(within.left, within.right, y + size * 0.35, INK, 0.8);
            this.#pen.write(pair.label, within.left, y + size * 0.6, label);
            this.#pen.write(pair.value, within.right, y + size * 0.6, label, 'right');
          },
        };
      }),
    );
  }

  #code({ label, kind, code, text }: BlockOf<'code'>, span: Span): Piece {
    const room = span.right - span.left;
    const wished = kind === 'qr' ? QR_SIDE : code.width;
    const width = Math.min(room, wished);
    const height = kind === 'qr' ? width : BARCODE_HEIGHT;
    const left = this.#isNarrow ? span.left + (room - width) / 2 : span.left;
    const within: Span = { left, right: left + width };
    return stack([
      ...this.#heading(label, span),
      { height: height + 4, write: (y) => this.#bars(code, left, y, width, height) },
      ...this.#lines(text, { size: this.#size * 0.85, color: QUIET }, { ...within, right: span.right }),
    ]);
  }

  #bars(code: Code, x: number, y: number, width: number, height: number): void {
    const scaleX = width / code.width;
    const scaleY = height / code.height;
    for (const part of code.dark) {
      this.#pen.fill(x + part.x * scaleX, y + part.y * scaleY, part.width * scaleX, part.height * scaleY, '#000000');
    }
  }

  #signature({ label, signers }: BlockOf<'signature'>, span: Span): Piece {
    const size = this.#size;
    const width = Math.min(170, (span.right - span.left - COLUMN_GAP * (signers.length - 1)) / signers.length);
    const step = signers.length > 1 ? (span.right - span.left - width) / (signers.length - 1) : 0;
    const boxes = signers.map((signer, index) => {
      const left = signers.length > 1 ? span.left + index * step : span.right - width;
      const within: Span = { left, right: left + width };
      return stack([
        ...this.#lines(signer.label, { size, color: QUIET }, within, 'center'),
        space(SIGNATURE_SPACE),
        { height: 3, write: (y) => this.#pen.rule(within.left, within.right, y, HAIRLINE, 0.8) },
        ...this.#lines(signer.name, { size }, within, 'center'),
      ]);
    });
    const height = Math.max(...boxes.map((box) => box.height));
    const row: Piece = {
      height,
      write: (y) => {
        for (const box of boxes) box.write(y);
      },
    };
    return stack([space(size), ...this.#heading(label, span), row]);
  }
}

/** A heading stays with the first piece of what it heads. */
function headed(heading: readonly Piece[], [first, ...rest]: readonly Piece[]): readonly Piece[] {
  return first === undefined ? [] : [stack([...heading, first]), ...rest];
}

function space(height: number): Piece {
  return { height, write: () => undefined };
}

function padded(piece: Piece, padding: number): Piece {
  return { height: piece.height + 2 * padding, write: (y) => piece.write(y + padding) };
}

/** Pieces one below the other, kept together. */
function stack(pieces: readonly Piece[]): Piece {
  return {
    height: pieces.reduce((sum, { height }) => sum + height, 0),
    write: (y) => {
      let at = y;
      for (const piece of pieces) {
        piece.write(at);
        at += piece.height;
      }
    },
  };
}
