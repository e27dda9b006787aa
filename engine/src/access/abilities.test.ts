import { describe, expect, it } from 'vitest';
import { covers, isAbility } from './abilities.ts';

describe('an ability', () => {
  it.each(['*', 'records:read', 'records:write', 'sales.order:read', 'sales.order-line:write'])('may be %s', (text) =>
    expect(isAbility(text)).toBe(true),
  );
  it.each(['', '**', 'records', 'records:delete', 'Records:read', 'a.b.c:read', ':read', 'records:read '])(
    'is not %j',
    (text) => expect(isAbility(text)).toBe(false),
  );

  it.each([
    [['*'], 'records', 'write', true],
    [['records:write'], 'records', 'read', true],
    [['records:read'], 'records', 'write', false],
    [['records:read'], 'modules', 'read', false],
    [['a.b:read', 'c.d:write'], 'c.d', 'write', true],
    [[], 'records', 'read', false],
  ] as const)('%j covers %s:%s → %s', (abilities, subject, verb, expected) => {
    expect(covers(abilities, subject, verb)).toBe(expected);
  });
});
