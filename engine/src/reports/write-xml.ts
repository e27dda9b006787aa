import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { ReportElement } from '../compiler/report-model.ts';
import type { Value } from '../metamodel/value-type.ts';
import { escapedXml } from '../exchange/xml-text.ts';
import type { ReadFrom } from '../records/context.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { readGroups } from './groups.ts';
import type { Group } from './group-query.ts';
import { baseFigures, bundleOf, gathered, sortedBundles, withComputed } from './lines.ts';
import { Naming } from './naming.ts';
import { planReport } from './plan.ts';
import type { ReportPlan } from './plan.ts';
import { fixedIn, valueOf } from './rewrite.ts';
import { sightsOf } from './run-report.ts';
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
  const all = report.dimensions.map((_, index) => index);
  const bundles = groups.map((group) => bundleOf(plan, [group]));
  const naming = new Naming(from, actor.locale, reach);
  const sorted = sortedBundles(plan, bundles, all, naming).flatMap((bundle) => bundle.groups);
  return written(new XmlWriter(plan), root, sorted);
}

function* written(writer: XmlWriter, root: ReportElement, groups: readonly Group[]): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield* writer.element(root, groups, '');
}

class XmlWriter {
  readonly #plan: ReportPlan;

  constructor(plan: ReportPlan) {
    this.#plan = plan;
  }

  /** An element as often as it stands for what it is about. */
  *element(element: ReportElement, groups: readonly Group[], indent: string): Generator<string> {
    const parts = element.each.length === 0 ? [groups] : gathered(groups, element.each);
    for (const part of parts) yield* this.#one(element, part, indent);
  }

  *#one(element: ReportElement, groups: readonly Group[], indent: string): Generator<string> {
    const { name, content } = element;
    const attributes = element.attributes.map(([each, value]) => ` ${each}="${escapedXml(value)}"`).join('');
    if (content.length > 0) {
      yield `${indent}<${name}${attributes}>\n`;
      for (const inner of content) yield* this.element(inner, groups, indent + INDENT);
      yield `${indent}</${name}>\n`;
      return;
    }
    const text = this.#text(element, groups);
    yield text === '' ? `${indent}<${name}${attributes}/>\n` : `${indent}<${name}${attributes}>${text}</${name}>\n`;
  }

  #text({ value, scale }: ReportElement, groups: readonly Group[]): string {
    if (value === null) return '';
    const found = valueOf(fixedIn(value, this.#plan.fixed), this.#row(groups), this.#plan.fixed);
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
