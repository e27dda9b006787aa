import { isRowId } from '../../base/ids.ts';

/* What goes over a live connection; docs/live.md says it in words. */

/** What a client asks for. */
export type Wish =
  | { readonly type: 'subscribe'; readonly id: string; readonly to: Topic; readonly since: bigint | null }
  | { readonly type: 'unsubscribe'; readonly id: string }
  | { readonly type: 'presence'; readonly entity: string; readonly record: string; readonly editing: boolean };

export type Topic =
  | { readonly kind: 'record'; readonly entity: string; readonly record: string }
  | { readonly kind: 'list'; readonly entity: string }
  | { readonly kind: 'notifications' };

const SUBSCRIPTION_ID = /^[\w.:-]{1,100}$/;
const ENTITY_NAME = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;
const POSITION = /^\d{1,19}$/;

/** Reads a message; a text says what is wrong with it. */
export function readWish(text: string): Wish | string {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return 'A message is JSON.';
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return 'A message is an object.';
  const { type, id, entity, record, since, editing, to } = read as Readonly<Record<string, unknown>>;
  if (type === 'presence') {
    if (!isEntity(entity) || !isId(record)) return '“presence” names an entity and a record.';
    return { type, entity, record, editing: editing === true };
  }
  if (typeof id !== 'string' || !SUBSCRIPTION_ID.test(id)) return 'A subscription has an “id” of letters and digits.';
  if (type === 'unsubscribe') return { type, id };
  if (type !== 'subscribe') return 'A “type” is subscribe, unsubscribe or presence.';
  if (since !== undefined && (typeof since !== 'string' || !POSITION.test(since))) return '“since” is a position.';
  const topic = topicOf(to, entity, record);
  return typeof topic === 'string' ? topic : { type, id, to: topic, since: since === undefined ? null : BigInt(since) };
}

function topicOf(to: unknown, entity: unknown, record: unknown): Topic | string {
  if (to === 'notifications') return { kind: to };
  if (!isEntity(entity)) return 'An “entity” is named in full.';
  if (to === 'list') return { kind: to, entity };
  if (to === 'record' && isId(record)) return { kind: to, entity, record };
  return 'A subscription is “to” a record, a list or notifications.';
}

function isEntity(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 100 && ENTITY_NAME.test(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isRowId(value);
}

export interface Someone {
  readonly id: string;
  readonly name: string;
}

/** What the server tells. */
export type Told =
  | { readonly type: 'ready'; readonly person: Someone; readonly company: string }
  | { readonly type: 'subscribed'; readonly id: string; readonly position: string }
  | {
      readonly type: 'changed';
      readonly id: string;
      readonly entity: string;
      readonly record: string;
      readonly version: string;
      readonly action: string;
      /** Names of changed fields, as far as they are seen. */
      readonly fields: readonly string[];
      readonly by: Someone;
      readonly position: string;
    }
  /** The record is gone, or seen no more. */
  | { readonly type: 'removed'; readonly id: string; readonly entity: string; readonly record: string }
  /** More happened than is told one by one: what is shown must be read anew. */
  | { readonly type: 'reset'; readonly id: string; readonly position: string }
  | { readonly type: 'notifications'; readonly id: string; readonly unread: number }
  | {
      readonly type: 'presence';
      readonly id: string;
      readonly entity: string;
      readonly record: string;
      readonly people: readonly Someone[];
    }
  | { readonly type: 'refused'; readonly id: string | null; readonly code: string; readonly message: string };
