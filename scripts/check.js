// @ts-check
// `npm run check`: every check, a few side by side, none left out because another failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** From the longest to the shortest, so that none is left running alone at the end. */
const checks = [['lint'], ['types'], ['types:web'], ['format'], ['layers'], ['unused'], ['generate', '--', '--check']];
const waiting = [...checks];
/** @type {string[]} */
const failed = [];

await Promise.all(Array.from({ length: Math.min(availableParallelism(), checks.length) }, work));
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const [name = ''] = check;
    const started = performance.now();
    const { code, output } = await run(check);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (code !== 0) failed.push(name);
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)${code === 0 ? '' : `\n${output}`}`);
  }
}

/** @param {readonly string[]} parameters */
async function run(parameters) {
  const child = spawn('npm', ['run', '--silent', ...parameters], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const [code] = await once(child, 'close');
  return { code, output };
}
