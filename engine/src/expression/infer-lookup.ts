import { didYouMean } from './fault.ts';
import { nearestName } from './nearest.ts';
import { isWord, TEXT } from './type.ts';
import { valueNamed } from './value-named.ts';
import type { Ast, NamedArgument, NamedValue, PickedBy, TypedExpression } from './ast.ts';
import type { Checking } from './checking.ts';
import type { LedgerTypes, Lookups } from './scope.ts';
import type { ValueType } from '../metamodel/value-type.ts';

const DATE: ValueType = { kind: 'date' };

type Call = Extract<Ast, { node: 'call' }>;
type Lookup = (checking: Checking, call: Call) => TypedExpression | null;

/**
 * Calls that ask the database for more than links lead to. Only the server runs them; see `Scope.lookups` and
 * `Scope.pickable`.
 */
export const LOOKUPS: ReadonlyMap<string, Lookup> = new Map([
  ['find', checkFind],
  ['pick', checkPick],
  ['balance', checkBalance],
  ['moved', checkMoved],
]);

/** `find('accounting.account', role: 'cash')`: the first record, by its natural key, with these values. */
function checkFind(checking: Checking, call: Call): TypedExpression | null {
  const entity = nameIn(checking, call, 'an entity');
  const lookups = lookupsOf(checking, call);
  if (entity === null || lookups === null) return null;
  const known = lookups.findable(entity.name);
  if (known.length === 0) {
    return checking.fault('unknown-entity', `There is no entity \`${entity.name}\`.`, entity.ast);
  }
  if (call.member !== null) return checking.fault('unexpected', 'What `find` gives has no members.', call.member);
  if (call.named.length === 0) {
    return checking.fault('argument-count', '`find` needs a field to find by.', call, "For example role: 'cash'.");
  }
  const typeOf = (name: string): ValueType | undefined =>
    known.includes(name) ? checking.scope.fieldType(entity.name, name) : undefined;
  const by = namedValues(checking, call.named, known, typeOf);
  return by === null ? null : { node: 'find', entity: entity.name, by, type: { kind: 'record', entity: entity.name } };
}

const BOUNDS: ReadonlyMap<string, PickedBy['fits']> = new Map([
  ['at_most', 'at-most'],
  ['at_least', 'at-least'],
]);
/** Kinds of values that have an order that a database and a computation agree on. */
const ORDERED: ReadonlySet<ValueType['kind']> = new Set(['number', 'date', 'datetime', 'time', 'duration']);

/**
 * `pick('sales.price', item: item, min_quantity: at_most(quantity)).rate`: of the records that fit the values, the one
 * that fits best. A field that is empty in a record fits every value.
 */
function checkPick(checking: Checking, call: Call): TypedExpression | null {
  const { scope } = checking;
  if (scope.pickable === undefined) {
    return checking.fault('not-here', '`pick` is known in defaults of fields only.', call.name);
  }
  const entity = nameIn(checking, call, 'an entity');
  if (entity === null) return null;
  const known = scope.pickable(entity.name);
  if (known.length === 0) {
    return checking.fault('unknown-entity', `There is no entity \`${entity.name}\`.`, entity.ast);
  }
  if (call.named.length === 0) {
    return checking.fault('argument-count', '`pick` needs a field to pick by.', call, 'For example item: item.');
  }
  const typeOf = (name: string): ValueType | undefined =>
    known.includes(name) ? scope.fieldType(entity.name, name) : undefined;
  const given = call.named.flatMap((argument) => boundOf(checking, argument, typeOf) ?? []);
  if (given.length < call.named.length) return null;
  const values = namedValues(
    checking,
    given.map(({ argument }) => argument),
    known,
    typeOf,
  );
  const member = call.member === null ? null : pickedMember(checking, call.member, known, typeOf);
  if (values === null || member === undefined) return null;
  const by = values.map((value, index): PickedBy => ({ ...value, fits: given[index]?.fits ?? 'equal' }));
  return {
    node: 'pick',
    entity: entity.name,
    by,
    field: member?.name ?? null,
    type: member?.type ?? { kind: 'record', entity: entity.name },
  };
}

