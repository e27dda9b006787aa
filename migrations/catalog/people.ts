import {
  boolean,
  datetime,
  defineTable,
  exactText,
  id,
  integer,
  json,
  longtext,
  optional,
  text,
  timestamps,
} from '../define-table.ts';

/** R-A1. A unique index is the index on its column. `phone` and `address` hold what access/encryption makes of them. */
export const users = defineTable(
  'users',
  {
    id: id(),
    name: text(255),
    email: text(255),
    email_verified_at: optional(datetime()),
    password: text(255),
    business_type_id: optional(id()),
    company_name: optional(text(255)),
    phone: optional(text(255)),
    address: optional(longtext()),
    is_active: boolean(true),
    ...timestamps,
  },
  {
    unique: [['email']],
    indexes: [['business_type_id'], ['is_active']],
    links: { business_type_id: { to: 'business_types', onDelete: 'restrict' } },
  },
);

/** What a person chose for themselves: the language, and whatever the screens remember. */
export const userPreferences = defineTable(
  'user_preferences',
  { user_id: id(), locale: optional(text(10)), preferences: optional(json()), updated_at: datetime() },
  { primaryKey: ['user_id'], links: { user_id: { to: 'users', onDelete: 'cascade' } } },
);

/** R-A6. `slug` is the company's key: it names its database. `metadata_version` is what its processes serve. */
export const companies = defineTable(
  'companies',
  {
    id: id(),
    slug: text(40),
    name: text(255),
    owner_id: id(),
    business_type_id: optional(id()),
    locale: text(10, 'id'),
    currency: text(3, 'IDR'),
    timezone: text(64, 'Asia/Jakarta'),
    placement: text(100, 'default'),
    model_hash: optional(exactText(64)),
    metadata_version: integer(0),
    is_active: boolean(true),
    ...timestamps,
  },
  {
    unique: [['slug'], ['owner_id']],
    indexes: [['business_type_id'], ['is_active']],
    links: {
      owner_id: { to: 'users', onDelete: 'restrict' },
      business_type_id: { to: 'business_types', onDelete: 'restrict' },
    },
  },
);

export const memberships = defineTable(
  'memberships',
  {
    id: id(),
    company_id: id(),
    user_id: id(),
    roles: json(),
    is_active: boolean(true),
    last_used_at: optional(datetime()),
    ...timestamps,
  },
  {
    unique: [['company_id', 'user_id']],
    indexes: [['user_id']],
    links: {
      company_id: { to: 'companies', onDelete: 'cascade' },
      user_id: { to: 'users', onDelete: 'cascade' },
    },
  },
);

/** Records that a member is kept to: `{ "inventory.warehouse": ["3"] }`. Members without a row are not. */
export const membershipRestrictions = defineTable(
  'membership_restrictions',
  { membership_id: id(), restrictions: json() },
  { primaryKey: ['membership_id'], links: { membership_id: { to: 'memberships', onDelete: 'cascade' } } },
);

/**
 * People whom an admin asked to join, until they do. `id` names it for admins; `secret` is the SHA-256 of what the letter
 * carries. `invited_by` vouches for the roles: once they may not give them any more, the invitation opens nothing.
 */
export const invitations = defineTable(
  'invitations',
  {
    id: id(),
    company_id: id(),
    email: text(255),
    roles: json(),
    restrictions: optional(json()),
    invited_by: id(),
    secret: exactText(64),
    created_at: datetime(),
    sent_at: datetime(),
    expires_at: datetime(),
  },
  {
    unique: [['company_id', 'email'], ['secret']],
    indexes: [['invited_by']],
    links: {
      company_id: { to: 'companies', onDelete: 'cascade' },
      invited_by: { to: 'users', onDelete: 'cascade' },
    },
  },
);

/** A browser that is signed in. `id` is the SHA-256 of the cookie's secret, in hexadecimal. */
export const sessions = defineTable(
  'sessions',
  {
    id: exactText(64),
    user_id: id(),
    company_id: optional(id()),
    csrf_secret: exactText(64),
    created_at: datetime(),
    last_seen_at: datetime(),
    expires_at: datetime(),
    ip: optional(text(45)),
    user_agent: optional(text(255)),
  },
  {
    indexes: [['user_id'], ['company_id'], ['expires_at']],
    links: {
      user_id: { to: 'users', onDelete: 'cascade' },
      company_id: { to: 'companies', onDelete: 'cascade' },
    },
  },
);

/** A program's way in. `hash` is the SHA-256 of its secret, in hexadecimal. */
export const tokens = defineTable(
  'tokens',
  {
    id: id(),
    user_id: id(),
    company_id: id(),
    name: text(100),
    hash: exactText(64),
    abilities: json(),
    created_at: datetime(),
    last_used_at: optional(datetime()),
    expires_at: optional(datetime()),
  },
  {
    unique: [['hash']],
    indexes: [['user_id'], ['company_id'], ['expires_at']],
    links: {
      user_id: { to: 'users', onDelete: 'cascade' },
      company_id: { to: 'companies', onDelete: 'cascade' },
    },
  },
);

/** Every try to sign in, so that limits hold over restarts and processes. `account` is a hash of the address typed. */
export const signInAttempts = defineTable(
  'sign_in_attempts',
  { id: id(), account: exactText(64), ip: text(45), succeeded: boolean(), at: datetime() },
  { indexes: [['account', 'at'], ['ip', 'at'], ['at']] },
);
