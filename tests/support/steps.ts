import { beforeEach } from 'vitest';

/** The tests of this suite are steps of one journey: after a step that failed the others are not tried. */
export function skipAfterFailure(): void {
  let isBroken = false;
  beforeEach(({ skip, onTestFailed }) => {
    if (isBroken) skip('An earlier step failed.');
    onTestFailed(() => {
      isBroken = true;
    });
  });
}
