import type { Context } from 'koa';
import type { Refusal } from '../base/errors.ts';
import type { Locale } from '../metamodel/text.ts';
import { PROBLEM_TYPE, problemBody } from './problem.ts';
import type { Answer } from './route.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Puts an answer into HTTP. */
export function respond(context: Context, answer: Answer): void {
  const { res } = context;
  context.status = answer.status;
  if (answer.headers !== undefined) {
    for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
  }
  if (!res.hasHeader('Cache-Control')) {
    res.setHeader('Cache-Control', res.hasHeader('ETag') ? 'private, no-cache' : 'no-store');
  }
  if (answer.stream !== undefined) {
    context.body = answer.stream;
    return;
  }
  const text = answer.text ?? (answer.body === undefined ? undefined : JSON.stringify(answer.body));
  if (text === undefined) return;
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', JSON_TYPE);
  context.body = text;
}

/** Puts a refusal into HTTP. */
export function respondProblem(context: Context, refusal: Refusal, requestId: string, locale: Locale): void {
  const { res } = context;
  context.status = refusal.status;
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
  // What is left of a body that was too large is not read to its end.
  if (refusal.status === 413) res.setHeader('Connection', 'close');
  res.setHeader('Content-Type', PROBLEM_TYPE);
  res.setHeader('Content-Language', locale);
  res.setHeader('Cache-Control', 'no-store');
  context.body = JSON.stringify(problemBody(refusal, requestId, locale));
}
