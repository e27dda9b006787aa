import type { Fault } from '../base/errors.ts';

/**
 * One fault for each place: a value that could not be read is also missing, and its reader already said why. Checks
 * are sentences of their own and all stay.
 */
export function withoutRepeats(faults: readonly Fault[]): readonly Fault[] {
  const places = new Set<string>();
  return faults.filter(({ pointer, code }) => {
    if (code === 'check') return true;
    if (places.has(pointer)) return false;
    places.add(pointer);
    return true;
  });
}
