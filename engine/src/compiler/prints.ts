import type { Ast, ExpressionFault, TypedExpression } from '../expression/ast.ts';
import { inferExpression } from '../expression/infer.ts';
import type { Scope } from '../expression/scope.ts';
import { inferTemplate, parseTemplate } from '../expression/template.ts';
import type { PrintBlockSource, PrintDocument, PrintItemSource, TextSource } from '../metamodel/source.ts';
import { LOCALES, toText } from '../metamodel/text.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import type { FoldedDocument } from './fold.ts';
import { humanize } from './humanize.ts';
import { BOOLEAN } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { PrintBlock, PrintItem, PrintPage, PrintTemplate, PrintText } from './print-model.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

type TypedItem = PrintItem<LinkedField>;
type TypedBlock = PrintBlock<LinkedField>;

/** A print with its expressions typed. */
export interface TypedPrint {
  readonly name: string;
  readonly entity: LinkedEntity;
  readonly label: Text;
  readonly page: PrintPage;
  readonly currency: TypedExpression | null;
  readonly blocks: readonly TypedBlock[];
}

const TEXT: ValueType = { kind: 'text' };
const NUMBER: ValueType = { kind: 'number', scale: null };
/** What writes an amount in words; it exists in the templates of prints only, since its answer depends on the language. */
const IN_WORDS = 'in_words';
const NUMERIC_TYPES: ReadonlySet<string> = new Set(['number', 'duration']);

export function inferPrints(linked: LinkedModel, typist: Typist, report: Report): readonly TypedPrint[] {
  return linked.documents.flatMap((document) => {
    if (document.kind !== 'print' || document.body['hidden'] === true) return [];
    const source = document.body as unknown as PrintDocument;
    const entity = linked.entities.get(source.entity);
    if (entity === undefined || entity.kind === 'lines') {
      const hint = nearestHint(source.entity, linked.entities.keys());
      const message =
        entity === undefined
          ? `There is no entity “${source.entity}”`
          : `“${entity.name}” holds lines; print the entity that owns them`;
      faultAt(
        report,
        { document },
        '/entity',
        entity === undefined ? 'unknown-entity' : 'not-printable',
        message,
        hint,
      );
      return [];
    }
    return [new PrintTypist(typist, report, document, entity).print(source)];
  });
}

class PrintTypist {
  readonly #typist: Typist;
  readonly #report: Report;
  readonly #place: { readonly document: FoldedDocument };
  readonly #entity: LinkedEntity;
  readonly #scope: Scope;

  constructor(typist: Typist, report: Report, document: FoldedDocument, entity: LinkedEntity) {
    this.#typist = typist;
    this.#report = report;
    this.#place = { document };
    this.#entity = entity;
    this.#scope = typist.scope([{ frame: 'self', entity: entity.name }]);
  }

