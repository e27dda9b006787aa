// @ts-check
// The engine, restarted at each change, and the development servers of the web application and the designer, started and stopped together.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const watched = ['modules/**/*.json', 'metadata/**/*.json'].flatMap((pattern) => ['--include', pattern]);
const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
const children = [
  run(require.resolve('tsx/cli'), ['watch', '--clear-screen=false', ...watched, 'engine/src/main.ts', 'serve']),
  run(vite, ['runtime-ui', '--clearScreen', 'false']),
  run(vite, ['designer', '--clearScreen', 'false']),
];

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => stop(0));
for (const child of children) child.on('exit', (code) => stop(code ?? 1));

/**
 * @param {string} script
 * @param {readonly string[]} parameters
 */
function run(script, parameters) {
  return spawn(process.execPath, [script, ...parameters], { cwd: root, stdio: 'inherit' });
}

/** @param {number} code */
function stop(code) {
  process.exitCode ??= code;
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM');
}
