import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { RECORDS_KEY } from '../compiler/workflow-model.ts';
import type { Flow, FlowLines } from '../compiler/workflow-model.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { evaluatorOf, rowsOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom, RecordContext } from '../records/context.ts';
import { demandSight } from '../records/bounds.ts';
import { createFromValues } from '../records/create.ts';
import type { Written } from '../records/create.ts';
import { loadAll, loadRecord } from '../records/load-record.ts';
import { writeUnit } from '../records/write-unit.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { Evaluation, holds } from './evaluation.ts';
import { statusOf } from './status.ts';
import { stageOf } from './submit.ts';

/** Records that the rows of one document are made from at most. */
const RECORDS_MAX = 5_000;

/** The right to create the document that a flow makes; access/ gives it together with the right to read the old one. */
type MayCreate = Authorized<OperationOf<'create'>>;

/** A flow that starts from records of this entity, by its name or the name alone. Refuses `not-found`. */
export function findFlow(model: Model, entity: Entity, name: string): Flow {
  const flow = flowsFrom(model, entity).find((each) => each.name === name || each.name.split('.')[1] === name);
  if (flow === undefined) throw refuse('not-found');
  return flow;
}

/** The flows that start from records of this entity, in the order they are offered. */
export function flowsFrom(model: Model, entity: Entity): readonly Flow[] {
  return [...model.flows.values()].filter(({ from }) => from === entity).sort((a, b) => a.order - b.order);
}

/**
 * Makes the next document, saved as a draft. Refuses `wrong-state` when the flow is not offered for this one, and
 * `nothing-open` when no row has anything left; what `createRecord` refuses besides points into the new document.
 */
export async function takeFlow(
  context: RecordContext,
  { entity, operation, reach }: Authorized<OperationOf<'flow'>>,
  mayCreate: MayCreate,
): Promise<Written> {
  const flow = findFlow(context.model, entity, operation.flow);
  return writeUnit(context, async (unit) => {
    await demandSight(unit.from, reach, entity, operation.id);
    return carryOver(unit, flow, await loadRecord(unit.from, entity, operation.id), mayCreate);
  });
}

/** As `takeFlow`, as a part of a unit. */
export async function carryOver(unit: WriteUnit, flow: Flow, source: DraftRow, mayCreate: MayCreate): Promise<Written> {
  // The right is for one entity; another one here would be a mistake of the engine.
  if (mayCreate.entity !== flow.to) throw refuse('forbidden');
  const whole = await withRecords(unit.from, flow, source);
  const evaluation = await Evaluation.of(unit.from, flow.reads, whole);
  if (!(await isOffered(flow, source, evaluation))) {
    throw refuse('wrong-state', { parameters: { status: statusOf(source) } });
  }
  return createFromValues(unit, mayCreate, await nextValues(flow, whole, evaluation));
}

/** What is offered of a flow for a record as it is now. */
export async function flowStanding(
  from: ReadFrom,
  flow: Flow,
  source: DraftRow,
): Promise<'open' | 'nothing-open' | 'not-offered'> {
  const evaluation = await Evaluation.of(from, flow.reads, source);
  if (!(await isOffered(flow, source, evaluation))) return 'not-offered';
  // Whether any of many records has something left is found out when the flow is taken.
  if (flow.lines === null || flow.lines.records !== null) return 'open';
  return (await openRows(flow.lines, source, evaluation)).length > 0 ? 'open' : 'nothing-open';
}

/** Without a condition of its own, a flow starts from documents that are submitted, and from any other record. */
async function isOffered({ from, when }: Flow, source: DraftRow, evaluation: Evaluation): Promise<boolean> {
  if (when === null) return from.kind !== 'document' || stageOf(source) === 'submitted';
  return evaluation.whole(() => holds(when, evaluation.context(source)));
}

async function nextValues({ set, lines }: Flow, source: DraftRow, evaluation: Evaluation): Promise<DraftRow> {
  const values = withoutNulls(await evaluation.whole(() => evaluation.values(set, evaluation.context(source))));
  if (lines === null) return values;
  const rows = await openRows(lines, source, evaluation);
  if (rows.length === 0) throw refuse('nothing-open');
  return { ...values, [lines.to.name]: [...rows] };
}

/** The rows of the new document: one for each row of the old one that has something open. */
async function openRows(
  { from, records, open, where, set }: FlowLines,
  source: DraftRow,
  evaluation: Evaluation,
): Promise<readonly DraftRow[]> {
  const field = records === null ? (from?.name ?? null) : RECORDS_KEY;
  const rows = field === null ? [source] : rowsOf(source, field);
  const parent = field === null ? {} : { parent: source };
  return evaluation.whole(() =>
    rows.flatMap((row) => {
      const context = evaluation.context(row, parent);
      if (where !== null && !holds(where, context)) return [];
      if (open === null) return [withoutNulls(evaluation.values(set, context))];
      const left = evaluatorOf(open)(context);
      if (!(left instanceof Decimal) || left.compare(Decimal.zero) <= 0) return [];
      const withOpen = evaluation.context(row, { ...parent, locals: { open: left } });
      return [withoutNulls(evaluation.values(set, withOpen))];
    }),
  );
}

/** The document together with the records that the rows of the next one are made from. */
async function withRecords(from: ReadFrom, { lines }: Flow, source: DraftRow): Promise<DraftRow> {
  const records = lines?.records ?? null;
  return records === null ? source : { ...source, [RECORDS_KEY]: [...(await loadAll(from, records, RECORDS_MAX))] };
}

/** What comes out as nothing is left to the defaults of the new document. */
function withoutNulls(values: DraftRow): DraftRow {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
