import { closest, distance } from 'fastest-levenshtein';

/** The candidate that `name` was probably meant to be, or undefined when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = name.toLowerCase();
  const sameLetters = candidates.find((candidate) => candidate.toLowerCase() === lower);
  if (sameLetters !== undefined) return sameLetters;
  const nearest = closest(name, candidates);
  const editsMax = Math.max(2, Math.floor(name.length / 3));
  return distance(name, nearest) <= Math.min(editsMax, name.length - 1) ? nearest : undefined;
}
