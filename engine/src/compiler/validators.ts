import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Options, ValidateFunction } from 'ajv/dist/2020.js';
import type { DocumentKind } from './kinds.ts';
import { commonSchema, kindSchemas } from './schemas.ts';

/** How documents are validated, here and where validators are made beforehand. */
export const VALIDATION: Options = {
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: false,
  messages: true,
};

let ajv: Ajv2020 | null = null;
const validators = new Map<DocumentKind, ValidateFunction>();

/**
 * What holds a document against the schema of its kind; made when it is first asked for. Pages that forbid code made at
 * run time are built with `validators` made beforehand in place of this file.
 */
export function validatorOf(kind: DocumentKind): ValidateFunction {
  let validator = validators.get(kind);
  if (validator === undefined) {
    if (ajv === null) {
      ajv = new Ajv2020(VALIDATION);
      ajv.addSchema(commonSchema);
    }
    validator = ajv.compile(kindSchemas[kind]);
    validators.set(kind, validator);
  }
  return validator;
}
