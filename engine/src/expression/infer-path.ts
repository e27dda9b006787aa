import { didYouMean } from './fault.ts';
import { nearestName } from './nearest.ts';
import { TEXT } from './type.ts';
import { valueNamed } from './value-named.ts';
import type { Checking } from './checking.ts';
import type { GlobalName, NameSegment, PathStep, RowsSource, TypedExpression } from './ast.ts';
import type { LocalType, ScopeFrame } from './scope.ts';
import type { ValueType } from '../metamodel/value-type.ts';

/** Every record has it, though no entity declares it. */
const ID = 'id';

/** Rows named by the beginning of a path, and how many segments that beginning takes. */
export interface NamedRows {
  readonly source: RowsSource;
  readonly length: number;
}

/** Where a path starts: at the record, at its owner, or at the row of the innermost aggregate. */
type Start = 'self' | 'parent' | 'row';

export function fieldTypeOf(checking: Checking, entity: string, field: string): ValueType | undefined {
  return field === ID ? TEXT : checking.scope.fieldType(entity, field);
}

/** Gives a dotted name its meaning: a field of the row, the record, its owner or what they link to, or a global. */
export function checkPath(checking: Checking, segments: readonly NameSegment[]): TypedExpression | null {
  const head = segments[0];
  if (head === undefined) return null;

  const row = checking.rowFrames.at(-1);
  if (row?.bare && fieldTypeOf(checking, row.source.entity, head.name)) {
    return follow(checking, 'row', row.source.entity, segments);
  }
  const rows = rowsNamedBy(checking, segments);
  if (rows !== null) return checkColumn(checking, segments, rows);

  const explicit = frameNamed(checking, head.name);
  if (explicit !== undefined && segments.length > 1) {
    return follow(checking, explicit.frame, explicit.entity, segments.slice(1));
  }
  const frame = recordFrames(checking).find(({ entity }) => fieldTypeOf(checking, entity, head.name));
  if (frame !== undefined) return follow(checking, frame.frame, frame.entity, segments);
  const local = valueNamed(checking.scope.locals ?? {}, head.name);
  if (local !== undefined) return checkLocal(checking, local, segments);
  if (isGlobal(head.name)) return checkGlobal(checking, head.name, segments);
  return unknownName(checking, head);
}

/** The rows a path begins with: `lines` of the record or its owner, or the `group` of a derive. */
export function rowsNamedBy(checking: Checking, segments: readonly NameSegment[]): NamedRows | null {
  const [first, second] = segments;
  if (first === undefined) return null;
  const explicit = frameNamed(checking, first.name);
  if (explicit !== undefined) return second === undefined ? null : rowsIn(checking, explicit, second.name, 2);
  for (const frame of recordFrames(checking)) {
    const type = fieldTypeOf(checking, frame.entity, first.name);
    if (type !== undefined) return rowsIn(checking, frame, first.name, 1);
  }
  if (first.name !== 'group') return null;
  const group = groupSource(checking);
  return group === null ? null : { source: group, length: 1 };
}

/** The rows being grouped, where the scope has them. */
export function groupSource(checking: Checking): RowsSource | null {
  const group = checking.scope.frames.find(({ frame }) => frame === 'group');
  return group === undefined ? null : { frame: 'group', entity: group.entity };
}

function rowsIn(checking: Checking, { frame, entity }: RecordFrame, field: string, length: number): NamedRows | null {
  const type = fieldTypeOf(checking, entity, field);
  if (type?.kind !== 'rows') return null;
  return { source: { frame, step: { entity, field, kind: 'rows' }, entity: type.entity }, length };
}

export function isSameSource(one: RowsSource, other: RowsSource): boolean {
  if (one.frame === 'group' || other.frame === 'group') return one.frame === other.frame;
  return one.frame === other.frame && one.step.field === other.step.field;
}

type RecordFrame = ScopeFrame & { readonly frame: 'self' | 'parent' };

function recordFrames(checking: Checking): readonly RecordFrame[] {
  return checking.scope.frames.filter((frame): frame is RecordFrame => frame.frame !== 'group');
}

function frameNamed(checking: Checking, name: string): RecordFrame | undefined {
  return recordFrames(checking).find(({ frame }) => frame === name);
}

function isGlobal(name: string): name is GlobalName {
  return name === 'user' || name === 'company' || name === 'settings';
}

/** A value given by name, or a member of one. */
function checkLocal(checking: Checking, local: LocalType, segments: readonly NameSegment[]): TypedExpression | null {
  const [head, member, further] = segments;
  if (head === undefined) return null;
  if ('kind' in local) {
    if (member === undefined) return { node: 'local', local: head.name, field: null, type: local };
    return checking.fault('unknown-name', `\`${head.name}\` has no members.`, member);
  }
  const known = Object.keys(local.members);
  if (member === undefined) {
    return checking.fault(
      'incomplete-name',
      `\`${head.name}\` needs a member.`,
      head,
      `Known are ${known.join(', ')}.`,
    );
  }
  const type = valueNamed(local.members, member.name);
  if (type === undefined) {
    const hint = didYouMean(nearestName(member.name, known));
    return checking.fault('unknown-name', `\`${head.name}\` has no \`${member.name}\`.`, member, hint);
  }
  if (further !== undefined) return checking.fault('unknown-name', `\`${member.name}\` has no members.`, further);
  return { node: 'local', local: head.name, field: member.name, type };
}

