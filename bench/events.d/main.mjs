// What orders cost, each figure beside what is wanted of it. See README.md in the folder above.
//
//   bench/events [PATH_TO_THE_GATEWAYS_BINARY] [--quick]

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

import { syncsPerSecond } from '../audit.d/disk.mjs';
import { ROOT, command, say } from '../compare.d/command.mjs';
import { builtExample } from '../soak.d/shipped-build.mjs';
import { document } from './document.mjs';
import { full } from './full.mjs';
import { placing } from './placing.mjs';
import { OrderScene } from './scene.mjs';
import { webhooks } from './webhooks.mjs';

const QUICK = { throughputMs: 2000, steadyMs: 2000, events: 10_000, restMs: 3000, rounds: 1 };
const FULL = { throughputMs: 10_000, steadyMs: 20_000, events: 100_000, restMs: 30_000, rounds: 3 };

await command('events', (binary, quick, misses) => measure(binary, quick ? QUICK : FULL, misses));

async function measure(binary, extent, misses) {
  say(`processor: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; one for the gateway, one for all others`);
  say(`version: ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const clientAlone = builtExample(ROOT, 'client-alone');
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
