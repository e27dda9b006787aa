import { datetime, defineTable, exactText, id, integer, longtext, optional, text } from '../define-table.ts';

/**
 * Secrets that were sent to a person by mail: `reset` sets a new password, `verify` proves the address. `id` is the
 * SHA-256 of the secret; `email` the address it was sent to, so that it proves no other.
 */
export const mailedSecrets = defineTable(
  'mailed_secrets',
  {
    id: exactText(64),
    user_id: id(),
    purpose: exactText(10),
    email: text(255),
    created_at: datetime(),
    expires_at: datetime(),
  },
  { indexes: [['user_id', 'purpose'], ['expires_at']], links: { user_id: { to: 'users', onDelete: 'cascade' } } },
);

/**
 * The second factor of a person (RFC 6238). `secret` holds what access/encryption makes of it; it counts once it was
 * confirmed with a code. `last_step` is the step of the last code that was taken: each code works once.
 */
export const secondFactors = defineTable(
  'second_factors',
  {
    user_id: id(),
    secret: longtext(),
    confirmed_at: optional(datetime()),
    last_step: integer(0),
    created_at: datetime(),
  },
  { primaryKey: ['user_id'], links: { user_id: { to: 'users', onDelete: 'cascade' } } },
);

/** Codes for whoever lost their second factor, each good for once. `hash` is the SHA-256 of the code. */
export const recoveryCodes = defineTable(
  'recovery_codes',
  { user_id: id(), hash: exactText(64), used_at: optional(datetime()) },
  { primaryKey: ['user_id', 'hash'], links: { user_id: { to: 'users', onDelete: 'cascade' } } },
);

/**
 * Letters to people about their account, from the transaction that caused them (promise C7). `body` is encrypted: it
 * may carry a secret. A letter that was sent, or that nobody can use any more, is removed.
 */
export const letters = defineTable(
  'letters',
  {
    id: id(),
    receiver: text(255),
    subject: text(255),
    body: longtext(),
    created_at: datetime(),
    expires_at: datetime(),
    attempts: integer(0),
    next_attempt_at: datetime(),
  },
  { indexes: [['next_attempt_at'], ['expires_at']] },
);
