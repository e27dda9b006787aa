import type { JsonSchema } from '../../metamodel/field-type.ts';
import { RECORD_IMPORT } from './record-import.ts';
import {
  anything,
  choice,
  date,
  flag,
  id,
  instant,
  list,
  mapOf,
  nullable,
  object,
  reference,
  text,
  whole,
} from './schema.ts';

/** What is said of one route: the handlers themselves check what comes in. */
export interface RouteDescription {
  readonly summary: string;
  readonly tag: string;
  readonly body?: JsonSchema;
  /** Names of query parameters and their schemas. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Of `data` in the answer; absent where nothing is answered. */
  readonly data?: JsonSchema;
  readonly meta?: JsonSchema;
  /** Status of success; 200 with `data` and 204 without, unless said otherwise. */
  readonly status?: number;
  /** The answer is a file of one of these types. */
  readonly files?: readonly string[];
  /** The body is a file. */
  readonly takesFile?: boolean;
  /** The answer is the schema itself, without `data` around it. */
  readonly bare?: boolean;
}

const password = text({ minLength: 10, maxLength: 200, format: 'password' });
const email = text({ format: 'email', maxLength: 255 });
const locale = choice('en', 'id');
const company = object({
  id,
  slug: text(),
  name: text(),
  locale,
  currency: text({ description: 'ISO 4217' }),
  timezone: text({ description: 'IANA name' }),
  roles: list(text()),
});
const me = object({
  user: object({
    id,
    name: text(),
    email,
    email_verified: flag,
    phone: nullable(text()),
    address: nullable(text()),
    business_type_id: nullable(id),
    company_name: nullable(text()),
    locale: nullable(locale),
    preferences: mapOf(anything),
  }),
  company: nullable(company),
  companies: list(company),
  csrf_token: nullable(text()),
  abilities: list(text()),
});
const businessType = object({
  id,
  slug: text(),
  name: text(),
  description: text(),
  icon: nullable(text()),
  color: nullable(text({ pattern: '^#[0-9a-f]{6}$' })),
  sort_order: whole,
});
const module = object({
  id,
  slug: text(),
  name: text(),
  description: text(),
  category: text(),
  icon: nullable(text()),
  version: text(),
  is_core: flag,
  sort_order: whole,
  dependencies: list(text()),
});
const userModule = object({
  id,
  module: { type: 'object' },
  is_active: flag,
  activated_at: nullable(instant),
  configuration: nullable(mapOf(anything)),
  settings_schema: nullable(mapOf(anything)),
});
const restrictions = nullable(mapOf(list(id)));
const memberOf = object({
  id,
  user_id: id,
  name: text(),
  email,
  roles: list(text()),
  is_active: flag,
  restrictions,
});
const invitation = object({
  id,
  email,
  roles: list(text()),
  restrictions,
  invited_by: text(),
  sent_at: instant,
  expires_at: instant,
  state: choice('open', 'expired', 'inviter-left'),
});
const erasure = object({
  id,
  entity: text(),
  record_id: id,
  reason: text(),
  by: text(),
  at: instant,
  records: whole,
  history_rows: whole,
  comments: whole,
  kept: mapOf(whole),
});
const invitedTo = object({ slug: text(), name: text() });
const roleLabel: JsonSchema = { oneOf: [text({ maxLength: 100 }), object({ 'en?': text(), 'id?': text() })] };
const roleGrant = object({
  entity: text(),
  actions: list(text()),
  'where?': nullable(text()),
  'read?': nullable(list(text())),
  'write?': nullable(list(text())),
});
const role = object({
  name: text(),
  label: mapOf(text()),
  is_own: flag,
  version: nullable(text()),
  grants: list(roleGrant),
});
const view = object({
  id,
  entity: text(),
  name: text(),
  query: { type: 'object' },
  is_shared: flag,
  is_default: flag,
  is_own: flag,
});
const paging = { 'page[number]': whole, 'page[size]': whole };

