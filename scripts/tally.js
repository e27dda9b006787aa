// @ts-check

/**
 * Counts the tests of a run. A file that could not be read, or an error outside any test, counts as one failure, so
 * that nothing fails without being counted. A reporter of vitest.
 */
export class Tally {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors
   * @param {'passed' | 'interrupted' | 'failed'} reason
   */
  onTestRunEnd(modules, errors, reason) {
    for (const module of modules) {
      for (const test of module.children.allTests()) this.#count(test.result().state);
      const brokenSuites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
      this.#failed += brokenSuites.length + Number(module.errors().length > 0);
    }
    this.#failed += errors.length;
    if (reason === 'interrupted' && this.#failed === 0) this.#failed = 1;
  }

  /** The run could not begin or end. */
  onAbort() {
    this.#failed += 1;
  }

  /** @param {string} state */
  #count(state) {
    if (state === 'passed') this.#passed += 1;
    else if (state === 'skipped') this.#skipped += 1;
    else this.#failed += 1;
  }

  /** Whether there was something to run and all of it passed. */
  get isGreen() {
    return this.#failed === 0 && this.#passed > 0;
  }

  /** The last line of `npm test`. */
  get line() {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    return `${this.#passed} passed, ${this.#failed} failed${skipped}`;
  }
}
