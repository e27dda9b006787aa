import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FoldedDocument } from './fold.ts';
import { isObject } from './parse.ts';
import type { Report } from './report.ts';
import { nearestHint } from './report.ts';
import { validatorOf } from './validators.ts';

/**
 * Holds every document against the JSON Schema of its kind. A schema is compiled once, when the first document of its
 * kind comes by. Documents with faults go no further.
 */
export function validate(documents: readonly FoldedDocument[], report: Report): readonly FoldedDocument[] {
  return documents.filter((document) => {
    const check = validatorOf(document.kind);
    if (check(document.body)) return true;
    for (const error of dedupe(check.errors ?? [])) {
      const { pointer, code, message, hint } = describe(error);
      report({
        code,
        severity: 'error',
        file: document.fileAt(pointer),
        pointer,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    return false;
  });
}

/** `if`, `anyOf` and `oneOf` repeat what their branches said; one fault per place and reason is enough. */
function dedupe(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const concrete = errors.filter((error) => !['if', 'anyOf', 'oneOf', 'allOf'].includes(error.keyword));
  const seen = new Set<string>();
  return (concrete.length > 0 ? concrete : errors).filter((error) => {
    const key = `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

interface Description {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

function describe(error: ErrorObject): Description {
  const at = error.instancePath;
  const last = at.slice(at.lastIndexOf('/') + 1) || 'The document';
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
      return {
        pointer: `${at}/${escape(key)}`,
        code: 'unknown-property',
        message: `“${key}” is not a property here`,
        hint: nearestHint(key, propertiesOf(error)),
      };
    }
    case 'required':
      return {
        pointer: at,
        code: 'missing-property',
        message: `“${String(error.params['missingProperty'])}” is missing`,
      };
    case 'enum': {
      const allowed = (error.params['allowedValues'] as readonly unknown[]).map(String);
      return {
        pointer: at,
        code: 'not-allowed',
        message: `“${last}” must be one of ${allowed.join(', ')}`,
        hint: typeof error.data === 'string' ? nearestHint(error.data, allowed) : undefined,
      };
    }
    case 'false schema':
      return { pointer: at, code: 'unknown-property', message: `“${last}” does not belong to this type` };
    case 'type':
      return {
        pointer: at,
        code: 'wrong-type',
        message: `“${last}” must be ${String(error.params['type']).replace(/,/g, ' or ')}`,
      };
    case 'pattern':
      return {
        pointer: at,
        code: 'wrong-format',
        message: `“${String(error.data)}” is not a valid name or value here`,
        hint: `It must match ${String(error.params['pattern'])}`,
      };
    default:
      return { pointer: at, code: 'invalid', message: `“${last}” ${error.message ?? 'is not valid'}` };
  }
}

function propertiesOf(error: ErrorObject): readonly string[] {
  const schema: unknown = error.parentSchema;
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties) ? Object.keys(properties) : [];
}

function escape(step: string): string {
  return step.replace(/~/g, '~0').replace(/\//g, '~1');
}
