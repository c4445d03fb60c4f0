// Everything in this folder, in three engines: `node all.mjs PROGRAM`, where PROGRAM is the gateway.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { ENGINES } from './engines.mjs';

const CASES = ['lifecycle', 'context', 'messages', 'failures', 'time', 'security', 'tickets', 'accessibility', 'focus', 'react'];

const [program] = process.argv.slice(2);
await access(program);

const summary = [];
for (const engine of Object.keys(ENGINES)) {
  await timed(engine, CASES, { ENGINE: engine });
}
await timed('examples', ['examples'], {});
await timed('defects', ['defects'], {});

console.log('');
for (const { name, seconds, failed } of summary) {
  console.log(`${name.padEnd(10)} ${String(seconds).padStart(4)} s  ${failed.length === 0 ? 'passed' : `FAILED: ${failed.join(', ')}`}`);
}
process.exitCode = summary.some(({ failed }) => failed.length > 0) ? 1 : 0;

async function timed(name, files, environment) {
  const from = Date.now();
  const failed = [];
  for (const file of files) {
    console.log(`\n== ${file} (${name})`);
    if ((await run(file, environment)) !== 0) {
      failed.push(file);
    }
  }
  summary.push({ name, seconds: Math.round((Date.now() - from) / 1000), failed });
}

async function run(file, environment) {
  const path = fileURLToPath(new URL(`${file}.mjs`, import.meta.url));
  const child = spawn(process.execPath, ['--test-reporter=spec', path, program], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const [code] = await once(child, 'close');
  process.off('exit', end);
  return code;
}
