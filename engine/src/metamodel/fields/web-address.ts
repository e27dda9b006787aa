const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * Whether an address may be followed from a page: http, https or mailto, spelled out, without a password in it and
 * without space. Anything else, such as `javascript:` or `data:`, is not.
 */
export function isSafeAddress(address: string): boolean {
  if (!/^(?:https?:\/\/|mailto:)[^\s]/i.test(address) || /[\s\\<>"\p{Cc}]/u.test(address)) return false;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  return SCHEMES.has(url.protocol) && url.username === '' && url.password === '';
}
