import type { Scope } from '../expression/scope.ts';
import type { FlowDocument } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import { BehaviourTypist } from './actions.ts';
import { BOOLEAN } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { nearestHint } from './report.ts';
import { RECORDS_KEY } from './workflow-model.ts';
import type { Flow, FlowLines } from './workflow-model.ts';

export type TypedFlow = Flow<LinkedEntity, LinkedField>;

const NUMBER: ValueType = { kind: 'number', scale: null };

/** Where a flow stands that does not say. */
const ORDER_DEFAULT = 50;

/** What is open of a row, as `set` reads it. */
const OPEN = 'open';

/** Types the flows from document to document. */
export function inferFlows(linked: LinkedModel, typist: Typist, report: Report): readonly TypedFlow[] {
  return linked.documents.flatMap((document) => {
    if (document.kind !== 'flow' || document.body['hidden'] === true) return [];
    const source = document.body as unknown as FlowDocument;
    // Unknown entities were reported when the document was linked.
    const from = linked.entities.get(source.from);
    const to = linked.entities.get(source.to);
    if (from === undefined || to === undefined) return [];
    const behaviour = new BehaviourTypist(linked, typist, report, document);
    for (const [end, entity] of [['from', from] as const, ['to', to] as const]) {
      if (entity.kind === 'lines') behaviour.fault(`/${end}`, 'not-a-record', `“${entity.name}” are rows of a record`);
    }
    return [inferFlow(document.name, source, behaviour, from, to)];
  });
}

function inferFlow(
  name: string,
  source: FlowDocument,
  behaviour: BehaviourTypist,
  from: LinkedEntity,
  to: LinkedEntity,
): TypedFlow {
  const scope = behaviour.typist.serverScope([{ frame: 'self', entity: from.name }]);
  const when = behaviour.expression(source.when, scope, '/when', BOOLEAN);
  const set = behaviour.values(source.set, to, scope, '/set');
  const lines = source.lines === undefined ? null : inferLines(source.lines, behaviour, from, to);
  return {
    name,
    label: toText(source.label ?? to.label),
    icon: source.icon ?? null,
    order: source.order ?? ORDER_DEFAULT,
    from,
    to,
    when,
    set,
    lines,
    reads: behaviour.takeReads(),
  };
}

function inferLines(
  source: NonNullable<FlowDocument['lines']>,
  behaviour: BehaviourTypist,
  from: LinkedEntity,
  to: LinkedEntity,
): FlowLines<LinkedEntity, LinkedField> | null {
  if (source.records !== undefined) return inferRecordLines(source, source.records, behaviour, from, to);
  const rows = source.from === undefined ? null : linesField(source.from, from, behaviour, '/lines/from');
  const target = source.to ?? source.from;
  if (target === undefined) {
    behaviour.fault('/lines', 'missing-property', 'A row for the document itself needs `to`: the lines it goes to');
    return null;
  }
  const goesTo = linesField(target, to, behaviour, source.to === undefined ? '/lines/from' : '/lines/to');
  if (rows === undefined || goesTo === undefined) return null;
  if (goesTo.source.derive !== undefined) {
    behaviour.fault('/lines/to', 'not-settable', `The rows of “${goesTo.name}” are made by the engine`);
    return null;
  }
  const frames: Scope['frames'] =
    rows === null
      ? [{ frame: 'self', entity: from.name }]
      : [
          { frame: 'self', entity: rows.target?.name ?? from.name },
          { frame: 'parent', entity: from.name },
        ];
  const body = bodyOf(source, behaviour, frames, goesTo.target ?? to, rows?.name ?? null);
  return { from: rows, records: null, to: goesTo, ...body };
}

/** Rows for the records of an entity: each is `self` of the expressions, the document is `parent`. */
function inferRecordLines(
  source: NonNullable<FlowDocument['lines']>,
  records: string,
  behaviour: BehaviourTypist,
  from: LinkedEntity,
  to: LinkedEntity,
): FlowLines<LinkedEntity, LinkedField> | null {
  if (source.from !== undefined) {
    behaviour.fault('/lines/from', 'unexpected-property', 'Rows come from a lines field or from `records`, not both');
    return null;
  }
  if (source.to === undefined) {
    behaviour.fault('/lines', 'missing-property', 'Rows made from `records` need `to`: the lines they go to');
    return null;
  }
  const entity = behaviour.entity(records, '/lines/records');
  const goesTo = linesField(source.to, to, behaviour, '/lines/to');
  if (entity === null || goesTo === undefined) return null;
  const frames: Scope['frames'] = [
    { frame: 'self', entity: entity.name },
    { frame: 'parent', entity: from.name },
  ];
  const rows = bodyOf(source, behaviour, frames, goesTo.target ?? to, RECORDS_KEY);
  return { from: null, records: entity, to: goesTo, ...rows };
}

/** What makes each row, typed over the frames. */
function bodyOf(
  source: NonNullable<FlowDocument['lines']>,
  behaviour: BehaviourTypist,
  frames: Scope['frames'],
  target: LinkedEntity,
  lines: string | null,
): Pick<FlowLines<LinkedEntity, LinkedField>, 'open' | 'where' | 'set'> {
  const scope = behaviour.typist.serverScope(frames);
  const open = behaviour.expression(source.open, scope, '/lines/open', NUMBER, lines);
  const where = behaviour.expression(source.where, scope, '/lines/where', BOOLEAN, lines);
  const setScope = source.open === undefined ? scope : behaviour.typist.serverScope(frames, { [OPEN]: NUMBER });
  return { open, where, set: behaviour.values(source.set, target, setScope, '/lines/set', lines) };
}

function linesField(
  name: string,
  entity: LinkedEntity,
  behaviour: BehaviourTypist,
  pointer: string,
): LinkedField | undefined {
  const field = entity.byName.get(name);
  if (field !== undefined && field.shape.of !== null && field.target !== null) return field;
  const known = entity.fields.filter(({ shape }) => shape.of !== null).map((each) => each.name);
  const message = `“${name}” is not a lines field of “${entity.name}”`;
  behaviour.fault(pointer, 'unknown-field', message, nearestHint(name, known));
  return undefined;
}
