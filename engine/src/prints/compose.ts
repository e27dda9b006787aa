import { Decimal } from '../base/decimal.ts';
import type { Entity, Field, Model } from '../compiler/model.ts';
import type { Print, PrintBlock, PrintItem, PrintPath, PrintTemplate, PrintText } from '../compiler/print-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { EvaluationContext, Row } from '../expression/evaluation.ts';
import { compileTemplate } from '../expression/template.ts';
import { NUMBER_FIELD, STAGE_FIELD } from '../metamodel/naming.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { RecordContext } from '../records/context.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { TITLE } from '../records/titles.ts';
import { barcode, qrCode } from './codes.ts';
import { inWords } from './in-words.ts';
import type { GridColumn, Logo, Page, PageBlock, Pair } from './page.ts';
import { isNarrow, paperOf } from './paper.ts';
import type { Paper } from './paper.ts';
import { RecordRows } from './record-rows.ts';
import { moneyDecimalsOf, writeField, writeTyped } from './write-value.ts';
import type { Writing } from './write-value.ts';

/** What is printed, and for whom. */
export interface ToPrint {
  readonly print: Print;
  readonly model: Model;
  /** The record as a `get` with titles answers it, with the records embedded that the caller may read. */
  readonly record: JsonRecord;
  readonly locale: Locale;
  readonly company: { readonly name: string; readonly currency: string; readonly timezone: string };
  readonly moment: Pick<RecordContext, 'globals' | 'today' | 'now'>;
  /** Titles of records that dynamic links lead to, by `module.name:12`. */
  readonly titles: ReadonlyMap<string, string>;
  readonly logo: Logo | null;
}

type GridBlock = Extract<PageBlock, { type: 'grid' }>;

/** On a roll more columns than these are put below each other. */
const NARROW_COLUMNS_MAX = 4;

const MARKS: Readonly<Record<string, Text>> = {
  draft: { en: 'DRAFT', id: 'DRAF' },
  cancelled: { en: 'CANCELLED', id: 'DIBATALKAN' },
};

/** Writes every value of a print for people. */
export function compose(toPrint: ToPrint): Page {
  return new Composer(toPrint).page();
}

/** The id of the file that the header shows beside the company's name; null when there is none. */
export function logoFileOf({ print, model, record, moment }: Omit<ToPrint, 'logo' | 'titles'>): string | null {
  const header = print.blocks.find((block) => block.type === 'header');
  if (header?.type !== 'header' || header.logo === null) return null;
  const rows = new RecordRows(model, print.entity, record);
  const id = evaluatorOf(header.logo)({ ...moment, self: rows.record, linked: rows.linked });
  return typeof id === 'string' && id !== '' ? id : null;
}

/** The values of the dynamic links that a print shows of the record itself and of its rows. */
export function dynamicLinksOf({ blocks }: Print, record: JsonRecord): readonly string[] {
  const found = new Set<string>();
  const note = ({ show, of }: PrintItem, grid: Field | null): void => {
    const field = show.kind === 'field' ? show.path[0] : undefined;
    if (field?.type !== 'dynamic-link') return;
    const lines = grid ?? of;
    for (const row of lines === null ? [record] : ((record[lines.name] ?? []) as JsonRecord[])) {
      const given = row[field.name];
      const read = given === undefined || given === null ? null : field.fieldType.read(given, field);
      if (read !== null && 'value' in read && typeof read.value === 'string') found.add(read.value);
    }
  };
  const visit = (block: PrintBlock): void => {
    if (block.type === 'columns') block.blocks.forEach(visit);
    if ('fields' in block) for (const item of block.fields) note(item, block.type === 'grid' ? block.of : null);
  };
  blocks.forEach(visit);
  return [...found];
}

class Composer {
  readonly #source: ToPrint;
  readonly #rows: RecordRows;
  readonly #writing: Writing;

