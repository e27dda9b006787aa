import type { InputFault } from '../field-type.ts';

/**
 * Why a field did not take an input. Stable codes of the API; metamodel/messages.ts says each in words, and names the
 * parameters (`expected`) that fill them. A retired code is not given a second meaning.
 */
export type FieldFaultCode =
  | 'type'
  | 'format'
  | 'character'
  | 'too-long'
  | 'too-short'
  | 'too-deep'
  | 'too-many'
  | 'duplicate'
  | 'number'
  | 'inexact'
  | 'whole'
  | 'scale'
  | 'precision'
  | 'minimum'
  | 'maximum'
  | 'option'
  | 'date'
  | 'datetime'
  | 'time'
  | 'email'
  | 'phone'
  | 'url'
  | 'color'
  | 'barcode'
  | 'markup'
  | 'latitude'
  | 'longitude'
  | 'language'
  | 'entity';

/** What `read` answers when it does not take an input. */
export function fault(code: FieldFaultCode, expected?: Readonly<Record<string, string>>): InputFault {
  return expected === undefined ? { fault: code } : { fault: code, expected };
}
