import type { TypedExpression } from '../expression/ast.ts';
import { toText } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import type { LinkNeeds } from './computation.ts';
import { BOOLEAN, expressionsOf, LEDGER_FRAME } from './infer.ts';
import type { TypedEntity, TypedField, Typist } from './infer.ts';
import type { Message } from './ledger-model.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedLedger } from './link-ledgers.ts';
import type { LinkedField } from './linked-entity.ts';
import { NeedsGatherer } from './needs.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** A ledger with its expressions typed. */
export interface TypedLedger {
  readonly linked: LinkedLedger;
  readonly entries: TypedEntity;
  readonly balanced: TypedExpression | null;
  readonly checks: readonly { readonly that: TypedExpression; readonly message: Message }[];
  readonly guards: readonly {
    readonly never: TypedExpression;
    readonly unless: TypedExpression | null;
    readonly message: Message;
  }[];
  readonly picks: readonly TypedPick[];
  readonly valuation: { readonly method: TypedExpression; readonly standard: TypedExpression | null } | null;
  readonly open: TypedExpression | null;
  readonly controls: readonly TypedControl[];
  readonly needs: readonly LinkNeeds[];
}

export interface TypedPick {
  readonly when: TypedExpression | null;
  readonly only: TypedExpression | null;
  readonly orderBy: readonly TypedExpression[];
  readonly message: Message;
}

export interface TypedControl {
  readonly label: Text;
  readonly of: TypedExpression | null;
  readonly value: TypedExpression;
  readonly ledger: string;
  readonly where: TypedExpression | null;
  readonly equals: TypedExpression;
  readonly by: readonly (readonly [LinkedField, string])[];
}

const NUMBER: ValueType = { kind: 'number', scale: null };
const TEXT: ValueType = { kind: 'text' };

export function inferLedgers(linked: LinkedModel, typist: Typist, report: Report): ReadonlyMap<string, TypedLedger> {
  return new Map(
    [...linked.ledgers.values()].map((ledger) => [
      ledger.name,
      { ...inferLedger(ledger, typist), controls: inferControls(ledger, linked, typist, report) },
    ]),
  );
}

/** A field of an entry: written by postings alone, so that all its rule says is whether it may be empty. */
function entryField(field: LinkedField): TypedField {
  return {
    required: field.source.required === true,
    readOnly: true,
    visible: true,
    default: null,
    computed: null,
    linkFilter: null,
    rollup: null,
  };
}

function inferControls(
  ledger: LinkedLedger,
  linked: LinkedModel,
  typist: Typist,
  report: Report,
): readonly TypedControl[] {
  return (ledger.source.controls ?? []).flatMap((control, index) => {
    const pointer = `/controls/${index}`;
    const other = linked.ledgers.get(control.ledger);
    if (other === undefined) {
      const hint = nearestHint(control.ledger, linked.ledgers.keys());
      faultAt(report, ledger, `${pointer}/ledger`, 'unknown-ledger', `There is no ledger “${control.ledger}”`, hint);
      return [];
    }
    const own = typist.scope([{ frame: 'self', entity: LEDGER_FRAME + ledger.name }]);
    const theirs = typist.scope([{ frame: 'self', entity: LEDGER_FRAME + other.name }]);
    const value = typist.expression(control.value, own, ledger, `${pointer}/value`, NUMBER);
    const equals = typist.expression(control.equals, theirs, ledger, `${pointer}/equals`, NUMBER);
    const where =
      control.where === undefined
        ? null
        : typist.expression(control.where, theirs, ledger, `${pointer}/where`, BOOLEAN);
    const of = control.of === undefined ? null : typist.expression(control.of, own, ledger, `${pointer}/of`, BOOLEAN);
    const by = Object.entries(control.by ?? {}).flatMap(([name, to]): [LinkedField, string][] => {
      const dimension = ledger.dimensions.find((each) => each.name === name);
      const known = other.dimensions.some((each) => each.name === to);
      if (dimension !== undefined && known) return [[dimension, to]];
      const missing = dimension === undefined ? name : to;
      faultAt(report, ledger, `${pointer}/by/${name}`, 'unknown-dimension', `There is no dimension “${missing}”`);
      return [];
    });
    const label = control.label === undefined ? other.entries.label : toText(control.label);
    return value === null || equals === null ? [] : [{ label, of, value, ledger: other.name, where, equals, by }];
  });
}

function inferLedger(ledger: LinkedLedger, typist: Typist): Omit<TypedLedger, 'controls'> {
  const { source } = ledger;
  const scope = typist.scope([{ frame: 'self', entity: LEDGER_FRAME + ledger.name }]);
  const needs = new NeedsGatherer(typist.targetOf);
  const typed = (text: string | undefined, pointer: string, expected?: ValueType): TypedExpression | null => {
    const expression = text === undefined ? null : typist.expression(text, scope, ledger, pointer, expected);
    if (expression !== null) needs.add(expression, null);
    return expression;
  };
  const message = (text: Parameters<typeof toText>[0], pointer: string): Message => {
    const templates = typist.texts(toText(text), scope, ledger, pointer);
    for (const template of Object.values(templates)) {
      for (const expression of expressionsOf(template)) needs.add(expression, null);
    }
    return templates;
  };

  const checks = (source.checks ?? []).flatMap((check, index) => {
    const that = typed(check.that, `/checks/${index}/that`, BOOLEAN);
    return that === null ? [] : [{ that, message: message(check.message, `/checks/${index}/message`) }];
  });
  const guards = (source.guards ?? []).flatMap((guard, index) => {
    const at = `/guards/${index}`;
    const never = typed(guard.never, `${at}/never`, BOOLEAN);
    const unless = typed(guard.unless, `${at}/unless`, BOOLEAN);
    return never === null ? [] : [{ never, unless, message: message(guard.message, `${at}/message`) }];
  });
  const picks = (source.picks ?? []).map((pick, index): TypedPick => {
    const at = `/picks/${index}`;
    return {
      when: typed(pick.when, `${at}/when`, BOOLEAN),
      only: typed(pick.only, `${at}/only`, BOOLEAN),
      orderBy: pick.order_by.flatMap((text, place) => typed(text, `${at}/order_by/${place}`) ?? []),
      message: message(pick.message, `${at}/message`),
    };
  });
  const method = typed(source.valuation?.method, '/valuation/method', TEXT);
  const standard = typed(source.valuation?.standard, '/valuation/standard', NUMBER);
  const balanced = typed(source.balanced, '/balanced', NUMBER);
  const open =
    ledger.periods === null || source.periods === undefined
      ? null
      : typist.expression(
          source.periods.open,
          typist.scope([{ frame: 'self', entity: ledger.periods.entity.name }]),
          ledger,
          '/periods/open',
          BOOLEAN,
        );
  return {
    linked: ledger,
    entries: {
      linked: ledger.entries,
      fields: new Map(ledger.entries.fields.map((field) => [field.name, entryField(field)])),
      title: { parts: [] },
      checks: [],
      titleNeeds: [],
      computation: { steps: [], needs: [], lineNeeds: {} },
    },
    balanced,
    checks,
    guards,
    picks,
    valuation: method === null ? null : { method, standard },
    open,
    needs: needs.needs,
  };
}