  constructor(source: ToPrint) {
    const { print, model, record, locale, company } = source;
    this.#source = source;
    this.#rows = new RecordRows(model, print.entity, record);
    const code = print.currency === null ? null : evaluatorOf(print.currency)(this.#context(this.#rows.record));
    const currency = typeof code === 'string' && code !== '' ? code : company.currency;
    const moneyDecimals = moneyDecimalsOf(currency, this.#amounts(print.entity));
    this.#writing = { locale, currency, moneyDecimals, timezone: company.timezone };
  }

  /** The amounts of the record and its rows, without prices that have more digits than the currency. */
  #amounts(entity: Entity): readonly Decimal[] {
    const amountsIn = (of: Entity, row: Row): readonly Decimal[] =>
      of.fields.flatMap((field) => {
        const value = row[field.name];
        return field.type === 'money' && field.scale <= 2 && value instanceof Decimal ? [value] : [];
      });
    const inLines = entity.linesFields.flatMap((field) =>
      rowsIn(this.#rows.record, field).flatMap((row) => amountsIn(field.target as Entity, row)),
    );
    return [...amountsIn(entity, this.#rows.record), ...inLines];
  }

  page(): Page {
    const { print, locale, company, record } = this.#source;
    const stage = record[STAGE_FIELD];
    const mark = typeof stage === 'string' ? MARKS[stage] : undefined;
    return {
      locale,
      paper: this.#paper,
      title: `${textIn(print.label, locale)} ${this.#number()}`.trim(),
      company: company.name,
      mark: mark === undefined ? null : textIn(mark, locale),
      blocks: this.#blocks(print.blocks),
    };
  }

  /** What the record is called: its number, and its title where it has none. */
  #number(): string {
    const { print, record } = this.#source;
    const name = print.entity.fieldByName.has(NUMBER_FIELD) ? record[NUMBER_FIELD] : record[TITLE];
    return typeof name === 'string' ? name : '';
  }

  #blocks(blocks: readonly PrintBlock[]): readonly PageBlock[] {
    return blocks.flatMap((block) => (this.#holds(block.when) ? (this.#block(block) ?? []) : []));
  }

  /** Null for a block in which nothing would stand. */
  #block(block: PrintBlock): PageBlock | null {
    const { record } = this.#rows;
    const base = { label: this.#text(block.label, record), width: block.width };
    switch (block.type) {
      case 'header': {
        const { print, company, locale, logo } = this.#source;
        return {
          ...base,
          type: 'header',
          label: base.label === '' ? textIn(print.label, locale) : base.label,
          company: company.name,
          text: this.#text(block.text, record),
          logo,
          number: this.#number(),
          fields: this.#pairs(block.fields),
        };
      }
      case 'fields':
      case 'totals': {
        const fields = this.#pairs(block.fields);
        if (fields.length === 0) return null;
        return block.type === 'fields'
          ? { ...base, type: 'fields', columns: block.columns, fields }
          : { ...base, type: 'totals', fields };
      }
      case 'grid':
        return this.#grid(block, base);
      case 'text': {
        const text = this.#text(block.text, record);
        return text === '' ? null : { ...base, type: 'text', text };
      }
      case 'code': {
        const value = evaluatorOf(block.value)(this.#context(record));
        if (typeof value !== 'string' || value === '') return null;
        const code = block.code === 'qr' ? qrCode(value) : barcode(value);
        return code === null
          ? null
          : { ...base, type: 'code', kind: block.code, code, text: this.#text(block.text, record) };
      }
      case 'signature': {
        const signers = block.signers.map((signer) => {
          const [label = '', ...names] = this.#text(signer, record).split('\n');
          return { label, name: names.join('\n') };
        });
        return { ...base, type: 'signature', signers };
      }
      case 'columns': {
        const blocks = this.#blocks(block.blocks);
        return blocks.length === 0 ? null : { ...base, type: 'columns', blocks };
      }
    }
  }

  #grid(
    block: Extract<PrintBlock, { type: 'grid' }>,
    base: { readonly label: string; readonly width: number },
  ): PageBlock {
    const items = block.fields.filter(({ when }) => this.#holds(when));
    const columns = items.map(({ label, align, width }): GridColumn => ({
      label: this.#text(label, this.#rows.record),
      align,
      width,
    }));
    const rows = rowsIn(this.#rows.record, block.of).map((row, index) => {
      const cells = items.map((item) => this.#shown(item, row, index, true));
      return { cells, details: items.map((item, column) => this.#detail(item, row, cells[column] ?? '')) };
    });
    const grid: GridBlock = { ...base, type: 'grid', columns, rows };
    return isNarrow(this.#paper) && columns.length > NARROW_COLUMNS_MAX ? narrowGrid(grid, items) : grid;
  }

  get #paper(): Paper {
    const { size, orientation, marginMm } = this.#source.print.page;
    return paperOf(size, orientation, marginMm);
  }

  #pairs(items: readonly PrintItem[]): readonly Pair[] {
    return items.flatMap((item) => {
      if (!this.#holds(item.when)) return [];
      const rows = item.of === null ? [this.#rows.record] : rowsIn(this.#rows.record, item.of);
      return rows.flatMap((row, index): readonly Pair[] => {
        const value = this.#shown(item, row, index, false);
        if (value === '') return [];
        const detail = this.#detail(item, row, value);
        return [{ label: this.#text(item.label, row), value, detail, strong: item.strong }];
      });
    });
  }

  #shown({ show }: PrintItem, row: Row, index: number, compact: boolean): string {
    if (show.kind === 'row-number') return String(index + 1);
    return show.kind === 'text' ? this.#text(show.text, row) : this.#field(show.path, row, compact);
  }

  #detail({ detail }: PrintItem, row: Row, value: string): string {
    const text = this.#text(detail, row);
    return text === value ? '' : text;
  }

  #field(path: PrintPath, start: Row, compact: boolean): string {
    let row = start;
    for (const field of path.slice(0, -1)) {
      const id = row[field.name];
      const next = typeof id === 'string' && field.target !== null ? this.#rows.linked(field.target.name, id) : null;
      if (next === null) return '';
      row = next;
    }
    const field = path.at(-1);
    return field === undefined ? '' : this.#value(field, row, compact);
  }

  #value(field: Field, row: Row, compact: boolean): string {
    const value = row[field.name];
    if (value === null || value === undefined) return '';
    const { target } = field;
    if (target !== null) {
      const known = this.#rows.titleOf(row, field.name);
      if (known !== undefined) return known;
      const ids = Array.isArray(value) ? value : [value];
      return ids
        .map((id) => (typeof id === 'string' ? this.#titleOf(target, id) : ''))
        .filter((title) => title !== '')
        .join(', ');
    }
    if (field.type === 'dynamic-link') return typeof value === 'string' ? (this.#source.titles.get(value) ?? '') : '';
    const written = writeField(field, value as Value, this.#writing, compact);
    const unit = compact || field.unitField === null ? '' : (this.#rows.titleOf(row, field.unitField) ?? '');
    return unit === '' || written === '' || field.type === 'money' ? written : `${written} ${unit}`;
  }

  /** The title of an embedded record; empty when the caller may not see it. */
  #titleOf(target: Entity, id: string): string {
    const row = this.#rows.linked(target.name, id);
    return row === null ? '' : compileTemplate(target.title)(this.#context(row)).trim();
  }

  #text(text: PrintText | null, row: Row): string {
    if (text === null) return '';
    const template = text[this.#writing.locale] ?? text.en ?? Object.values(text)[0] ?? [];
    const lines = [{ written: '', isFilled: false }];
    for (const part of template) {
      const [first = '', ...more] = typeof part === 'string' ? part.split('\n') : [this.#part(part, row)];
      const line = lines.at(-1);
      if (line !== undefined) {
        line.written += first;
        line.isFilled ||= typeof part !== 'string';
      }
      lines.push(...more.map((written) => ({ written, isFilled: false })));
    }
    // A line that only empty values would have filled is left out.
    const kept = lines.filter(({ written, isFilled }) => !isFilled || written.trim() !== '');
    return kept
      .map(({ written }) => written)
      .join('\n')
      .trim();
  }

  #part(part: PrintTemplate[number], row: Row): string {
    if (typeof part === 'string') return part;
    const context = this.#context(row);
    if ('words' in part) {
      const amount = evaluatorOf(part.words)(context);
      const code = part.currency === null ? null : evaluatorOf(part.currency)(context);
      if (!(amount instanceof Decimal)) return '';
      return inWords(amount, typeof code === 'string' ? code : this.#writing.currency, this.#writing.locale);
    }
    const value = evaluatorOf(part)(context);
    if (value === null) return '';
    const field = this.#fieldRead(part);
    return field === null ? this.#typed(value, part.type) : writeField(field, value, this.#writing, false);
  }

  #typed(value: Exclude<Value, null>, type: ValueType): string {
    return writeTyped(value, type, this.#writing, false);
  }

  /** The field that an expression only reads: its value is written as that field is. */
  #fieldRead(expression: TypedExpression): Field | null {
    const last = expression.node === 'path' ? expression.path.at(-1) : undefined;
    return last === undefined ? null : this.#rows.fieldOf(last.entity, last.field);
  }

  #holds(condition: TypedExpression | null): boolean {
    return condition === null || evaluatorOf(condition)(this.#context(this.#rows.record)) === true;
  }

  #context(self: Row): EvaluationContext {
    const { record } = this.#rows;
    const { moment } = this.#source;
    const frame = { ...moment, self, linked: this.#rows.linked };
    return self === record ? frame : { ...frame, parent: record };
  }
}

/** A grid for a roll: the widest column with the others below it, and the last beside it, as receipts are written. */
function narrowGrid(grid: GridBlock, items: readonly PrintItem[]): GridBlock {
  const last = items.length - 1;
  const widest = items.reduce((best, { width }, index) => (width > (items[best]?.width ?? 0) ? index : best), 0);
  const others = items.flatMap(({ show }, index) =>
    index === widest || index === last || show.kind === 'row-number' ? [] : [index],
  );
  const columns = [widest, last].map((index, place) => ({
    label: grid.columns[index]?.label ?? '',
    align: place === 0 ? ('left' as const) : ('right' as const),
    width: place === 0 ? 3 : 1,
  }));
  const rows = grid.rows.map(({ cells }) => {
    const below = others.map((index) => cells[index] ?? '').filter((cell) => cell !== '');
    return { cells: [cells[widest] ?? '', cells[last] ?? ''], details: [below.join(' '), ''] };
  });
  return { ...grid, columns, rows };
}

function rowsIn(record: Row, lines: Field): readonly Row[] {
  const rows = record[lines.name];
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}
