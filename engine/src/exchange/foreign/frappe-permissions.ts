import type { Account } from './account.ts';
import type { TakenField } from './frappe-fields.ts';
import { isYes, listOf, textOf } from './frappe-source.ts';
import type { DocType } from './frappe-source.ts';
import type { Json, JsonDocument } from './module-draft.ts';
import { slugFrom } from './names.ts';

/** A record type whose permissions are taken. */
export interface EntityRights {
  readonly type: DocType;
  readonly entity: string;
  readonly isDocument: boolean;
  readonly fields: ReadonlyMap<string, TakenField>;
}

interface PermissionDraft {
  readonly path: string;
  readonly document: JsonDocument;
  readonly origin: { readonly source: string; readonly pointer: string };
}

const GRANTS_MAX = 300;
/** Who may do everything anyway. */
const ADMINS: ReadonlySet<string> = new Set(['System Manager', 'Administrator']);
const ACTIONS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'update',
  create: 'create',
  delete: 'delete',
  submit: 'submit',
  cancel: 'cancel',
  amend: 'amend',
  export: 'export',
  import: 'import',
  print: 'print',
};
const OF_DOCUMENTS: ReadonlySet<string> = new Set(['submit', 'cancel', 'amend']);
const OTHERWISE: Readonly<Record<string, string>> = {
  report: 'Reports are open to whoever reads what they are made of',
  email: 'Whoever may print may send',
  share: 'Whoever sees a record may share it',
  select: 'Whoever links to records may read them',
  set_user_permissions: 'Admins keep members to records',
  mask: 'Fields are hidden by rights, whole',
};

/** The permissions of DocTypes as one document for each role. */
export function permissionDocuments(
  module: string,
  rights: readonly EntityRights[],
  account: Account,
): readonly PermissionDraft[] {
  const grants = new Map<
    string,
    { readonly label: string; readonly list: JsonDocument[]; readonly origin: PermissionDraft['origin'] }
  >();
  for (const right of rights) {
    const { type } = right;
    const permissions = listOf(type.facts['permissions']);
    for (const [index, permission] of permissions.entries()) {
      const pointer = `${type.pointer}/permissions/${index}`;
      const note = (name: string, fate: 'taken' | 'left-out' | 'approximated', why = ''): void => {
        if (permission[name] !== undefined) account.note(type.source, `${pointer}/${name}`, fate, why);
      };
      const role = textOf(permission['role']);
      for (const [name, why] of Object.entries(OTHERWISE)) if (isYes(permission[name])) note(name, 'approximated', why);
      if (ADMINS.has(role)) {
        for (const name of ['role', 'permlevel', 'if_owner', ...Object.keys(ACTIONS)]) note(name, 'taken');
        continue;
      }
      const grant = grantOf(right, permission, permissions, note);
      if (role === '' || grant === null) continue;
      const slug = slugFrom(role);
      const known = grants.get(slug) ?? { label: role, list: [], origin: { source: type.source, pointer } };
      if (known.list.length < GRANTS_MAX) known.list.push(grant);
      else note('role', 'left-out', `A role has at most ${GRANTS_MAX} grants`);
      grants.set(slug, known);
    }
  }
  return [...grants].map(([slug, { label, list, origin }]) => ({
    path: `permissions/${slug}.json`,
    document: { permission: `${module}.${slug}`, role: `${module}.${slug}`, label, grants: list },
    origin,
  }));
}

type Note = (name: string, fate: 'taken' | 'left-out' | 'approximated', why?: string) => void;

function grantOf(
  { entity, isDocument, fields }: EntityRights,
  permission: Readonly<Record<string, unknown>>,
  all: readonly Readonly<Record<string, unknown>>[],
  note: Note,
): JsonDocument | null {
  note('role', 'taken');
  note('permlevel', 'taken');
  const level = Number(permission['permlevel'] ?? 0);
  const actions: string[] = [];
  for (const [name, action] of Object.entries(ACTIONS)) {
    if (!isYes(permission[name])) continue;
    if (OF_DOCUMENTS.has(action) && !isDocument) note(name, 'left-out', 'Only documents are submitted');
    else {
      note(name, 'taken');
      actions.push(action);
    }
  }
  // A higher level opens more fields to a role; the grant of its first level names them.
  if (level > 0 || actions.length === 0) return null;
  const grant: JsonDocument = { entity, actions };
  if (isYes(permission['if_owner'])) {
    grant['where'] = 'created_by == user.id';
    note('if_owner', 'taken');
  }
  const levels = (action: string): ReadonlySet<number> =>
    new Set(
      all
        .filter((other) => other['role'] === permission['role'] && isYes(other[action]))
        .map((other) => Number(other['permlevel'] ?? 0)),
    );
  const taken = [...fields.values()];
  const within = (open: ReadonlySet<number>): Json[] =>
    taken.filter(({ from }) => open.has(Number(from.facts['permlevel'] ?? 0))).map(({ name }) => name);
  if (taken.some(({ from }) => Number(from.facts['permlevel'] ?? 0) > 0)) {
    const [read, write] = [within(levels('read')), within(levels('write'))];
    if (read.length < taken.length) grant['read'] = read;
    if (write.length < taken.length && (actions.includes('update') || actions.includes('create'))) {
      grant['write'] = write.filter((name) => read.includes(name));
    }
  }
  return grant;
}
