import { pointerStep } from '../metamodel/diagnostic.ts';
import type { OpenIn } from './entity-model.ts';
import { LEDGER_FRAME } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** What is offered where a record for a dynamic link is chosen. */
export interface TypedOffer {
  readonly entity: LinkedEntity;
  readonly field: LinkedField;
  /** Entities whose records count as the kind that the field offers. */
  readonly offers: readonly string[];
  readonly openIn: OpenIn | null;
}

export function inferOffers(linked: LinkedModel, typist: Typist, report: Report): readonly TypedOffer[] {
  const kinds = new Map<string, string[]>();
  for (const { name, source } of linked.entities.values()) {
    for (const kind of source.counts_as ?? []) kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  return [...linked.entities.values()].flatMap((entity) =>
    entity.fields.flatMap((field) => {
      const { offers, open_in: openIn } = field.source;
      if (offers === undefined && openIn === undefined) return [];
      return [
        {
          entity,
          field,
          offers: offers === undefined ? [] : (kinds.get(offers) ?? []),
          openIn: openIn === undefined ? null : inferOpenIn(entity, field, openIn, linked, typist, report),
        },
      ];
    }),
  );
}

function inferOpenIn(
  entity: LinkedEntity,
  field: LinkedField,
  source: NonNullable<LinkedField['source']['open_in']>,
  linked: LinkedModel,
  typist: Typist,
  report: Report,
): OpenIn | null {
  const pointer = `${field.pointer}/open_in`;
  const ledger = linked.ledgers.get(source.ledger);
  if (ledger === undefined) {
    const hint = nearestHint(source.ledger, linked.ledgers.keys());
    faultAt(report, entity, `${pointer}/ledger`, 'unknown-ledger', `There is no ledger “${source.ledger}”`, hint);
    return null;
  }
  const known = ledger.dimensions.map(({ name }) => name);
  const holder = entity.owner?.entity ?? entity;
  const dimensionAt = (name: string, place: string): LinkedField | undefined => {
    const found = ledger.dimensions.find((each) => each.name === name);
    if (found !== undefined) return found;
    const message = `“${ledger.name}” has no dimension “${name}”`;
    faultAt(report, entity, `${pointer}/${place}`, 'unknown-dimension', message, nearestHint(name, known));
    return undefined;
  };
  const named = dimensionAt(source.dimension, 'dimension');
  if (named !== undefined && named.shape.type !== 'dynamic-link') {
    const message = `Dimension “${named.name}” does not name records of any kind`;
    faultAt(report, entity, `${pointer}/dimension`, 'wrong-type', message);
  }
  const due = source.due === undefined ? undefined : dimensionAt(source.due, 'due');
  if (due !== undefined && due.shape.type !== 'date') {
    faultAt(report, entity, `${pointer}/due`, 'wrong-type', `Dimension “${due.name}” is no date`);
  }
  for (const [name, from] of Object.entries(source.at ?? {})) {
    const place = `at${pointerStep(name)}`;
    const dimension = dimensionAt(name, place);
    const own = holder.byName.get(from);
    if (own === undefined) {
      const message = `“${holder.name}” has no field “${from}”`;
      faultAt(report, entity, `${pointer}/${place}`, 'unknown-field', message, nearestHint(from, holder.byName.keys()));
    } else if (
      dimension !== undefined &&
      (own.target !== dimension.target || own.shape.type !== dimension.shape.type)
    ) {
      const message = `“${from}” does not hold what dimension “${name}” holds`;
      faultAt(report, entity, `${pointer}/${place}`, 'wrong-type', message);
    }
  }
  const scope = typist.scope([{ frame: 'self', entity: LEDGER_FRAME + ledger.name }]);
  const value = typist.expression(source.value, scope, entity, `${pointer}/value`, { kind: 'number', scale: null });
  if (value === null) return null;
  const { dimension, at = {} } = source;
  return { ledger: ledger.name, dimension, due: source.due ?? null, at, value };
}
