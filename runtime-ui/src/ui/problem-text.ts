import { ApiProblem } from '../api/problem.ts';
import { i18n } from '../i18n/i18n.ts';

/** One sentence for whatever went wrong: what the server says, or that it could not be reached. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) return i18n.global.t('failure.unexpected');
  if (error.status === 0) return i18n.global.t('failure.unreachable');
  // A defect, or an answer of something that stands before the server and says nothing of use to people.
  if (error.status === 500 || error.code === '') return i18n.global.t('failure.unexpected');
  return error.faults[0]?.message ?? error.message;
}
