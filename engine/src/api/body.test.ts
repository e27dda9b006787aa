import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { parseJsonObject } from './body.ts';

const UNSAFE = ['__proto__', 'constructor', 'prototype'];

describe('the body of a request', () => {
  it('is read as JSON reads it, whatever it holds', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 5 }),
        tie('object'),
      ),
      object: fc.dictionary(
        fc.string({ unit: 'binary' }).filter((key) => !UNSAFE.includes(key)),
        tie('value'),
        { maxKeys: 5, noNullPrototype: true },
      ),
    })).object;
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (body, indentation) => {
        const text = JSON.stringify(body, null, indentation);
        expect(parseJsonObject(Buffer.from(text))).toEqual(body);
      }),
    );
  });

  it('never holds a key twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.nat(5), (key, depth) => {
        const name = JSON.stringify(key);
        const twice = `{${name}:1,"other":":{\\"","list":[{}],${name}:2}`;
        const text = `${'{"in":'.repeat(depth)}${twice}${'}'.repeat(depth)}`;
        expect(() => parseJsonObject(Buffer.from(text))).toThrow(Refusal);
      }),
    );
  });

  it.each([
    ['', 'ends too early'],
    ['{', 'position 1|ends too early'],
    ['{"a":}', 'unexpected character'],
    ['{"a":1}x', 'unexpected character'],
    ['[1]', 'not an object'],
    ['null', 'not an object'],
    ['{"constructor":1}', 'not allowed'],
    ['{"a":{"prototype":1}}', 'not allowed'],
    [`{"a":${'['.repeat(33)}${']'.repeat(33)}}`, 'nested deeper'],
  ])('refuses %j and says why', (text, reason) => {
    const refused = (): unknown => {
      try {
        return parseJsonObject(Buffer.from(text));
      } catch (error) {
        return error instanceof Refusal ? error.parameters['reason'] : error;
      }
    };
    expect(refused()).toMatch(new RegExp(reason));
  });
});
