import { BoundedMap } from '../storage/bounded-map.ts';
import { hashOf } from '../runtime/shipped.ts';
import { matchesNone } from './etag.ts';
import type { Answer, CompanyAsk } from './route.ts';

/** Descriptions made before, by their ETag: people of a company with the same rights share them. */
const REMEMBERED_MAX = 500;
const remembered = new BoundedMap<string, Promise<string>>(REMEMBERED_MAX);

/** Answers 304, or a text that was made once for all who see the same of the company's metadata. */
export async function described(
  { company, member, caller, locale, headers: sent }: CompanyAsk,
  what: string,
  describe: () => string | Promise<string>,
  mediaType?: string,
): Promise<Answer> {
  const facts = [company.model.hash, String(company.entry.metadataVersion), company.entry.id, locale];
  const rights = [...member.roles, ...caller.abilities, JSON.stringify(member.restrictions)];
  const etag = `"${hashOf([what, ...facts, ...rights]).slice(0, 32)}"`;
  const headers = {
    ETag: etag,
    Vary: 'Accept-Language, Cookie, Authorization, X-Company',
    ...(mediaType === undefined ? {} : { 'Content-Type': mediaType }),
  };
  if (matchesNone(sent['if-none-match'], etag)) return { status: 304, headers };
  let text = remembered.get(etag);
  if (text === undefined) {
    text = Promise.resolve(describe());
    remembered.set(etag, text);
    text.catch(() => remembered.delete(etag));
  }
  return { status: 200, text: await text, headers };
}
