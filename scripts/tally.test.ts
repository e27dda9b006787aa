import type { TestModule } from 'vitest/node';
import { describe, expect, it } from 'vitest';
import { Tally } from './tally.js';

/** A module of a finished run: the states of its tests, and the errors outside them. */
function moduleOf(states: readonly string[], { suiteErrors = 0, moduleErrors = 0 } = {}): TestModule {
  const suites = Array.from({ length: suiteErrors }, () => ({ errors: () => [new Error('suite')] }));
  return {
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => suites,
    },
    errors: () => Array.from({ length: moduleErrors }, () => new Error('module')),
  } as unknown as TestModule;
}

describe('Tally', () => {
  it.each<[string, TestModule[], unknown[], 'passed' | 'failed' | 'interrupted', string, boolean]>([
    ['all passed', [moduleOf(['passed', 'passed']), moduleOf(['passed'])], [], 'passed', '3 passed, 0 failed', true],
    ['some failed', [moduleOf(['passed', 'failed'])], [], 'failed', '1 passed, 1 failed', false],
    ['some skipped', [moduleOf(['passed', 'skipped'])], [], 'passed', '1 passed, 0 failed, 1 skipped', true],
    ['never finished', [moduleOf(['passed', 'pending'])], [], 'passed', '1 passed, 1 failed', false],
    [
      'unreadable file',
      [moduleOf([], { moduleErrors: 1 }), moduleOf(['passed'])],
      [],
      'failed',
      '1 passed, 1 failed',
      false,
    ],
    ['broken suite', [moduleOf(['skipped'], { suiteErrors: 1 })], [], 'failed', '0 passed, 1 failed, 1 skipped', false],
    ['error outside tests', [moduleOf(['passed'])], [new Error('late')], 'failed', '1 passed, 1 failed', false],
    ['interrupted', [moduleOf(['passed'])], [], 'interrupted', '1 passed, 1 failed', false],
    ['nothing to run', [], [], 'passed', '0 passed, 0 failed', false],
  ])('%s', (_, modules, errors, reason, line, isGreen) => {
    const tally = new Tally();
    tally.onTestRunEnd(modules, errors, reason);
    expect([tally.line, tally.isGreen]).toEqual([line, isGreen]);
  });
});
