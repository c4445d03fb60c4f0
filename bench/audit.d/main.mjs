// Launches with the audit trail and without, side by side in one run. See README.md in the folder above.
//
//   bench/audit [PATH_TO_THE_GATEWAYS_BINARY] [--quick]

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { contender } from '../compare.d/contenders.mjs';
import { chooseMeter, instructionsPerLaunch } from '../compare.d/instructions.mjs';
import { launch } from '../compare.d/launches.mjs';
import { installWhatIsMissing } from '../compare.d/packages.mjs';
import { stopWasAskedFor } from '../compare.d/programs.mjs';
import { interleaved } from '../compare.d/rounds.mjs';
import { Scene } from '../compare.d/scene.mjs';
import { shippedBuild } from '../soak.d/shipped-build.mjs';
import { syncsPerSecond } from './disk.mjs';
import { AuditedInstance } from './instance.mjs';
import { waits } from './waits.mjs';

const BAD_USAGE = 64;
const CONNECTIONS = [1, 16, 64, 256];
const QUICK = { rounds: 1, seconds: 1, counted: { count: 300, warmUp: 300 } };
const FULL = { rounds: 5, seconds: 4, counted: { count: 2000, warmUp: 1000 } };
const COUNTED_BY_PERF = { count: 20_000, warmUp: 20_000 };

/** What a record may take of a processor, in instructions at 64 connections. */
const MOST_INSTRUCTIONS = 12_000;
/** Launches a second at 64 connections, where the disk is fast enough to be asked for them. */
const LEAST_LAUNCHES = 10_000;
const FAST_DISK = 300;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [gateway, audited] = ['gateway', 'gateway-audit'].map(contender);
const say = (line) => process.stdout.write(`${line}\n`);

const { binary: given, quick } = readArguments(process.argv.slice(2));
const extent = quick ? QUICK : FULL;
const misses = [];

try {
  await measure(given ?? shippedBuild(root));
} catch (error) {
  if (stopWasAskedFor()) {
    // The process ends as soon as all others have.
    await new Promise(() => {});
  }
  misses.push(error.message);
}
misses.forEach((miss) => process.stderr.write(`MISSED: ${miss}\n`));
process.exit(misses.length === 0 ? 0 : 1);

async function measure(binary) {
  if (binary === undefined) {
    throw new Error('the program could not be built');
  }
  await installWhatIsMissing(say);
  const scene = await Scene.setUp();
  say(`processor: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; one for the gateway, one for all others`);
  say(`version: ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const fast = await launches(scene, binary);
  await instructions(scene, binary);
  if (!quick && fast !== undefined) {
    misses.push(fast);
  }
}

/** Prints a row for each number of connections; what was missed at 64, if anything. */
async function launches(scene, binary) {
  let missed;
  say('');
  say('| connections | launches/s without | with | ratio | CPU time, ratio | p99 without | with | wait p50 | p99 | syncs/s |');
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const connections of CONNECTIONS) {
    const [without, withTrail] = [
      await AuditedInstance.start(scene, gateway, { binary }),
      await AuditedInstance.start(scene, audited, { binary }),
    ];
    const bytes = launch('drop-in', { key: scene.hostKey });
    const options = { connections, rounds: extent.rounds, seconds: extent.seconds };
    const all = await interleaved(scene, [without, withTrail], bytes, options);
    const syncs = await syncsPerSecond(withTrail.kept);
    const waited = await waits(withTrail.adminAddress);
    await Promise.all([without.stop(), withTrail.stop()]);
    const [off, on] = [without, withTrail].map(({ name }) => all.get(name));
    const rate = (rounds) => median(rounds.map(({ perSecond }) => perSecond));
    const cells = [
      connections,
      Math.round(rate(off)),
      Math.round(rate(on)),
      (rate(on) / rate(off)).toFixed(2),
      (median(on.map(({ cpu }) => cpu)) / median(off.map(({ cpu }) => cpu))).toFixed(2),
      milliseconds(median(off.map(({ p99 }) => p99))),
      milliseconds(median(on.map(({ p99 }) => p99))),
      waited.p50,
      waited.p99,
      Math.round(syncs),
    ];
    say(`| ${cells.join(' | ')} |`);
    if (connections === 64 && syncs >= FAST_DISK && rate(on) < LEAST_LAUNCHES) {
      missed = `${Math.round(rate(on))} launches/s at 64 connections, on a disk that syncs ${Math.round(syncs)} times a second`;
    }
  }
  return missed;
}

/** How many more instructions a launch takes. */
async function instructions(scene, binary) {
  const meter = chooseMeter();
  say('');
  say(`counting ${meter.tells}`);
  const counting = { ...extent.counted, ...(!meter.isSlow && COUNTED_BY_PERF) };
  const bytes = launch('drop-in', { key: scene.hostKey });
  const count = (one) => instructionsPerLaunch(scene, meter, one, bytes, { ...counting, options: { binary } });
  const [without, withTrail] = [await count(gateway), await count(audited)];
  const added = withTrail - without;
  say(`instructions a launch: ${thousands(without)} without, ${thousands(withTrail)} with: ${thousands(added)} more`);
  if (added > MOST_INSTRUCTIONS) {
    misses.push(`a record takes ${thousands(added)} instructions, and ${thousands(MOST_INSTRUCTIONS)} are wanted`);
  }
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function milliseconds(micros) {
  return `${(micros / 1000).toFixed(1)} ms`;
}

function thousands(count) {
  return `${(count / 1000).toFixed(1)} k`;
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
    process.stderr.write(`${error.message}\nusage: bench/audit [PATH_TO_THE_GATEWAYS_BINARY] [--quick]\n`);
    process.exit(BAD_USAGE);
  }
}
