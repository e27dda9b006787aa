import { refuse } from '../base/errors.ts';

/** The ETag of a record at a version: `"3"`. */
export function etagOf(version: string): string {
  return `"${version}"`;
}

/**
 * The version that `If-Match` names; null when the header is absent or `*`. Throws `malformed-header` for anything but
 * one strong ETag of ours (RFC 9110, section 13.1.1).
 */
export function readIfMatch(header: string | undefined): string | null {
  if (header === undefined || header.trim() === '*') return null;
  const version = /^\s*"(\d{1,18})"\s*$/.exec(header)?.[1];
  if (version === undefined) throw refuse('malformed-header', { parameters: { header: 'If-Match' } });
  return version;
}

/** Whether the caller already holds what the ETag names. A weak ETag of the caller's counts, as RFC 9110 asks. */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const trimmed = candidate.trim();
    return trimmed === '*' || trimmed === etag || trimmed === `W/${etag}`;
  });
}