  print(source: PrintDocument): TypedPrint {
    const { size = 'A4', orientation = 'portrait', margin_mm: marginMm = null } = source.page ?? {};
    return {
      name: source.print,
      entity: this.#entity,
      label: toText(source.label),
      page: { size, orientation, marginMm },
      currency: this.#expression(source.currency, '/currency', TEXT),
      blocks: source.blocks.flatMap((block, index) => this.#block(block, `/blocks/${index}`) ?? []),
    };
  }

  #block(source: PrintBlockSource, pointer: string): TypedBlock | null {
    const base = {
      label: this.#text(source.label, this.#scope, `${pointer}/label`),
      when: this.#expression(source.when, `${pointer}/when`, BOOLEAN),
      width: source.width ?? 1,
    };
    const text = this.#text(source.text, this.#scope, `${pointer}/text`);
    const items = (): readonly TypedItem[] => this.#items(source.fields, null, `${pointer}/fields`);
    switch (source.type) {
      case 'header': {
        const logo = this.#expression(source.logo, `${pointer}/logo`, TEXT);
        return { ...base, type: 'header', text, logo, fields: items() };
      }
      case 'fields':
        return { ...base, type: 'fields', columns: source.columns ?? 2, fields: items() };
      case 'totals':
        return { ...base, type: 'totals', fields: items() };
      case 'grid': {
        const of = this.#linesField(source.of, `${pointer}/of`);
        if (of === null) return null;
        return { ...base, type: 'grid', of, fields: this.#items(source.fields, of, `${pointer}/fields`) };
      }
      case 'text':
        return { ...base, type: 'text', text: text ?? {} };
      case 'code': {
        const value = this.#expression(source.value, `${pointer}/value`, TEXT);
        return value === null ? null : { ...base, type: 'code', code: source.code ?? 'qr', value, text };
      }
      case 'signature': {
        const signers = (source.signers ?? []).map(
          (signer, index) => this.#text(signer, this.#scope, `${pointer}/signers/${index}`) ?? {},
        );
        return { ...base, type: 'signature', signers };
      }
      case 'columns': {
        const blocks = (source.blocks ?? []).flatMap((block, index) => {
          const at = `${pointer}/blocks/${index}`;
          // What may go on over pages cannot stand beside something else.
          if (block.type === 'grid' || block.type === 'columns' || block.type === 'header') {
            this.#fault(`${at}/type`, 'not-beside', `A ${block.type} takes the whole width of the page`);
            return [];
          }
          return this.#block(block, at) ?? [];
        });
        return { ...base, type: 'columns', blocks };
      }
    }
  }

  /** @param grid the lines field of the grid that the items are columns of */
  #items(sources: readonly PrintItemSource[] | undefined, grid: LinkedField | null, at: string): readonly TypedItem[] {
    return (sources ?? []).flatMap((source, index) => this.#item(source, grid, `${at}/${index}`) ?? []);
  }

  #item(item: PrintItemSource, grid: LinkedField | null, pointer: string): TypedItem | null {
    const source = typeof item === 'string' ? { field: item } : item;
    const at = typeof item === 'string' ? pointer : `${pointer}/field`;
    const of = this.#rowsOf(source, grid, pointer);
    if (of === undefined) return null;
    const rows = grid ?? of;
    const holder = rows?.target ?? this.#entity;
    const scope = rows === null ? this.#scope : this.#rowScope(holder);
    const path = source.field === undefined ? null : this.#path(source.field, holder, at);
    if (path === null && source.field !== undefined) return null;

    const text = this.#text(source.text, scope, `${pointer}/text`);
    const label = this.#text(source.label, grid === null ? scope : this.#scope, `${pointer}/label`);
    const last = path?.at(-1);
    return {
      show: path !== null ? { kind: 'field', path } : text !== null ? { kind: 'text', text } : { kind: 'row-number' },
      detail: this.#text(source.detail, scope, `${pointer}/detail`),
      label: label ?? labelOf(last, source),
      of,
      width: source.width ?? 1,
      align: source.align ?? (this.#isNumeric(last, source.number === true) ? 'right' : 'left'),
      strong: source.strong === true,
      when: this.#expression(source.when, `${pointer}/when`, BOOLEAN),
    };
  }

  /** The lines field that an item is repeated for, null for none; undefined when the item is not sound. */
  #rowsOf(
    source: Exclude<PrintItemSource, string>,
    grid: LinkedField | null,
    pointer: string,
  ): LinkedField | null | undefined {
    const given = [source.field, source.text, source.number].filter((each) => each !== undefined);
    if (given.length !== 1) {
      this.#fault(pointer, 'item-shows-one', 'An item shows a field, a text or the number of the row');
      return undefined;
    }
    if (source.of === undefined) return null;
    if (grid !== null) {
      this.#fault(`${pointer}/of`, 'not-in-grid', 'The columns of a grid are shown for its rows already');
      return undefined;
    }
    return this.#linesField(source.of, `${pointer}/of`) ?? undefined;
  }