/** A path through rows: inside an aggregate over those rows it is a value of the row at hand. */
function checkColumn(checking: Checking, segments: readonly NameSegment[], rows: NamedRows): TypedExpression | null {
  const named = segments.slice(0, rows.length);
  const rest = segments.slice(rows.length);
  const row = checking.rowFrames.at(-1);
  if (row !== undefined && isSameSource(row.source, rows.source) && rest.length > 0) {
    return follow(checking, 'row', row.source.entity, rest);
  }
  if (checking.rowFrames.some(({ source }) => isSameSource(source, rows.source))) return outerRow(checking, segments);
  const name = named.map((segment) => segment.name).join('.');
  const message = `\`${name}\` stands for many rows, not for one value.`;
  return checking.fault(
    'rows-as-value',
    message,
    spanOf(segments),
    `Use it inside sum, count, min, max, avg, any or all.`,
  );
}

/** Walks through links to the field a path ends at. The first segment is a field of `entity`. */
function follow(
  checking: Checking,
  start: Start,
  entity: string,
  segments: readonly NameSegment[],
): TypedExpression | null {
  const path: PathStep[] = [];
  let owner = entity;
  for (const [index, segment] of segments.entries()) {
    const type = fieldTypeOf(checking, owner, segment.name);
    if (type === undefined) return unknownField(checking, owner, segment);
    if (index === segments.length - 1) return endOf(checking, start, path, { owner, segment, type });
    if (type.kind === 'rows') {
      return checking.fault(
        'rows-through-link',
        `The rows of another record cannot be read through \`${segment.name}\`.`,
        segment,
      );
    }
    if (type.kind !== 'record') {
      return checking.fault(
        'not-a-link',
        `\`${segment.name}\` of ${owner} is no link, so nothing follows it.`,
        segment,
      );
    }
    path.push({ entity: owner, field: segment.name, kind: 'link' });
    owner = type.entity;
  }
  return null;
}

interface End {
  readonly owner: string;
  readonly segment: NameSegment;
  readonly type: ValueType;
}

function endOf(checking: Checking, start: Start, links: readonly PathStep[], end: End): TypedExpression | null {
  const { owner, segment, type } = end;
  if (type.kind === 'rows' || type.kind === 'list') {
    return checking.fault('rows-as-value', `\`${segment.name}\` stands for many rows, not for one value.`, segment);
  }
  const last = links.at(-1);
  // The id of a linked record is the value of the link itself: the record need not be loaded for it.
  const path: readonly PathStep[] =
    segment.name === ID && last !== undefined
      ? [...links.slice(0, -1), { ...last, kind: 'field' }]
      : [...links, { entity: owner, field: segment.name, kind: 'field' }];
  return start === 'row' ? { node: 'row-path', path, type } : { node: 'path', frame: start, path, type };
}

function checkGlobal(checking: Checking, global: GlobalName, segments: readonly NameSegment[]): TypedExpression | null {
  const known = checking.scope.globals[global];
  const [head, field, further] = segments;
  if (head === undefined) return null;
  if (field === undefined) {
    return checking.fault(
      'incomplete-name',
      `\`${global}\` needs a field after it.`,
      head,
      `Known are ${Object.keys(known).join(', ')}.`,
    );
  }
  const type = valueNamed(known, field.name);
  if (type === undefined) {
    const hint = didYouMean(nearestName(field.name, Object.keys(known)));
    return checking.fault('unknown-field', `\`${global}\` has no field \`${field.name}\`.`, field, hint);
  }
  if (further !== undefined) {
    return checking.fault('not-a-link', `Nothing follows \`${global}.${field.name}\`.`, further);
  }
  return { node: 'global', global, field: field.name, type };
}

function unknownField(checking: Checking, entity: string, segment: NameSegment): null {
  const hint = didYouMean(nearestName(segment.name, [...checking.scope.fieldNames(entity), ID]));
  return checking.fault('unknown-field', `${entity} has no field \`${segment.name}\`.`, segment, hint);
}

/**
 * Databases do not agree on an aggregate in the argument of another one that also reads the outer row: MariaDB 10.11
 * gives wrong sums. What means the same everywhere is that an aggregate reads its own rows and the record.
 */
function outerRow(checking: Checking, segments: readonly NameSegment[]): null {
  return checking.fault(
    'outer-row',
    'An aggregate inside another cannot read the row of the outer one.',
    spanOf(segments),
  );
}

function unknownName(checking: Checking, segment: NameSegment): null {
  const outer = checking.rowFrames.slice(0, -1).filter(({ bare }) => bare);
  if (outer.some(({ source }) => fieldTypeOf(checking, source.entity, segment.name)))
    return outerRow(checking, [segment]);
  if (segment.name === 'parent') {
    return checking.fault(
      'unknown-name',
      'There is no owning record here.',
      segment,
      '`parent` is known in rows only.',
    );
  }
  const rowEntities = checking.rowFrames
    .slice(-1)
    .filter(({ bare }) => bare)
    .map(({ source }) => source.entity);
  const entities = [...rowEntities, ...recordFrames(checking).map(({ entity }) => entity)];
  const { scope } = checking;
  const names = [...entities.flatMap((entity) => scope.fieldNames(entity)), ...Object.keys(scope.locals ?? {})];
  const hint = didYouMean(nearestName(segment.name, [...names, ID, ...Object.keys(scope.globals)]));
  const where = entities.length === 0 ? 'here' : `in ${entities.join(' or ')}`;
  return checking.fault('unknown-name', `There is no field \`${segment.name}\` ${where}.`, segment, hint);
}

function spanOf(segments: readonly NameSegment[]): { position: number; length: number } {
  const position = segments[0]?.position ?? 0;
  const last = segments.at(-1);
  return { position, length: last === undefined ? 0 : last.position + last.length - position };
}