/** `at_most(x)` and `at_least(x)` say how the field is compared with x; they mean nothing elsewhere. */
function boundOf(
  checking: Checking,
  argument: NamedArgument,
  typeOf: (name: string) => ValueType | undefined,
): { readonly argument: NamedArgument; readonly fits: PickedBy['fits'] } | null {
  const { name, value } = argument;
  const fits = value.node === 'call' ? BOUNDS.get(value.name.name) : undefined;
  if (value.node !== 'call' || fits === undefined) return { argument, fits: 'equal' };
  const [bound, ...others] = value.arguments;
  if (bound === undefined || others.length > 0 || value.named.length > 0 || value.member !== null) {
    return checking.fault('argument-count', `\`${value.name.name}\` takes one value.`, value);
  }
  const type = typeOf(name.name);
  if (type !== undefined && !ORDERED.has(type.kind)) {
    return checking.fault('wrong-type', `\`${name.name}\` has no order; it can only be equal.`, value);
  }
  return { argument: { name, value: bound }, fits };
}

/** Undefined when there is no such member. */
function pickedMember(
  checking: Checking,
  segment: NonNullable<Call['member']>,
  known: readonly string[],
  typeOf: (name: string) => ValueType | undefined,
): { readonly name: string; readonly type: ValueType } | undefined {
  const type = typeOf(segment.name);
  if (type !== undefined) return { name: segment.name, type };
  const hint = didYouMean(nearestName(segment.name, known)) ?? `Known are ${known.join(', ')}.`;
  checking.fault('unknown-name', `There is no \`${segment.name}\` to take.`, segment, hint);
  return undefined;
}

/** The argument of `balance` that is no dimension: the last day that counts. */
const UNTIL = 'until';

/**
 * `balance('inventory.stock', item: item, until: date).quantity`: what the entries of these dimensions add up to, of all
 * time or up to the end of a day.
 */
function checkBalance(checking: Checking, call: Call): TypedExpression | null {
  const found = ledgerIn(checking, call);
  if (found === null) return null;
  const { name, ledger } = found;
  // A ledger may have a dimension of that name, which then is meant.
  const hasOwn = Object.hasOwn(ledger.dimensions, UNTIL);
  const known = [...Object.keys(ledger.dimensions), ...(hasOwn ? [] : [UNTIL])];
  const given = namedValues(checking, call.named, known, (each) =>
    each === UNTIL && !hasOwn ? DATE : valueNamed(ledger.dimensions, each),
  );
  const measure = measureIn(checking, call, ledger);
  if (given === null || measure === null) return null;
  const until = hasOwn ? undefined : given.find((each) => each.name === UNTIL);
  const at = given.filter((each) => each !== until);
  return { node: 'balance', ledger: name, at, until: until?.value ?? null, measure: measure.name, type: measure.type };
}

/** `moved('inventory.stock', line: return_of_line).value`: what the entries of that row moved. */
function checkMoved(checking: Checking, call: Call): TypedExpression | null {
  const found = ledgerIn(checking, call);
  if (found === null) return null;
  const [line, ...others] = call.named;
  if (line === undefined || line.name.name !== 'line' || others.length > 0) {
    return checking.fault('argument-count', '`moved` needs the row: `line: …`, and nothing else.', call);
  }
  const value = checking.check(line.value);
  const measure = measureIn(checking, call, found.ledger);
  if (value === null || measure === null) return null;
  const reference = referenceOf(value, TEXT);
  if (reference === null) return checking.fault('wrong-type', '`line` must be a row.', line.value);
  return { node: 'moved', ledger: found.name, line: value, reference, measure: measure.name, type: measure.type };
}

