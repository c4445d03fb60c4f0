// Every case in every engine, the package's examples, and the bugs that cases must find: two files at a time.
//
//   node all.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from '../peers/children.mjs';
import { ENGINES } from './engines.mjs';

const [binary] = process.argv.slice(2);
assert.ok(binary, "name the gateway's binary");
const program = resolve(binary);

const HERE = fileURLToPath(new URL('.', import.meta.url));
const AT_A_TIME = 2;
/** Not for each engine. */
const OTHERS = ['defects', 'examples'];

const files = await filesOfCases();
const queue = [
  ...OTHERS.map((name) => ({ name, file: `${name}.mjs` })),
  ...Object.keys(ENGINES).flatMap((engine) => files.map((file) => ({ name: engine, file, engine }))),
];
const totals = new Map([...Object.keys(ENGINES), ...OTHERS].map((name) => [name, { passed: 0, failed: [], seconds: 0 }]));

const began = performance.now();
await Promise.all(Array.from({ length: AT_A_TIME }, worker));
for (const [name, { passed, failed, seconds }] of totals) {
  const outcome = failed.length === 0 ? 'ok' : `FAILED: ${failed.join(', ')}`;
  console.log(`${name.padEnd(8)}  ${String(passed).padStart(3)} passed  ${seconds.toFixed(0).padStart(4)} s  ${outcome}`);
}
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exitCode = [...totals.values()].some(({ failed }) => failed.length > 0) ? 1 : 0;

async function worker() {
  for (let task = queue.shift(); task; task = queue.shift()) {
    await runFile(task);
  }
}

async function runFile({ name, file, engine }) {
  const start = performance.now();
  const { code, output } = await run(process.execPath, ['--test-reporter=tap', join(HERE, file), program], {
    env: { ...process.env, ...(engine ? { ENGINE: engine } : {}) },
  });
  const total = totals.get(name);
  total.seconds += (performance.now() - start) / 1000;
  const passed = Number(/^# pass (\d+)$/m.exec(output)?.[1] ?? 0);
  total.passed += passed;
  // An engine may have no case in a file; the file's end says so, and a crash says nothing.
  if (code !== 0 || !/^# fail 0$/m.test(output)) {
    total.failed.push(file);
    console.error(`${file} (${name}) ended with ${code}:\n${output}`);
  }
}

/** All that use a scene: a new file is run because it is there. */
async function filesOfCases() {
  const names = (await readdir(HERE)).filter((name) => name.endsWith('.mjs')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(HERE, name), 'utf8')));
  return names.filter((_, index) => /^import .* from '.\/scene\.mjs';$/m.test(texts[index]));
}
