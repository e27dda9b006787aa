import { beforeAll, expect, it } from 'vitest';
import { problemText } from './problem-text.ts';
import { ApiProblem } from '../api/problem.ts';
import { setLocale } from '../i18n/i18n.ts';

beforeAll(() => setLocale('en'));

const fault = { pointer: '/title', code: 'required', message: 'Needed' };

it.each([
  ['the first fault', new ApiProblem(422, { code: 'invalid', detail: 'Invalid.', errors: [fault] }), 'Needed'],
  ['what the server says', new ApiProblem(503, { code: 'unavailable', detail: 'Back soon.' }), 'Back soon.'],
  ['that nothing was reached', new ApiProblem(0, { code: 'unreachable' }), /^The server cannot be reached/],
  ['no detail of a defect', new ApiProblem(500, { code: 'defect', detail: 'Defect 7.' }), /^Something went wrong/],
  ['nothing that a proxy says', new ApiProblem(502, { title: 'Bad Gateway' }), /^Something went wrong/],
  ['nothing that a program says', new TypeError('x is not a function'), /^Something went wrong/],
])('tells %s', (_, error, expected) => {
  expect(problemText(error)).toMatch(expected);
});