function lookupsOf(checking: Checking, call: Call): Lookups | null {
  const { lookups } = checking.scope;
  if (lookups !== undefined) return lookups;
  const message = `\`${call.name.name}\` is known in postings, flows, guards of workflows and automations only.`;
  return checking.fault('not-here', message, call.name);
}

/** The text that is the first and only plain argument. */
function nameIn(checking: Checking, call: Call, what: string): { readonly name: string; readonly ast: Ast } | null {
  const [first, second] = call.arguments;
  if (first?.node === 'text' && second === undefined) return { name: first.value, ast: first };
  return checking.fault(
    'argument-count',
    `\`${call.name.name}\` needs the name of ${what} as a text, first.`,
    first ?? call,
  );
}

function ledgerIn(checking: Checking, call: Call): { readonly name: string; readonly ledger: LedgerTypes } | null {
  const named = nameIn(checking, call, 'a ledger');
  const lookups = lookupsOf(checking, call);
  if (named === null || lookups === null) return null;
  const ledger = valueNamed(lookups.ledgers, named.name);
  if (ledger !== undefined) return { name: named.name, ledger };
  const hint = didYouMean(nearestName(named.name, Object.keys(lookups.ledgers)));
  return checking.fault('unknown-ledger', `There is no ledger \`${named.name}\`.`, named.ast, hint);
}

function measureIn(
  checking: Checking,
  call: Call,
  { measures }: LedgerTypes,
): { readonly name: string; readonly type: ValueType } | null {
  const known = Object.keys(measures);
  if (call.member === null) {
    const hint = `Add one of .${known.join(', .')}.`;
    return checking.fault('missing-measure', `\`${call.name.name}\` needs a measure after it.`, call, hint);
  }
  const { name } = call.member;
  const type = valueNamed(measures, name);
  if (type !== undefined) return { name, type };
  const hint = didYouMean(nearestName(name, known)) ?? `Known are ${known.join(', ')}.`;
  return checking.fault('unknown-measure', `There is no measure \`${name}\`.`, call.member, hint);
}

/** The named arguments, each of the type that its field or dimension has. */
function namedValues(
  checking: Checking,
  named: readonly NamedArgument[],
  known: readonly string[],
  typeOf: (name: string) => ValueType | undefined,
): readonly NamedValue[] | null {
  const values: NamedValue[] = [];
  for (const { name: segment, value: ast } of named) {
    const { name } = segment;
    const wanted = typeOf(name);
    if (wanted === undefined) {
      const hint = didYouMean(nearestName(name, known)) ?? `Known are ${known.join(', ')}.`;
      checking.fault('unknown-name', `There is no \`${name}\` to look by.`, segment, hint);
      continue;
    }
    if (named.some((other) => other.name.name === name && other.name.position < segment.position)) {
      checking.fault('duplicate-argument', `\`${name}\` is given twice.`, segment);
      continue;
    }
    const value = checking.check(ast, wanted.kind === 'record' ? undefined : wanted);
    if (value === null) continue;
    const reference = referenceOf(value, wanted);
    if (reference === null && !fits(value.type, wanted)) {
      checking.fault('wrong-type', `\`${name}\` cannot be compared with this.`, ast);
      continue;
    }
    values.push({ name, value, reference });
  }
  return values.length < named.length ? null : values;
}

/** The entity that an id belongs to, where a text such as `sales.order:12` is wanted. */
function referenceOf(value: TypedExpression, wanted: ValueType): string | null {
  if (wanted.kind !== 'text') return null;
  if (value.type.kind === 'record') return value.type.entity;
  const last = value.node === 'path' ? value.path.at(-1) : undefined;
  return last?.field === 'id' ? last.entity : null;
}

function fits(given: ValueType, wanted: ValueType): boolean {
  if (given.kind === 'null') return true;
  if (wanted.kind === 'record')
    return given.kind === 'text' || (given.kind === 'record' && given.entity === wanted.entity);
  return isWord(wanted) ? isWord(given) : given.kind === wanted.kind;
}
