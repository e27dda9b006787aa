import type { TypedExpression } from '../expression/ast.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import { BOOLEAN } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import { isStored } from './linked-entity.ts';
import type { LinkedEntity } from './linked-entity.ts';
import type { LinkedGrant } from './link-references.ts';
import type { GrantedFields } from './model.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

/** A grant with its condition typed. */
export interface TypedGrant {
  readonly linked: LinkedGrant;
  readonly where: TypedExpression | null;
  /** Null: all fields. */
  readonly read: GrantedFields | null;
  readonly write: GrantedFields | null;
}

/** Types what grants say of records and fields. Conditions become SQL, so they read stored columns only. */
export function inferGrants(linked: LinkedModel, typist: Typist, report: Report): readonly TypedGrant[] {
  return linked.grants.map((grant) => {
    const { source, entity, pointer } = grant;
    const scope = typist.scope([{ frame: 'self', entity: entity.name }]);
    const where =
      source.where === undefined ? null : typist.expression(source.where, scope, grant, `${pointer}/where`, BOOLEAN);
    if (where !== null) checkReads(where, grant, linked, report);
    const read = fieldsOf(source.read, grant, 'read', report);
    const write = fieldsOf(source.write, grant, 'write', report);
    return { linked: grant, where, read, write: write ?? read };
  });
}

function checkReads(where: TypedExpression, grant: LinkedGrant, linked: LinkedModel, report: Report): void {
  const fault = (message: string): void => faultAt(report, grant, `${grant.pointer}/where`, 'not-stored', message);
  for (const { path } of dependenciesOf(where)) {
    if (path.some(({ kind }) => kind === 'rows')) {
      fault('A condition of a grant reads the record and what it links to, no rows');
      continue;
    }
    const last = path.at(-1);
    const holder = last === undefined ? undefined : linked.entities.get(last.entity);
    const field = last === undefined ? undefined : holder?.byName.get(last.field);
    if (field === undefined || isStored(field)) continue;
    fault(`“${field.name}” of “${holder?.name ?? ''}” is not stored as a plain value, so a condition cannot read it`);
  }
}

function fieldsOf(
  names: readonly string[] | undefined,
  { document, entity, pointer }: LinkedGrant,
  list: 'read' | 'write',
  report: Report,
): GrantedFields | null {
  if (names === undefined) return null;
  const fields = new Map<string, Set<string> | null>();
  for (const [index, path] of names.entries()) {
    const [name = '', ofRow] = path.split('.');
    const at = `${pointer}/${list}/${index}`;
    const field = entity.byName.get(name);
    const rows = field?.shape.of === null ? null : (field?.target ?? null);
    if (field === undefined || (ofRow !== undefined && rows?.byName.has(ofRow) !== true)) {
      unknown(report, document, at, path, ofRow === undefined || rows === null ? entity : rows);
      continue;
    }
    if (ofRow === undefined) fields.set(name, null);
    else if (fields.get(name) !== null) fields.set(name, (fields.get(name) ?? new Set()).add(ofRow));
  }
  return fields;
}

function unknown(
  report: Report,
  document: LinkedGrant['document'],
  pointer: string,
  path: string,
  holder: LinkedEntity,
): void {
  const hint = nearestHint(path.split('.').at(-1) ?? '', holder.byName.keys());
  faultAt(report, { document }, pointer, 'unknown-field', `“${holder.name}” has no field “${path}”`, hint);
}
