import { ERRORS, Refusal, refuse } from '../base/errors.ts';
import type { Locale } from '../metamodel/text.ts';
import { StorageError } from '../storage/fault.ts';
import { faultMessage, refusalMessage } from './messages.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Where docs/errors.md explains each code. */
const TYPE_BASE = 'https://rangka.dev/errors/';

/** More faults than this help nobody, and a bulk request could have a hundred thousand. */
const FAULTS_MAX = 500;

/** Seconds until a client should try again when the database is busy or away. */
const RETRY_AFTER_SECONDS = '2';

/**
 * Whatever was thrown, as a refusal. What is not one is a defect or a database that is away: the caller learns only
 * that, and `logDefect` hears the rest.
 */
export function asRefusal(error: unknown, logDefect: (error: unknown) => void): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StorageError && (error.kind === 'busy' || error.kind === 'unavailable')) {
    if (error.kind === 'unavailable') logDefect(error);
    return refuse(error.kind, { headers: { 'Retry-After': RETRY_AFTER_SECONDS }, cause: error });
  }
  logDefect(error);
  return refuse('defect', { cause: error });
}

/** The body of an error answer (RFC 9457), in the caller's language. */
export function problemBody(refusal: Refusal, requestId: string, locale: Locale): Readonly<Record<string, unknown>> {
  const entry = ERRORS[refusal.code];
  return {
    type: TYPE_BASE + refusal.code,
    title: entry.title[locale],
    status: refusal.status,
    detail: refusalMessage(refusal, locale),
    instance: `urn:request:${requestId}`,
    code: refusal.code,
    errors: refusal.faults.slice(0, FAULTS_MAX).map((fault) => ({
      pointer: fault.pointer,
      code: fault.code,
      message: faultMessage(fault, locale),
    })),
    ...(refusal.data === undefined ? {} : { data: refusal.data }),
  };
}
