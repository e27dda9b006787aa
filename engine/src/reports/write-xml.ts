import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { ReportElement } from '../compiler/report-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { Value } from '../metamodel/value-type.ts';
import { escapedXml } from '../exchange/xml-text.ts';
import type { ReadFrom } from '../records/context.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { readGroups } from './groups.ts';
import type { Group } from './group-query.ts';
import { baseFigures, bundleOf, gathered, sortedBundles, withComputed } from './lines.ts';
import { planReport } from './plan.ts';
import type { ReportPlan } from './plan.ts';
import { fixedIn, valueOf } from './rewrite.ts';
import type { Fixed } from './rewrite.ts';
import { nameAll, sightsOf } from './run-report.ts';
import type { ReportAsk } from './run-report.ts';

const INDENT = '  ';

/**
 * A report as an XML document, piece by piece. Its lines come in the order of the report. Throws the refusal
 * `too-large` where there are more lines than the limit: half a document would be taken for the whole.
 */
export async function reportXml(
  from: ReadFrom,
  { actor, reach }: Authorized<OperationOf<'list'>>,
  { report, parameters, limit }: ReportAsk,
  root: ReportElement,
): Promise<Iterable<string>> {
  const { globals, today, now } = from;
  const fixed = { parameters: parameters.values, globals, today, now };
  const plan = planReport(report, fixed, null, limit, sightsOf(report, reach));
  const { groups, truncated } = await readGroups(from, plan.query);
  if (truncated) throw refuse('too-large', { parameters: { limit: String(limit) } });
  const naming = await nameAll(from, plan, groups, { locale: actor.locale, reach });
  const all = report.dimensions.map((_, index) => index);
  const bundles = groups.map((group) => bundleOf(plan, [group]));
  const sorted = sortedBundles(plan, bundles, all, naming).flatMap((bundle) => bundle.groups);
  return written(new XmlWriter(plan), prepared(root, fixed), sorted);
}

/** An element with the choices of this run put into what it says. */
interface PreparedElement {
  readonly name: string;
  /** With the space before each, as they stand in the tag. */
  readonly attributes: string;
  readonly each: readonly number[];
  readonly value: TypedExpression | null;
  readonly scale: number | null;
  readonly content: readonly PreparedElement[];
}

function prepared({ name, attributes, each, value, scale, content }: ReportElement, fixed: Fixed): PreparedElement {
  return {
    name,
    attributes: attributes.map(([attribute, text]) => ` ${attribute}="${escapedXml(text)}"`).join(''),
    each,
    value: value === null ? null : fixedIn(value, fixed),
    scale,
    content: content.map((inner) => prepared(inner, fixed)),
  };
}

function* written(writer: XmlWriter, root: PreparedElement, groups: readonly Group[]): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield* writer.element(root, writer.part(groups), '');
}

/** Lines that an element stands for. What they show is worked out once, when the first element asks. */
interface Part {
  readonly groups: readonly Group[];
  row(): Readonly<Record<string, Value>>;
}

class XmlWriter {
  readonly #plan: ReportPlan;

  constructor(plan: ReportPlan) {
    this.#plan = plan;
  }

  part(groups: readonly Group[]): Part {
    let row: Readonly<Record<string, Value>> | null = null;
    return { groups, row: () => (row ??= this.#row(groups)) };
  }

  /** An element as often as it stands for what it is about. */
  *element(element: PreparedElement, part: Part, indent: string): Generator<string> {
    if (element.each.length === 0) {
      yield* this.#one(element, part, indent);
      return;
    }
    for (const groups of gathered(part.groups, element.each)) yield* this.#one(element, this.part(groups), indent);
  }

  *#one(element: PreparedElement, part: Part, indent: string): Generator<string> {
    const { name, attributes, content } = element;
    if (content.length > 0) {
      yield `${indent}<${name}${attributes}>\n`;
      for (const inner of content) yield* this.element(inner, part, indent + INDENT);
      yield `${indent}</${name}>\n`;
      return;
    }
    const text = this.#text(element, part);
    yield text === '' ? `${indent}<${name}${attributes}/>\n` : `${indent}<${name}${attributes}>${text}</${name}>\n`;
  }

  #text({ value, scale }: PreparedElement, part: Part): string {
    if (value === null) return '';
    const found = valueOf(value, part.row(), this.#plan.fixed);
    if (found === null) return '';
    if (found instanceof Decimal) return scale === null ? found.toString() : found.toFixed(scale);
    return escapedXml(String(found));
  }

  /** Dimensions as the first line has them, and the figures of all. */
  #row(groups: readonly Group[]): Readonly<Record<string, Value>> {
    const { report, measures } = this.#plan;
    const [first] = groups;
    const figures = withComputed(this.#plan, baseFigures(this.#plan, bundleOf(this.#plan, groups).leaves));
    return {
      ...Object.fromEntries(report.dimensions.map(({ name }, place) => [name, first?.keys[place] ?? null])),
      ...Object.fromEntries(measures.map(({ measure }, place) => [measure.name, figures[place] ?? null])),
    };
  }
}
