import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import type { Plugin } from 'vite';
import { DOCUMENT_KINDS } from '../engine/src/compiler/kinds.ts';
import { commonSchema, kindSchemas } from '../engine/src/compiler/schemas.ts';
import { VALIDATION } from '../engine/src/compiler/validators.ts';

const REPLACED = /\/engine\/src\/compiler\/validators\.ts$/;

/**
 * Puts validators that are made at build time in the place of `compiler/validators.ts`: the pages' content security
 * policy forbids code that is made at run time, which is how ajv works otherwise.
 */
export function validatorsMadeBeforehand(): Plugin {
  return {
    name: 'validators-made-beforehand',
    enforce: 'pre',
    async load(id) {
      return REPLACED.test(id.split('?', 1)[0] ?? '') ? writeValidators() : null;
    },
  };
}

async function writeValidators(): Promise<string> {
  const ajv = new Ajv2020({ ...VALIDATION, code: { source: true, lines: true } });
  ajv.addSchema(commonSchema);
  const names: Record<string, string> = {};
  for (const kind of DOCUMENT_KINDS) {
    ajv.addSchema(kindSchemas[kind], kind);
    names[kind] = kind;
  }
  // The package says it exports the function itself; under ESM it stands under `default`.
  const write = (standaloneCode as unknown as { default: typeof standaloneCode }).default ?? standaloneCode;
  const { outputFiles } = await build({
    stdin: { contents: write(ajv, names), resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'warning',
  });
  const [bundle] = outputFiles;
  return (
    (bundle?.text ?? '').replace(/export default ([\w$]+\(\));/, 'const validators = $1;') +
    '\nexport const VALIDATION = {};\nexport function validatorOf(kind) { return validators[kind]; }\n'
  );
}
