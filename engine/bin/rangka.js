#!/usr/bin/env node
// Runs the bundled engine. In a working copy it first builds what is missing or older than its sources.
import { existsSync } from 'node:fs';
import module from 'node:module';

// Node 22 and later: compiled code of the packages survives between starts.
module.enableCompileCache?.();

if (existsSync(new URL('../src/main.ts', import.meta.url))) {
  const { buildStale, engine, web } = await import('../../scripts/build.js');
  await buildStale(process.argv[2] === 'serve' ? [engine, web] : [engine]);
}

await import('../dist/main.js');
