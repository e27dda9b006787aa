import { createHash } from 'node:crypto';
import type { Grant, GrantedFields, Model } from '../compiler/model.ts';
import type { Text } from '../metamodel/text.ts';
import type { CompanyDocument, CompanyLayer, DocumentChange } from './company-layer.ts';

/** Roles that a company makes for itself: each is one permission document of its layer, of the same name. */

/** What stands before the point in the names of a company's own roles; no module is called so. */
const OWN = 'company';

/** A grant as the API has it; fields are paths, `lines.price` for those of rows. */
export interface RoleGrant {
  readonly entity: string;
  readonly actions: readonly string[];
  readonly where: string | null;
  readonly read: readonly string[] | null;
  readonly write: readonly string[] | null;
}

export function ownRoleName(slug: string): string {
  return `${OWN}.${slug}`;
}

/** The document of a role that the company made; null for roles of modules, and for those put together by hand. */
export function ownRole(layer: CompanyLayer, role: string): CompanyDocument | null {
  const about = layer.documents.filter(({ kind, document }) => kind === 'permission' && document['role'] === role);
  const [only] = about;
  return about.length === 1 && only?.name === role && role.startsWith(`${OWN}.`) ? only : null;
}

/** The version of a role: who changes it names the one they saw. */
export function roleVersion({ document }: CompanyDocument): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 16);
}

/** What makes a role, or changes it. */
export function roleChange(
  role: string,
  label: Text,
  grants: readonly Readonly<Record<string, unknown>>[],
): DocumentChange & { readonly document: NonNullable<DocumentChange['document']> } {
  return { kind: 'permission', name: role, document: { permission: role, role, label, grants } };
}

/** The file that diagnostics name for a role. */
export function roleFile(role: string): string {
  return `permission/${role}.json`;
}

/** Everything a role is granted, by modules and by the company. */
export function grantsOfRole(model: Model, role: string): readonly RoleGrant[] {
  return model.grants.filter((grant) => grant.role === role).map(roleGrant);
}

function roleGrant({ entity, actions, whereSource, read, write }: Grant): RoleGrant {
  const whole = write === read;
  return {
    entity: entity.name,
    actions,
    where: whereSource,
    read: pathsOf(read),
    write: whole ? null : pathsOf(write),
  };
}

/** The fields of a grant as metadata writes them; null for all. */
export function pathsOf(fields: GrantedFields | null): readonly string[] | null {
  if (fields === null) return null;
  return [...fields].flatMap(([name, rows]) => (rows === null ? [name] : [...rows].map((row) => `${name}.${row}`)));
}

/**
 * Modules that are open to all members as long as no role names their records, and that a change closes to whoever has
 * no role there; or the other way round.
 */
export function openModules(model: Model): ReadonlySet<string> {
  const guarded = new Set(model.grants.map(({ entity }) => entity.module));
  const withRecords = new Set([...model.entities.values()].map(({ module }) => module));
  return new Set([...withRecords].filter((module) => !guarded.has(module)));
}
