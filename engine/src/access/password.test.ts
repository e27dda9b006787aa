import { describe, expect, it } from 'vitest';
import { hashPassword, passwordMatches } from './password.ts';

describe('a password', () => {
  it('matches its own hash and no other', async () => {
    const hash = await hashPassword('rahasia sekali');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwordMatches('rahasia sekali', hash)).toBe(true);
    expect(await passwordMatches('rahasia sekali ', hash)).toBe(false);
  });

  it('is hashed with a salt of its own each time', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('matches nothing where there is no account, and is worked on all the same', async () => {
    await passwordMatches('warm', null);
    const hash = await hashPassword('known');
    const began = performance.now();
    await passwordMatches('guess', hash);
    const known = performance.now() - began;
    expect(await passwordMatches('guess', null)).toBe(false);
    const unknown = performance.now() - began - known;
    expect(unknown).toBeGreaterThan(known / 5);
  });

  it('is hashed correctly however many come at once', async () => {
    const passwords = Array.from({ length: 6 }, (_, index) => `password ${index}`);
    const hashes = await Promise.all(passwords.map(hashPassword));
    const matches = await Promise.all(
      passwords.map((password, index) => passwordMatches(password, hashes[index] ?? null)),
    );
    expect(matches).toEqual(Array(6).fill(true));
  });
});