  #isNumeric(field: LinkedField | undefined, isNumber: boolean): boolean {
    return isNumber || (field !== undefined && NUMERIC_TYPES.has(this.#typist.typeOf(field).kind));
  }

  #rowScope(rows: LinkedEntity): Scope {
    return this.#typist.scope([
      { frame: 'self', entity: rows.name },
      { frame: 'parent', entity: this.#entity.name },
    ]);
  }

  #linesField(name: string | undefined, pointer: string): LinkedField | null {
    const field = this.#entity.byName.get(name ?? '');
    if (field !== undefined && field.shape.of !== null && field.target !== null) return field;
    const lines = this.#entity.fields.filter(({ shape }) => shape.of !== null).map((each) => each.name);
    const message = `“${this.#entity.name}” has no lines field “${name ?? ''}”`;
    this.#fault(pointer, 'unknown-field', message, nearestHint(name ?? '', lines));
    return null;
  }

  #path(source: string, holder: LinkedEntity, pointer: string): readonly LinkedField[] | null {
    const path: LinkedField[] = [];
    let at: LinkedEntity | null = holder;
    for (const name of source.split('.')) {
      if (at === null) {
        this.#fault(pointer, 'not-a-link', `“${path.at(-1)?.name ?? ''}” is no link: nothing stands behind it`);
        return null;
      }
      const field = at.byName.get(name);
      if (field === undefined) {
        this.#fault(
          pointer,
          'unknown-field',
          `“${at.name}” has no field “${name}”`,
          nearestHint(name, at.byName.keys()),
        );
        return null;
      }
      path.push(field);
      at = field.shape.type === 'link' ? field.target : null;
    }
    if (path.at(-1)?.shape.of !== null) {
      this.#fault(pointer, 'not-printable', 'Lines have no value of their own', 'Print them as a grid');
      return null;
    }
    return path;
  }

  #expression(source: string | undefined, pointer: string, expected: ValueType): TypedExpression | null {
    if (source === undefined) return null;
    return this.#typist.expression(source, this.#scope, this.#place, pointer, expected);
  }

  #text(source: TextSource | undefined, scope: Scope, pointer: string): PrintText | null {
    if (source === undefined) return null;
    const text = toText(source);
    const templates: Partial<Record<Locale, PrintTemplate>> = {};
    for (const locale of LOCALES) {
      const inLocale = text[locale];
      if (inLocale === undefined) continue;
      const at = typeof source === 'string' ? pointer : `${pointer}/${locale}`;
      templates[locale] = this.#template(inLocale, scope, at);
    }
    return templates;
  }

  #template(source: string, scope: Scope, pointer: string): PrintTemplate {
    const parsed = parseTemplate(source);
    if ('fault' in parsed) {
      this.#faults([parsed.fault], 0, source, pointer);
      return [];
    }
    return parsed.template.parts.flatMap((part): PrintTemplate => {
      if (typeof part === 'string') return [part];
      if (part.ast.node === 'call' && part.ast.name.name === IN_WORDS) {
        return this.#words(part.ast, part.position, { source, scope, pointer });
      }
      const inferred = inferTemplate({ parts: [part] }, scope);
      if ('template' in inferred) return inferred.template.parts;
      this.#faults(inferred.faults, 0, source, pointer);
      return [];
    });
  }

  #words(
    call: Extract<Ast, { readonly node: 'call' }>,
    position: number,
    { source, scope, pointer }: { readonly source: string; readonly scope: Scope; readonly pointer: string },
  ): PrintTemplate {
    const [amount, currency, ...rest] = call.arguments;
    if (amount === undefined || rest.length > 0) {
      const message = `${IN_WORDS} takes an amount and the code of a currency.`;
      this.#faults(
        [{ code: 'wrong-arguments', message, position: call.position, length: call.length }],
        position,
        source,
        pointer,
      );
      return [];
    }
    const typed = (ast: Ast, expected: ValueType): TypedExpression | null => {
      const inferred = inferExpression(ast, scope, expected);
      if ('expression' in inferred) return inferred.expression;
      this.#faults(inferred.faults, position, source, pointer);
      return null;
    };
    const words = typed(amount, NUMBER);
    const code = currency === undefined ? null : typed(currency, TEXT);
    return words === null ? [] : [{ words, currency: code }];
  }

  #faults(faults: readonly ExpressionFault[], moved: number, source: string, pointer: string): void {
    for (const fault of faults) {
      const message = `${fault.message} (at character ${fault.position + moved + 1} of “${source}”)`;
      this.#fault(pointer, fault.code, message, fault.hint);
    }
  }

  #fault(pointer: string, code: string, message: string, hint?: string): void {
    faultAt(this.#report, this.#place, pointer, code, message, hint);
  }
}

/** A field's own label, as a template without expressions. */
function labelOf(field: LinkedField | undefined, { number }: { readonly number?: true }): PrintText {
  if (number === true) return { en: ['No.'], id: ['No.'] };
  if (field === undefined) return {};
  const label = toText(field.source.label ?? humanize(field.name));
  return Object.fromEntries(Object.entries(label).map(([locale, text]) => [locale, [text]]));
}
