/** Names of what was read, from the general to the special: invalidating a list of parts invalidates all below it. */
export const queryKeys = {
  businessTypes: (locale: string) => ['business-types', locale] as const,
  recommendations: (businessType: string, locale: string) => ['recommendations', businessType, locale] as const,
  modules: (locale: string) => ['modules', locale] as const,
  allCompanyModules: ['company-modules'] as const,
  companyModules: (locale: string) => ['company-modules', locale] as const,
  /** Everything that depends on the company's model. */
  metadata: ['metadata'] as const,
  index: (locale: string) => ['metadata', 'index', locale] as const,
  entity: (entity: string, locale: string) => ['metadata', 'entity', entity, locale] as const,
  /** Everything read from records. */
  records: ['records'] as const,
  /** Every list, count and record of an entity. */
  entityRecords: (entity: string) => ['records', entity] as const,
  list: (entity: string, query: unknown) => ['records', entity, 'list', query] as const,
  count: (entity: string) => ['records', entity, 'count'] as const,
  record: (entity: string, id: string) => ['records', entity, 'record', id] as const,
  widget: (name: string, locale: string) => ['records', 'widget', name, locale] as const,
  search: (entity: string, text: string) => ['records', entity, 'search', text] as const,
  activity: (choice: unknown, locale: string) => ['activity', choice, locale] as const,
  failures: (locale: string) => ['outbox-failures', locale] as const,
  secondFactor: ['second-factor'] as const,
  sessions: ['sessions'] as const,
  tokens: ['tokens'] as const,
  members: ['members'] as const,
  invitations: ['invitations'] as const,
  personalData: (locale: string) => ['personal-data', locale] as const,
  grantable: (locale: string) => ['roles', 'grantable', locale] as const,
  roles: (locale: string) => ['roles', locale] as const,
};
