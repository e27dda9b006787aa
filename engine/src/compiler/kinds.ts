/**
 * The kinds of documents, each named by the property that carries the document's own name. `entity` comes last: forms,
 * views and fixtures also say which entity they are for.
 */
export const DOCUMENT_KINDS = [
  'module',
  'form',
  'view',
  'workflow',
  'permission',
  'ledger',
  'posting',
  'flow',
  'report',
  'dashboard',
  'print',
  'automation',
  'fixture',
  'translation',
  'template',
  'business_type',
  'entity',
] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