/** What the parts of the API are for. */
export const TAGS: Readonly<Record<string, string>> = {
  Identity: 'Who calls: sessions, tokens, passwords, the second factor.',
  People: 'The members of a company, what they may do, what they are told and what they did.',
  Catalog: 'Trades, modules and recommendations, and the modules of a company.',
  Metadata: 'What the company is made of, for screens and programs, and its changes.',
  Reports: 'Reports, ledgers and the figures of dashboards.',
  Views: 'Saved views of lists.',
  Files: 'Uploads and downloads.',
  Operations: 'What an admin looks after.',
  GraphQL: 'The same records, actions and catalog through GraphQL.',
};

/** Every route beside those of the records of an entity, by method and path. */
export const ROUTES: Readonly<Record<string, RouteDescription>> = {
  'POST /api/v1/auth/register': {
    tag: 'Identity',
    summary: 'Signs somebody up, with a company',
    status: 201,
    body: object({
      name: text({ maxLength: 255 }),
      email,
      password,
      company_name: text({ maxLength: 255 }),
      'business_type?': text({ description: 'Id or slug' }),
      'business_type_id?': text({ description: 'Id or slug' }),
      'phone?': nullable(text({ maxLength: 20 })),
      'address?': nullable(text()),
      'locale?': locale,
    }),
    data: me,
  },
  'POST /api/v1/auth/login': {
    tag: 'Identity',
    summary: 'Begins a session',
    body: object({ email, password: text({ format: 'password' }), 'otp?': text() }),
    data: me,
  },
  'POST /api/v1/auth/logout': { tag: 'Identity', summary: 'Ends this session' },
  'GET /api/v1/auth/me': { tag: 'Identity', summary: 'Who calls', data: me },
  'PATCH /api/v1/auth/me': {
    tag: 'Identity',
    summary: 'Changes the profile',
    body: object({
      'name?': text(),
      'phone?': nullable(text()),
      'address?': nullable(text()),
      'locale?': nullable(locale),
      'preferences?': mapOf(anything),
    }),
    data: me,
  },
  'POST /api/v1/auth/password': {
    tag: 'Identity',
    summary: 'Changes the password and ends the other sessions',
    body: object({ current_password: text({ format: 'password' }), password }),
  },
  'POST /api/v1/auth/forgot-password': {
    tag: 'Identity',
    summary: 'Sends a letter with the way to a new password',
    body: object({ email }),
  },
  'POST /api/v1/auth/reset-password': {
    tag: 'Identity',
    summary: 'Sets a new password by the secret of a letter',
    body: object({ token: text(), password }),
  },
  'POST /api/v1/auth/verify-email': {
    tag: 'Identity',
    summary: 'Proves an address by the secret of a letter',
    body: object({ token: text() }),
  },
  'POST /api/v1/auth/verify-email/letter': { tag: 'Identity', summary: 'Sends that letter once more' },
  'GET /api/v1/auth/two-factor': {
    tag: 'Identity',
    summary: 'Whether a second factor is on',
    data: object({ enabled: flag, recovery_codes_left: whole }),
  },
  'POST /api/v1/auth/two-factor': {
    tag: 'Identity',
    summary: 'Begins a second factor with the password, turns it on with a first code',
    body: object({ 'password?': text({ format: 'password' }), 'otp?': text() }),
    data: object({ 'secret?': text(), 'uri?': text(), 'enabled?': flag, 'recovery_codes?': list(text()) }),
  },
  'DELETE /api/v1/auth/two-factor': {
    tag: 'Identity',
    summary: 'Turns the second factor off',
    body: object({ password: text({ format: 'password' }) }),
  },
  'GET /api/v1/auth/sessions': { tag: 'Identity', summary: 'Your sessions', data: list({ type: 'object' }) },
  'DELETE /api/v1/auth/sessions': { tag: 'Identity', summary: 'Ends your other sessions' },
  'GET /api/v1/auth/tokens': { tag: 'Identity', summary: 'Your tokens', data: list({ type: 'object' }) },
  'POST /api/v1/auth/tokens': {
    tag: 'Identity',
    summary: 'Makes a token; its secret is answered this once',
    status: 201,
    body: object({ name: text({ maxLength: 100 }), 'abilities?': list(text()), 'expires_in_days?': whole }),
    data: object({ id, name: text(), abilities: list(text()), expires_at: instant, token: text() }),
  },
  'DELETE /api/v1/auth/tokens/:id': { tag: 'Identity', summary: 'Revokes a token' },

  'GET /api/v1/members': { tag: 'People', summary: 'Members and their roles', data: list(memberOf) },
  'POST /api/v1/members': {
    tag: 'People',
    summary: 'Asks an address to join, as /invitations does',
    status: 201,
    body: object({ email, 'roles?': list(text()), 'restrictions?': restrictions }),
    data: invitation,
  },
  'PATCH /api/v1/members/:id': {
    tag: 'People',
    summary: 'Changes roles, restrictions and whether the member is active',
    body: object({ 'roles?': list(text()), 'is_active?': flag, 'restrictions?': restrictions }),
    data: memberOf,
  },
  'DELETE /api/v1/members/:id': { tag: 'People', summary: 'Removes a member' },
  'GET /api/v1/invitations': { tag: 'People', summary: 'Who was asked to join', data: list(invitation) },
  'POST /api/v1/invitations': {
    tag: 'People',
    summary: 'Asks an address to join, with or without an account',
    status: 201,
    body: object({ email, 'roles?': list(text()), 'restrictions?': restrictions }),
    data: invitation,
  },
  'POST /api/v1/invitations/:id/letter': {
    tag: 'People',
    summary: 'Sends the letter of an invitation once more; the former one opens nothing',
    data: invitation,
  },
  'DELETE /api/v1/invitations/:id': { tag: 'People', summary: 'Withdraws an invitation' },
  'POST /api/v1/auth/invitation': {
    tag: 'Identity',
    summary: 'What the invitation of a letter says',
    body: object({ token: text() }),
    data: object({ company: invitedTo, email, invited_by: text(), expires_at: instant, has_account: flag }),
  },
  'POST /api/v1/auth/invitation/accept': {
    tag: 'Identity',
    summary: 'Accepts an invitation; whoever has no account gets one and is signed in',
    body: object({ token: text(), 'name?': text({ maxLength: 255 }), 'password?': password, 'locale?': locale }),
    data: object({ company: invitedTo, user: nullable({ type: 'object' }) }),
  },
  'GET /api/v1/members/:id/rights': {
    tag: 'People',
    summary: 'What a member can do, and why',
    query: { entity: text(), record: id },
    data: object({ member: { type: 'object' }, restrictions, entities: list({ type: 'object' }) }),
  },
  'GET /api/v1/members/:id/personal-data': {
    tag: 'People',
    summary: 'What the company knows of a member, as a file',
    files: ['application/json'],
  },
  'GET /api/v1/personal-data': {
    tag: 'People',
    summary: 'Which records are about people, where personal data stands, and what was erased',
    data: object({ people: list({ type: 'object' }), marked: list({ type: 'object' }), erasures: list(erasure) }),
  },
  'GET /api/v1/personal-data/:entity/:id': {
    tag: 'People',
    summary: 'What there is about a person, what erasing would blank and what it would leave',
    data: object({
      title: text(),
      fields: list(object({ field: text(), label: text(), is_filled: flag, becomes: nullable(text()) })),
      rows: list(object({ label: text(), count: whole })),
      history: whole,
      comments: whole,
      linked: list(object({ entity: text(), label: text(), total: whole, erased: whole, kept: whole })),
    }),
  },
  'GET /api/v1/personal-data/:entity/:id/export': {
    tag: 'People',
    summary: 'Everything about a person, as a file',
    files: ['application/json'],
  },
  'POST /api/v1/personal-data/:entity/:id/erasure': {
    tag: 'People',
    summary: 'Erases the personal data of a person; documents that the law has kept stay',
    body: object({ reason: text({ maxLength: 500 }), confirm: text({ description: 'What the record is called' }) }),
    data: erasure,
  },
  'GET /api/v1/members/:id/limits': {
    tag: 'People',
    summary: 'The most a member may decide alone',
    data: { type: 'object' },
  },
  'PUT /api/v1/members/:id/limits': {
    tag: 'People',
    summary: 'Sets the most a member may decide alone',
    body: object({ 'approval_limit?': nullable(text()) }),
    data: { type: 'object' },
  },
  'GET /api/v1/roles': {
    tag: 'People',
    summary: 'Roles that may be given',
    data: list(object({ name: text(), label: text(), module: nullable(text()), is_own: flag })),
  },
  'GET /api/v1/roles/grantable': {
    tag: 'People',
    summary: 'Everything there is to grant: modules, entities, actions and fields',
    data: list(object({ slug: text(), name: text(), is_open: flag, entities: list({ type: 'object' }) })),
  },
  'POST /api/v1/roles/conditions': {
    tag: 'People',
    summary: 'Whether a condition of a grant can be taken',
    body: object({ entity: text(), where: text({ maxLength: 2000 }) }),
    data: object({ valid: flag, faults: list(object({ code: text(), message: text(), hint: nullable(text()) })) }),
  },
  'GET /api/v1/roles/:role': { tag: 'People', summary: 'A role and what it is granted', data: role },
  'POST /api/v1/roles': {
    tag: 'People',
    summary: 'Makes a role of the company’s own',
    status: 201,
    query: { dry_run: flag },
    body: object({ label: roleLabel, 'name?': text({ maxLength: 40 }), grants: list(roleGrant) }),
    data: role,
  },
  'PATCH /api/v1/roles/:role': {
    tag: 'People',
    summary: 'Changes a role of the company’s own',
    query: { dry_run: flag },
    body: object({ version: text(), 'label?': roleLabel, 'grants?': list(roleGrant) }),
    data: role,
  },
  'DELETE /api/v1/roles/:role': { tag: 'People', summary: 'Deletes a role that nobody has' },
  'GET /api/v1/delegations': { tag: 'People', summary: 'Who stands in for you', data: list({ type: 'object' }) },
  'POST /api/v1/delegations': {
    tag: 'People',
    summary: 'Lets another member decide for you',
    status: 201,
    body: object({ to: text(), from_date: date, until_date: date, 'entity?': nullable(text()) }),
    data: { type: 'object' },
  },
  'DELETE /api/v1/delegations/:id': { tag: 'People', summary: 'Takes that back' },
  'GET /api/v1/notifications': {
    tag: 'People',
    summary: 'What you are told',
    query: { unread: flag },
    data: list({ type: 'object' }),
    meta: object({ unread: whole }),
  },
  'POST /api/v1/notifications/:id/read': { tag: 'People', summary: 'Marks a notification as read' },
  'POST /api/v1/notifications/read': { tag: 'People', summary: 'Marks all of them as read' },
  'GET /api/v1/activity': {
    tag: 'People',
    summary: 'Who changed what, the latest first',
    query: {
      entity: text(),
      record_id: id,
      actor_id: id,
      action: text(),
      from: instant,
      to: instant,
      before: id,
      size: whole,
    },
    data: list({ type: 'object' }),
    meta: object({ next: nullable(id) }),
  },

  'GET /api/v1/business-types': { tag: 'Catalog', summary: 'Trades', data: list(businessType) },
  'GET /api/v1/business-types/:id': { tag: 'Catalog', summary: 'A trade', data: businessType },
  'GET /api/v1/business-types/:id/recommendations': {
    tag: 'Catalog',
    summary: 'Modules for a trade, by priority',
    data: list({ type: 'object' }),
  },
  'GET /api/v1/modules': { tag: 'Catalog', summary: 'Modules', query: { category: text() }, data: list(module) },
  'GET /api/v1/modules/:id': { tag: 'Catalog', summary: 'A module', data: module },
  'GET /api/v1/modules/:id/recommendations': {
    tag: 'Catalog',
    summary: 'Trades that a module is recommended to',
    data: list({ type: 'object' }),
  },
  'GET /api/v1/user-modules': { tag: 'Catalog', summary: "The company's modules", data: list(userModule) },
  'POST /api/v1/user-modules': {
    tag: 'Catalog',
    summary: 'Activates a module and those it needs',
    status: 201,
    body: object({ 'module?': text(), 'module_id?': text(), 'configuration?': nullable(mapOf(anything)) }),
    data: userModule,
    meta: object({ activated: list(text()) }),
  },
  'PATCH /api/v1/user-modules/:id': {
    tag: 'Catalog',
    summary: 'Changes the settings of a module',
    body: object({ configuration: mapOf(anything) }),
    data: userModule,
  },
  'DELETE /api/v1/user-modules/:id': { tag: 'Catalog', summary: 'Deactivates a module; its data stays' },

  'GET /api/v1/metadata': {
    tag: 'Metadata',
    summary: 'Modules, menus, entities and widgets',
    data: { type: 'object' },
  },
  'GET /api/v1/metadata/entities/:entity': {
    tag: 'Metadata',
    summary: 'One entity, for screens',
    data: { type: 'object' },
  },
  'GET /api/v1/metadata/schemas/:kind': {
    tag: 'Metadata',
    summary: 'The JSON Schema of a kind of metadata document',
    data: { type: 'object' },
    bare: true,
  },
  'GET /api/v1/metadata/types': {
    tag: 'Metadata',
    summary: "TypeScript types and client of the company's records",
    files: ['application/typescript'],
  },
  'POST /api/v1/metadata/check': {
    tag: 'Metadata',
    summary: "Compiles documents over the company's modules; changes nothing",
    body: object({ files: list(object({ path: text(), document: anything })) }),
    data: object({ valid: flag, diagnostics: list({ type: 'object' }) }),
  },

  'POST /api/v1/metadata/plan': {
    tag: 'Metadata',
    summary: 'What a change of metadata would do; changes nothing',
    body: object({ changes: list({ type: 'object' }) }),
    data: { type: 'object' },
  },
  'POST /api/v1/metadata/apply': {
    tag: 'Metadata',
    summary: 'Carries out a plan',
    body: object({ plan_id: text() }),
    data: { type: 'object' },
  },
  'GET /api/v1/metadata/differences': {
    tag: 'Metadata',
    summary: 'Where the company differs from its modules, and which of it an upgrade changed as well',
    data: list({ type: 'object' }),
  },
  'POST /api/v1/metadata/differences/keep': {
    tag: 'Metadata',
    summary: "Settles a conflict with an upgrade: the company's own words stay",
    body: object({ kind: text(), name: text(), pointer: text() }),
  },
  'GET /api/v1/metadata/sources': {
    tag: 'Metadata',
    summary: 'The documents of every layer as they were written',
    data: { type: 'object' },
  },
  'GET /api/v1/metadata/draft': {
    tag: 'Metadata',
    summary: 'What admins are changing and have not published, and who is at work on it',
    data: { type: 'object' },
  },
  'PUT /api/v1/metadata/draft': {
    tag: 'Metadata',
    summary: 'Keeps changes without publishing them, all or none',
    body: object({ changes: list({ type: 'object' }), place: text() }),
    data: { type: 'object' },
  },
  'DELETE /api/v1/metadata/draft': { tag: 'Metadata', summary: 'Forgets all unpublished changes' },
  'GET /api/v1/metadata/versions': {
    tag: 'Metadata',
    summary: 'The versions that have served, the latest first',
    data: list({ type: 'object' }),
  },
  'GET /api/v1/metadata/versions/:number': {
    tag: 'Metadata',
    summary: 'A version, and what it changed',
    data: { type: 'object' },
  },
  'POST /api/v1/metadata/versions/:number/restore': {
    tag: 'Metadata',
    summary: 'Returns to a version',
    data: { type: 'object' },
  },
  'GET /api/v1/metadata/export': {
    tag: 'Metadata',
    summary: "The company's own metadata, or a module, as one file",
    query: { scope: text({ description: '`company` or `module:{slug}`' }) },
    data: { type: 'object' },
    bare: true,
  },
  'POST /api/v1/metadata/import': {
    tag: 'Metadata',
    summary: 'Takes such a file; with `dry_run` it only tells what would happen',
    query: { dry_run: flag },
    body: { type: 'object' },
    data: { type: 'object' },
  },

  'GET /api/v1/widgets/:name': {
    tag: 'Reports',
    summary: 'What a widget of the dashboard shows',
    data: { type: 'object' },
  },
  'GET /api/v1/reports': {
    tag: 'Reports',
    summary: 'Reports that you may run',
    query: { locale },
    data: list(
      object({ name: text(), label: text(), module: text(), description: nullable(text()), icon: nullable(text()) }),
    ),
  },
  'GET /api/v1/reports/:report/definition': {
    tag: 'Reports',
    summary: 'Parameters and columns of a report',
    query: { locale },
    data: { type: 'object' },
  },
  'GET /api/v1/reports/:report': {
    tag: 'Reports',
    summary: 'Runs a report; its parameters are query parameters',
    query: {
      format: choice('json', 'csv', 'xlsx', 'pdf', 'hledger', 'beancount'),
      locale,
      compare: choice('previous', 'year'),
      periods: { type: 'integer', minimum: 1, maximum: 12 },
    },
    data: { type: 'object', properties: { columns: list({ type: 'object' }), rows: list({ type: 'object' }) } },
    bare: true,
    files: [
      'text/csv',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/pdf',
      'text/plain',
    ],
  },
  'GET /api/v1/ledgers/:ledger/entries': {
    tag: 'Reports',
    summary: 'Entries of a ledger, filtered and paged like records',
    query: paging,
    data: list({ type: 'object' }),
    meta: { type: 'object' },
  },
  'GET /api/v1/ledgers/:ledger/balances': {
    tag: 'Reports',
    summary: 'What entries add up to; dimensions are query parameters',
    query: { at: date, by: text({ description: 'Dimensions, separated by commas' }), zeros: flag },
    data: list({ type: 'object' }),
    meta: { type: 'object' },
  },

  'GET /api/v1/views': { tag: 'Views', summary: 'Saved views of lists', query: { entity: text() }, data: list(view) },
  'POST /api/v1/views': {
    tag: 'Views',
    summary: 'Saves a view',
    status: 201,
    body: object({
      entity: text(),
      name: text(),
      'query?': { type: 'object' },
      'is_shared?': flag,
      'is_default?': flag,
    }),
    data: view,
  },
  'PATCH /api/v1/views/:id': {
    tag: 'Views',
    summary: 'Changes a view',
    body: object({ 'name?': text(), 'query?': { type: 'object' }, 'is_shared?': flag, 'is_default?': flag }),
    data: view,
  },
  'DELETE /api/v1/views/:id': { tag: 'Views', summary: 'Deletes a view' },
  'GET /api/v1/imports': {
    tag: 'Records',
    summary: 'The latest files that the caller brought for an entity',
    query: { entity: text() },
    data: list(reference('RecordImport')),
  },
  'GET /api/v1/imports/:id': { tag: 'Records', summary: 'How far an import has come', data: reference('RecordImport') },
  'POST /api/v1/imports/:id/run': {
    tag: 'Records',
    summary: 'Bring the records in, or only try to; it goes on after the answer',
    status: 202,
    body: object({
      columns: list(nullable(text())),
      'mode?': choice('create', 'update', 'upsert'),
      'key?': list(text()),
      'decimal?': choice('.', ','),
      'date?': choice('ymd', 'dmy', 'mdy'),
      'trial?': flag,
    }),
    data: reference('RecordImport'),
  },
  'POST /api/v1/imports/:id/cancel': {
    tag: 'Records',
    summary: 'End an import; what was written stays',
    data: reference('RecordImport'),
  },
  'GET /api/v1/imports/:id/faults': {
    tag: 'Records',
    summary: 'What is wrong with refused rows, in their order',
    query: { after: whole },
    data: list(object({ row: whole, column: nullable(text()), pointer: text(), code: text(), message: text() })),
  },
  'GET /api/v1/imports/:id/rejected': {
    tag: 'Records',
    summary: 'Refused rows as a file of the same form, with a column that says why',
    files: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  },

  'POST /api/v1/files': {
    tag: 'Files',
    summary: 'Uploads a file; its name comes as `X-File-Name`',
    status: 201,
    takesFile: true,
    data: object({ id, name: text(), media_type: text(), size: whole, sha256: text() }),
  },
  'GET /api/v1/files/:id': { tag: 'Files', summary: 'Downloads a file', files: ['*/*'] },

  'GET /api/v1/outbox/failures': {
    tag: 'Operations',
    summary: 'What could not be delivered',
    data: list({ type: 'object' }),
  },
  'POST /api/v1/outbox/failures/retry': { tag: 'Operations', summary: 'Tries all that are listed once more' },
  'POST /api/v1/outbox/failures/:id/retry': { tag: 'Operations', summary: 'Tries it once more' },
  'DELETE /api/v1/outbox/failures/:id': { tag: 'Operations', summary: 'Gives it up' },
  'GET /api/v1/outbox/webhook-key': {
    tag: 'Operations',
    summary: 'The key that webhooks are signed with',
    data: object({ key: text() }),
  },
  'POST /graphql': {
    tag: 'GraphQL',
    summary: 'Runs a query or a mutation',
    body: object({ query: text(), 'operationName?': nullable(text()), 'variables?': nullable(mapOf(anything)) }),
    data: { type: 'object' },
    bare: true,
  },
  'GET /graphql': {
    tag: 'GraphQL',
    summary: 'Runs a query',
    query: { query: text(), operationName: text(), variables: text() },
    data: { type: 'object' },
    bare: true,
  },
  'GET /api/openapi.json': {
    tag: 'Metadata',
    query: { version: choice('v1', 'v2') },
    summary: 'This document, with the first or the second version of the records',
    data: { type: 'object' },
    bare: true,
  },
};

