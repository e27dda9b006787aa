import { authorize } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { refuse } from '../base/errors.ts';
import type { Operation, RecordInput } from '../metamodel/operation.ts';
import type { Authorized } from '../records/authorized.ts';
import type { Written } from '../records/create.ts';
import { recordContext } from '../runtime/company.ts';
import type { JsonObject } from './body.ts';
import { etagOf } from './etag.ts';
import type { Answer, CompanyAsk } from './route.ts';

/** The entity that the address names. */
export function entityIn(ask: CompanyAsk): string {
  return ask.parameters['entity'] ?? '';
}

/** The record that the address names. */
export function idIn(ask: CompanyAsk): string {
  return ask.parameters['id'] ?? '';
}

/** Sends an operation through the single door, as this caller. */
export function allowed<O extends Operation>(ask: CompanyAsk, operation: O): Authorized<O> {
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  return authorize(operation, actor, ask.caller.abilities, ask.company);
}

/** The company at this moment, as this caller sees it. */
export function contextOf(
  ask: CompanyAsk,
  beforeCommit?: Parameters<typeof recordContext>[2],
): ReturnType<typeof recordContext> {
  return recordContext(ask.company, actorOf(ask.caller, ask.member, ask.locale), beforeCommit);
}

/** A record that was written: its version as ETag, and where a new one is found. */
export function writtenAnswer(
  { path }: Pick<CompanyAsk, 'path'>,
  status: number,
  entity: string,
): (written: Written) => Answer {
  const api = path.startsWith('/api/v2/') ? 'v2' : 'v1';
  return ({ record, version }) => ({
    status,
    body: { data: record },
    headers: {
      ETag: etagOf(version),
      ...(status === 201 ? { Location: `/api/${api}/records/${entity}/${record.id}` } : {}),
    },
  });
}

/** `version` in a body says which version is changed; it is no field. */
export function withoutVersion(body: JsonObject): { readonly input: RecordInput; readonly version: string | null } {
  const { version, ...input } = body;
  if (version === undefined) return { input, version: null };
  const text = typeof version === 'number' ? String(version) : version;
  if (typeof text === 'string' && /^\d{1,18}$/.test(text)) return { input, version: text };
  throw refuse('invalid', { faults: [{ pointer: '/version', code: 'whole' }] });
}
