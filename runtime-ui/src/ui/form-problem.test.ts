import { beforeAll, describe, expect, it } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { setLocale } from '../i18n/i18n.ts';
import { useFormProblem } from './form-problem.ts';

const invalid = new ApiProblem(422, {
  detail: 'Invalid.',
  errors: [
    { pointer: '/email', code: 'e-mail', message: 'Not an address' },
    { pointer: '/name', code: 'required', message: 'Needed' },
  ],
});

const refusal = new ApiProblem(401, { code: 'wrong-credentials', detail: 'The password is not right.' });

beforeAll(() => setLocale('en'));

describe('a form', () => {
  it('shows each fault at its field and leads there from the summary', async () => {
    const problem = useFormProblem({ '/email': 'email-control' });
    expect(await problem.submit(() => Promise.reject(invalid))).toBe(false);
    expect(problem.messageOf('email')).toBe('Not an address');
    expect(problem.messageOf('password')).toBeUndefined();
    expect(problem.faults.value).toEqual([
      { message: 'Not an address', controlId: 'email-control' },
      { message: 'Needed', controlId: undefined },
    ]);
  });

  it('says in one sentence what has no field', async () => {
    const problem = useFormProblem({});
    await problem.submit(() => Promise.reject(refusal));
    expect(problem.faults.value).toEqual([{ message: 'The password is not right.' }]);
  });

  it('forgets the faults of the try before', async () => {
    const problem = useFormProblem({});
    await problem.submit(() => Promise.reject(invalid));
    expect(await problem.submit(() => Promise.resolve())).toBe(true);
    expect(problem.faults.value).toEqual([]);
  });

  it('is not sent twice at once', async () => {
    const problem = useFormProblem({});
    let finish = (): void => undefined;
    const first = problem.submit(() => new Promise((resolve) => (finish = resolve)));
    expect(problem.isBusy.value).toBe(true);
    expect(await problem.submit(() => Promise.reject(invalid))).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(problem.faults.value).toEqual([]);
  });
});