const fault = object({ pointer: text(), code: text(), message: text() });

/** Schemas that every document has. */
export const SHARED_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Id: { type: 'string', pattern: '^[1-9][0-9]{0,18}$', description: 'A 64-bit id as text.' },
  Problem: {
    type: 'object',
    description: 'RFC 9457, with every fault at once.',
    properties: {
      type: text(),
      title: text(),
      status: whole,
      detail: text(),
      instance: text(),
      code: text(),
      errors: list(fault),
      data: { description: 'With 412: the record as it is now.' },
    },
    required: ['type', 'title', 'status'],
  },
  Page: object({ number: whole, size: whole, total: whole, 'total_capped?': flag }),
  Links: object({ self: text(), next: nullable(text()), prev: nullable(text()) }),
  Change: object({
    version: text(),
    action: text(),
    actor: object({ kind: text(), id: text(), name: text() }),
    at: instant,
    changes: mapOf(anything),
  }),
  RecordImport: RECORD_IMPORT,
  Comment: object({
    id: reference('Id'),
    body: text(),
    user: object({ id: text(), name: text() }),
    created_at: instant,
  }),
  Share: object({
    id: reference('Id'),
    person: nullable(object({ id: text(), name: text() })),
    role: nullable(text()),
    may_write: flag,
    until: nullable(instant),
    shared_by: object({ id: text(), name: text() }),
    created_at: instant,
  }),
  OpenAction: {
    type: 'object',
    properties: { name: text(), label: text(), kind: text(), tone: text(), allowed: flag, reason: text(), to: text() },
    required: ['name', 'label', 'kind', 'allowed'],
  },
};
