/** A company's key names a file and a schema, so it holds nothing that means something to either. */
const COMPANY_KEY = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** Answers the key, or throws RangeError: keys come from the catalog, where a wrong one is a defect. */
export function requireCompanyKey(key: string): string {
  if (!COMPANY_KEY.test(key)) throw new RangeError('A company key is up to 40 lower-case letters, digits, - and _.');
  return key;
}
