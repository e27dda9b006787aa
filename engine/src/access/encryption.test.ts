import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cipherFor } from './encryption.ts';

const SECRET = 'the secret of an installation, long enough';

describe('a cipher', () => {
  it('gives every text back', () => {
    const cipher = cipherFor('people', [SECRET]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cipher.decrypt(cipher.encrypt(text))).toBe(text);
      }),
    );
  });

  it('writes the same text differently each time', () => {
    const cipher = cipherFor('people', [SECRET]);
    expect(cipher.encrypt('+62 811')).not.toBe(cipher.encrypt('+62 811'));
  });

  it('reads nothing that was written in another place, or under another secret', () => {
    const envelope = cipherFor('company 1', [SECRET]).encrypt('secret');
    expect(() => cipherFor('company 2', [SECRET]).decrypt(envelope)).toThrow();
    expect(() => cipherFor('company 1', ['another secret']).decrypt(envelope)).toThrow();
  });

  it('notices a change of any byte', () => {
    const cipher = cipherFor('people', [SECRET]);
    const envelope = cipher.encrypt('Jl. Melati 1');
    const start = envelope.lastIndexOf('.') + 1;
    for (let place = start; place < envelope.length; place += 1) {
      const other = envelope[place] === 'A' ? 'B' : 'A';
      const changed = envelope.slice(0, place) + other + envelope.slice(place + 1);
      if (Buffer.from(changed.slice(start), 'base64url').equals(Buffer.from(envelope.slice(start), 'base64url')))
        continue;
      expect(() => cipher.decrypt(changed)).toThrow();
    }
  });

  it('still reads what was written under a retired secret, and writes under the new one', () => {
    const old = cipherFor('people', [SECRET]).encrypt('before');
    const rotated = cipherFor('people', ['a new secret', SECRET]);
    expect(rotated.decrypt(old)).toBe('before');
    expect(() => cipherFor('people', [SECRET]).decrypt(rotated.encrypt('after'))).toThrow();
  });

  it.each(['', 'plain text', 'e1.zzzzzzzz.AAAA', 'e1.00000000.'])('refuses %j', (text) => {
    expect(() => cipherFor('people', [SECRET]).decrypt(text)).toThrow();
  });
});
