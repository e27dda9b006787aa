import type { Body } from '../../../engine/src/compiler/parse.ts';
import { emptyValueOf, rootOf } from '../structure/schema.ts';
import type { DesignedKind } from './kinds.ts';

/** What somebody says of a document before there is one. */
export interface Beginning {
  readonly kind: DesignedKind;
  readonly name: string;
  readonly label: Readonly<Record<string, string>>;
  /** Of entities: how records live. */
  readonly entityKind: string;
  /** The entity it is about, for kinds that have one. */
  readonly entity: string;
}

/** Kinds that are named after the entity they are about. */
export const NAMED_BY_ENTITY: ReadonlySet<DesignedKind> = new Set(['workflow', 'posting']);
/** Kinds that say which entity they are about. */
export const ABOUT_ENTITY: ReadonlySet<DesignedKind> = new Set([
  'form',
  'view',
  'workflow',
  'posting',
  'print',
  'fixture',
]);

/** `Kontrak sewa` → `kontrak-sewa`. */
export function slugOf(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-\d]+|-+$/g, '');
}

/** A document to begin with: as little as compiles, so that people see something that works and go on from there. */
export function newDocument({ kind, name, label, entityKind, entity }: Beginning): Body {
  const empty = emptyValueOf(rootOf(kind)) as Body;
  switch (kind) {
    case 'module':
      return { module: name, name: label, version: '1.0.0', category: 'own', icon: 'cube', dependencies: [], menu: [] };
    case 'entity':
      return {
        entity: name,
        kind: entityKind,
        label,
        ...(entityKind === 'document' ? { number: `${initialsOf(name)}-{yyyy}-{seq:5}` } : {}),
        fields: firstFields(entityKind),
      };
    case 'workflow':
      return {
        workflow: entity,
        states: [
          { name: 'draft', label: { en: 'Draft', id: 'Konsep' }, color: 'gray' },
          { name: 'approved', label: { en: 'Approved', id: 'Disetujui' }, color: 'green' },
        ],
        transitions: [
          { name: 'approve', label: { en: 'Approve', id: 'Setujui' }, from: 'draft', to: 'approved', do: ['submit'] },
        ],
      };
    case 'posting':
      return { posting: entity, on: 'submit', entries: [] };
    case 'permission':
      return { permission: name, role: name, label, grants: [] };
    case 'form':
      return { form: name, entity, sections: [{ fields: [] }] };
    case 'view':
      return { view: name, entity, type: 'list', label };
    case 'translation':
      return { ...empty, translation: name };
    default: {
      const body: Record<string, unknown> = { ...empty, [kind]: name };
      if ('label' in empty) body['label'] = label;
      if ('entity' in empty) body['entity'] = entity;
      return body;
    }
  }
}

function firstFields(kind: string): Body {
  if (kind === 'document')
    return { date: { type: 'date', label: { en: 'Date', id: 'Tanggal' }, required: true, default: 'today()' } };
  if (kind === 'lines') return { description: { type: 'text', label: { en: 'Description', id: 'Keterangan' } } };
  return { name: { type: 'text', label: { en: 'Name', id: 'Nama' }, required: true, search: true } };
}

function initialsOf(name: string): string {
  return name
    .slice(name.indexOf('.') + 1)
    .split('-')
    .map((word) => word.slice(0, 1))
    .join('')
    .toUpperCase();
}
