import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Scripts that run in processes of their own. */
export interface Scripts {
  readonly bare: string;
  readonly equal: string;
  readonly compile: string;
}

/** Builds the hand-written servers as the engine is built, and answers where they lie. */
export async function buildScripts(): Promise<Scripts> {
  await build({
    absWorkingDir: folder,
    entryPoints: ['serve-bare.ts', 'serve-equal.ts', 'compile-synthetic.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return {
    bare: `${folder}dist/serve-bare.js`,
    equal: `${folder}dist/serve-equal.js`,
    compile: `${folder}dist/compile-synthetic.js`,
  };
}
