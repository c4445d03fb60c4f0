// What orders cost, each figure beside what is wanted of it. See README.md in the folder above.
//
//   bench/events [PATH_TO_THE_GATEWAYS_BINARY] [--quick]

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { syncsPerSecond } from '../audit.d/disk.mjs';
import { stopWasAskedFor } from '../compare.d/programs.mjs';
import { builtExample, shippedBuild } from '../soak.d/shipped-build.mjs';
import { document } from './document.mjs';
import { full } from './full.mjs';
import { placing } from './placing.mjs';
import { OrderScene } from './scene.mjs';
import { webhooks } from './webhooks.mjs';

const BAD_USAGE = 64;
const QUICK = { throughputMs: 2000, steadyMs: 2000, events: 10_000, restMs: 3000, rounds: 1 };
const FULL = { throughputMs: 10_000, steadyMs: 20_000, events: 100_000, restMs: 30_000, rounds: 3 };

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const say = (line) => process.stdout.write(`${line}\n`);

const { binary: given, quick } = readArguments(process.argv.slice(2));
const misses = [];

try {
  await measure(given ?? shippedBuild(root), quick ? QUICK : FULL);
} catch (error) {
  if (stopWasAskedFor()) {
    // The process ends as soon as all others have.
    await new Promise(() => {});
  }
  misses.push(error.stack);
}
misses.forEach((miss) => process.stderr.write(`MISSED: ${miss}\n`));
process.exit(misses.length === 0 ? 0 : 1);

async function measure(binary, extent) {
  if (binary === undefined) {
    throw new Error('the program could not be built');
  }
  say(`processor: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; one for the gateway, one for all others`);
  say(`version: ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const clientAlone = builtExample(root, 'client-alone');
  const scene = await OrderScene.setUp(binary);
  say(`this disk: ${Math.round(await syncsPerSecond(scene.folder))} syncs a second`);
  say('');
  say('| figure | found | wanted |');
  say('| --- | --- | --- |');
  for (const section of [placing, document, webhooks, full]) {
    for (const { name, found, unit, atLeast, atMost } of await section(scene, { ...extent, clientAlone })) {
      const wanted = [atLeast === undefined ? '' : `at least ${atLeast}`, atMost === undefined ? '' : `at most ${atMost}`].join('');
      say(`| ${name} | ${format(found)} ${unit} | ${wanted} |`);
      if (found < atLeast || found > atMost) {
        misses.push(`${name}: ${format(found)} ${unit}, and ${wanted} is wanted`);
      }
    }
  }
}

function format(value) {
  return value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(2);
}

function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { quick: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    if (positionals.length > 1) {
      throw new Error('one path at most');
    }
    return { quick: values.quick, binary: positionals[0] && resolve(positionals[0]) };
  } catch (error) {
    process.stderr.write(`${error.message}\nusage: bench/events [PATH_TO_THE_GATEWAYS_BINARY] [--quick]\n`);
    process.exit(BAD_USAGE);
  }
}
