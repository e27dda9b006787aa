import { describe, expect, it } from 'vitest';
import { mentionsIn } from './comments.ts';

describe('people that a comment names', () => {
  it.each([
    ['nobody', 'Write to dewi@example.com', []],
    ['one', '@dewi@example.com please look', ['dewi@example.com']],
    ['one at the end of a sentence', 'Ask @Dewi@Example.com.', ['dewi@example.com']],
    ['several, each once', '(@a@b.id), @c.d@e.co.id;@a@b.id', ['a@b.id', 'c.d@e.co.id']],
    ['nobody by a name alone', '@dewi', []],
    ['nobody inside of a word', 'x@dewi@example.com', []],
  ])('%s', (_, body, emails) => {
    expect(mentionsIn(body)).toEqual(emails);
  });

  it('are found in long texts without delay', () => {
    const started = performance.now();
    mentionsIn('@a'.repeat(2_000));
    mentionsIn(`@a@${'b.'.repeat(1_998)}`);
    mentionsIn(' @a@-'.repeat(800));
    expect(performance.now() - started).toBeLessThan(200);
  });
});
