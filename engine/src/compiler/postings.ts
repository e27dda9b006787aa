import type { TypedExpression, TypedTemplate } from '../expression/ast.ts';
import type { LocalType, Scope } from '../expression/scope.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { PostingDocument } from '../metamodel/source.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import { assign } from './assignments.ts';
import type { LinkNeeds } from './computation.ts';
import type { FoldedDocument } from './fold.ts';
import { BOOLEAN, expressionsOf } from './infer.ts';
import type { Typist } from './infer.ts';
import type { Assignment } from './ledger-model.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedLedger } from './link-ledgers.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import { NeedsGatherer } from './needs.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

type EntrySource = PostingDocument['entries'][number];

/** A posting with its expressions typed. */
export interface TypedPosting {
  readonly entity: LinkedEntity;
  readonly on: string;
  readonly date: TypedExpression;
  readonly rules: readonly TypedRule[];
  readonly needs: readonly LinkNeeds[];
  readonly lineNeeds: Readonly<Record<string, readonly LinkNeeds[]>>;
}

export interface TypedRule {
  readonly ledger: LinkedLedger;
  readonly each: LinkedField | null;
  readonly when: TypedExpression | null;
  readonly kind: 'in' | 'out' | 'adjust';
  readonly amounts: readonly (TypedExpression | null)[];
  readonly at: readonly (Assignment | null)[];
  readonly row: TypedExpression | null;
  /** Name of the dimension that the ledger chooses. */
  readonly pick: string | null;
  readonly pickOf: string | null;
  readonly as: string | null;
  readonly memo: TypedTemplate | null;
}

const DATE: ValueType = { kind: 'date' };
const NUMBER: ValueType = { kind: 'number', scale: null };

export function inferPostings(linked: LinkedModel, typist: Typist, report: Report): readonly TypedPosting[] {
  return linked.documents.flatMap((document) => {
    const entity = document.kind === 'posting' ? linked.entities.get(document.name) : undefined;
    return entity === undefined || document.body['hidden'] === true
      ? []
      : [new PostingTypist(linked, typist, report, document, entity).posting()];
  });
}

/** A name that `as` gave, and the lines field over whose rows it was given. */
interface Moved {
  readonly each: LinkedField | null;
  readonly type: Readonly<Record<string, ValueType>>;
  /** The ledger that chose a dimension of it; null where none was chosen. */
  readonly picks: LinkedLedger | null;
}

class PostingTypist {
  readonly #linked: LinkedModel;
  readonly #typist: Typist;
  readonly #report: Report;
  readonly #place: { readonly document: FoldedDocument };
  readonly #entity: LinkedEntity;
  readonly #needs: NeedsGatherer;
  readonly #moved = new Map<string, Moved>();

  constructor(linked: LinkedModel, typist: Typist, report: Report, document: FoldedDocument, entity: LinkedEntity) {
    this.#linked = linked;
    this.#typist = typist;
    this.#report = report;
    this.#place = { document };
    this.#entity = entity;
    this.#needs = new NeedsGatherer(typist.targetOf);
  }

  posting(): TypedPosting {
    const source = this.#place.document.body as unknown as PostingDocument;
    if (this.#entity.kind !== 'document') {
      this.#fault('/posting', 'not-a-document', `“${this.#entity.name}” is a ${this.#entity.kind}; documents post`);
    }
    const rules: TypedRule[] = [];
    for (const [index, entry] of source.entries.entries()) {
      const rule = this.#rule(entry, `/entries/${index}`);
      if (rule !== null) rules.push(rule);
    }
    const date = this.#typed(source.date ?? 'date', null, '/date', DATE);
    const { needs, lineNeeds } = this.#needs;
    return {
      entity: this.#entity,
      on: source.on,
      date: date ?? { node: 'clock', clock: 'today', type: DATE },
      rules,
      needs,
      lineNeeds,
    };
  }

  #rule(entry: EntrySource, pointer: string): TypedRule | null {
    // An unknown ledger was reported when the document was linked.
    const ledger = this.#linked.ledgers.get(entry.ledger);
    if (ledger === undefined) return null;
    const each = entry.each === undefined ? null : this.#linesField(entry.each, `${pointer}/each`);
    if (each === undefined) return null;

    const when = entry.when === undefined ? null : this.#typed(entry.when, each, `${pointer}/when`, BOOLEAN);
    const kind = entry.adjust !== undefined ? 'adjust' : entry.out !== undefined ? 'out' : 'in';
    const row = entry.of ?? entry.cost_of;
    const rule: TypedRule = {
      ledger,
      each,
      when,
      kind,
      amounts: this.#amounts(entry, ledger, each, pointer),
      at: this.#dimensions(entry, ledger, each, pointer),
      row: row === undefined ? null : this.#rowOf(row, each, `${pointer}/${entry.of === undefined ? 'cost_of' : 'of'}`),
      pick: this.#pick(entry.pick, ledger, `${pointer}/pick`),
      pickOf: this.#pickOf(entry.pick_of, ledger, each, `${pointer}/pick_of`),
      as: entry.as ?? null,
      memo: entry.memo === undefined ? null : this.#template(entry.memo, each, `${pointer}/memo`),
    };
    if (entry.as !== undefined) this.#name(entry.as, ledger, each, kind, rule.pick !== null, `${pointer}/as`);
    return rule;
  }

  #amounts(
    entry: EntrySource,
    ledger: LinkedLedger,
    each: LinkedField | null,
    pointer: string,
  ): readonly (TypedExpression | null)[] {
    const given: [string, string, string][] = [];
    for (const part of ['in', 'out', 'adjust'] as const) {
      for (const [measure, text] of Object.entries(entry[part] ?? {})) {
        given.push([measure, text, `${pointer}/${part}${pointerStep(measure)}`]);
      }
    }
    for (const part of ['debit', 'credit'] as const) {
      const text = entry[part];
      if (text !== undefined) given.push([part, text, `${pointer}/${part}`]);
    }
    const amounts = new Map<string, TypedExpression>();
    for (const [measure, text, at] of given) {
      const known = ledger.measures.map(({ name }) => name);
      if (!known.includes(measure)) {
        const message = `“${ledger.name}” has no measure “${measure}”`;
        this.#fault(at, 'unknown-measure', message, nearestHint(measure, known));
        continue;
      }
      const expression = this.#typed(text, each, at, NUMBER);
      if (expression !== null) amounts.set(measure, expression);
    }
    return ledger.measures.map(({ name }) => amounts.get(name) ?? null);
  }

  #dimensions(
    entry: EntrySource,
    ledger: LinkedLedger,
    each: LinkedField | null,
    pointer: string,
  ): readonly (Assignment | null)[] {
    const known = ledger.dimensions.map(({ name }) => name);
    for (const name of Object.keys(entry.at)) {
      if (known.includes(name)) continue;
      const at = `${pointer}/at${pointerStep(name)}`;
      this.#fault(at, 'unknown-dimension', `“${ledger.name}” has no dimension “${name}”`, nearestHint(name, known));
    }
    return ledger.dimensions.map((dimension) => {
      const text = entry.at[dimension.name];
      const at = `${pointer}/at${pointerStep(dimension.name)}`;
      if (text === undefined) {
        if (dimension.source.required === true) {
          this.#fault(`${pointer}/at`, 'missing-dimension', `Dimension “${dimension.name}” has no value`);
        }
        return null;
      }
      const expression = this.#typed(text, each, at);
      if (expression === null) return null;
      const assigned = assign(expression, dimension, this.#typist.typeOf(dimension));
      if ('message' in assigned) {
        this.#fault(at, 'wrong-type', assigned.message);
        return null;
      }
      return assigned;
    });
  }

  /** The scope of a rule: its row and document, and what earlier rules over the same rows moved. */
  #scope(each: LinkedField | null): Scope {
    const locals: Record<string, LocalType> = {};
    for (const [name, moved] of this.#moved) {
      if (each === null || moved.each === null || moved.each === each) locals[name] = { members: moved.type };
    }
    const own = this.#entity.name;
    return each === null
      ? this.#typist.serverScope([{ frame: 'self', entity: own }], locals)
      : this.#typist.serverScope(
          [
            { frame: 'self', entity: each.target?.name ?? own },
            { frame: 'parent', entity: own },
          ],
          locals,
        );
  }

  #typed(text: string, each: LinkedField | null, pointer: string, expected?: ValueType): TypedExpression | null {
    const expression = this.#typist.expression(text, this.#scope(each), this.#place, pointer, expected);
    if (expression !== null) this.#needs.add(expression, each?.name ?? null);
    return expression;
  }

  #template(text: string, each: LinkedField | null, pointer: string): TypedTemplate | null {
    const template = this.#typist.template(text, this.#scope(each), this.#place, pointer);
    for (const expression of template === null ? [] : expressionsOf(template)) {
      this.#needs.add(expression, each?.name ?? null);
    }
    return template;
  }

  #rowOf(text: string, each: LinkedField | null, pointer: string): TypedExpression | null {
    const expression = this.#typed(text, each, pointer);
    if (expression === null || expression.type.kind === 'record' || expression.type.kind === 'null') return expression;
    this.#fault(pointer, 'wrong-type', 'This must be a link to the row whose cost is meant');
    return null;
  }

  #linesField(name: string, pointer: string): LinkedField | undefined {
    const field = this.#entity.byName.get(name);
    if (field !== undefined && field.shape.of !== null && field.target !== null) return field;
    const lines = this.#entity.fields.filter(({ shape }) => shape.of !== null).map((each) => each.name);
    const message = `“${name}” is not a lines field of “${this.#entity.name}”`;
    this.#fault(pointer, 'unknown-field', message, nearestHint(name, lines));
    return undefined;
  }

  #pick(name: string | undefined, ledger: LinkedLedger, pointer: string): string | null {
    if (name === undefined) return null;
    const known = (ledger.source.picks ?? []).map(({ dimension }) => dimension);
    if (known.includes(name)) return name;
    this.#fault(pointer, 'unknown-pick', `“${ledger.name}” does not choose “${name}”`, nearestHint(name, known));
    return null;
  }

  #pickOf(name: string | undefined, ledger: LinkedLedger, each: LinkedField | null, pointer: string): string | null {
    if (name === undefined) return null;
    const moved = this.#moved.get(name);
    if (moved?.picks === ledger && moved.each === each) return name;
    const known = [...this.#moved].flatMap(([other, { picks }]) => (picks === ledger ? [other] : []));
    const message = `No entry of this ledger over the same rows is called “${name}” and chooses`;
    this.#fault(pointer, 'unknown-pick', message, nearestHint(name, known));
    return null;
  }

  #name(
    name: string,
    ledger: LinkedLedger,
    each: LinkedField | null,
    kind: TypedRule['kind'],
    isPicking: boolean,
    pointer: string,
  ): void {
    if (this.#moved.has(name)) this.#fault(pointer, 'name-taken', `Another entry is already called “${name}”`);
    const type: Record<string, ValueType> = {};
    for (const measure of ledger.measures) type[measure.name] = this.#typist.typeOf(measure);
    if (kind === 'adjust') type['consumed'] = NUMBER;
    this.#moved.set(name, { each, type, picks: isPicking ? ledger : null });
  }

  #fault(pointer: string, code: string, message: string, hint?: string): void {
    faultAt(this.#report, this.#place, pointer, code, message, hint);
  }
}
