// Launches with the audit trail and without, side by side in one run. See README.md in the folder above.
//
//   bench/audit [PATH_TO_THE_GATEWAYS_BINARY] [--quick]

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

import { ROOT, command, say } from '../compare.d/command.mjs';
import { contender } from '../compare.d/contenders.mjs';
import { hashing } from '../compare.d/costs.mjs';
import { chooseMeter, instructionsPerLaunch } from '../compare.d/instructions.mjs';
import { launch } from '../compare.d/launches.mjs';
import { installWhatIsMissing } from '../compare.d/packages.mjs';
import { anonymous, rss } from '../compare.d/proc.mjs';
import { interleaved } from '../compare.d/rounds.mjs';
import { Scene } from '../compare.d/scene.mjs';
import { sleep } from '../compare.d/time.mjs';
import { builtExample } from '../soak.d/shipped-build.mjs';
import { syncsPerSecond } from './disk.mjs';
import { count, growth } from './growth.mjs';
import { AuditedInstance } from './instance.mjs';
import { waits } from './waits.mjs';

const CONNECTIONS = [1, 16, 64, 256];
/** The load that figures are wanted for. */
const BUSY = 64;
const QUICK = { rounds: 1, seconds: 1, counted: { count: 300, warmUp: 300 }, records: [] };
const FULL = { rounds: 7, seconds: 4, counted: { count: 2000, warmUp: 1000 }, records: [1_000_000, 10_000_000] };
const COUNTED_BY_PERF = { count: 20_000, warmUp: 20_000 };

/** A disk that can be asked so often a second is fast enough to be asked for launches a second. */
const FAST_DISK = 300;
const IDLE_AFTER_MS = 3000;
const MIB = 2 ** 20;

const [gateway, audited] = ['gateway', 'gateway-audit'].map(contender);

await command('audit', measure);

async function measure(binary, quick, misses) {
  const extent = quick ? QUICK : FULL;
  await installWhatIsMissing(say);
  const scene = await Scene.setUp();
  say(`processor: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; one for the gateway, one for all others`);
  say(`version: ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const figures = [
    ...(await launches(scene, binary, extent)),
    ...(await instructions(scene, binary, extent)),
    await idle(scene, binary),
    ...(await large(scene, binary, extent)),
  ];
  say('');
  say('| figure | found | wanted | reached |');
  say('| --- | --- | --- | --- |');
  for (const { name, found, atLeast, atMost, write, isNoisy } of figures) {
    const wanted = atLeast === undefined ? `at most ${write(atMost)}` : `at least ${write(atLeast)}`;
    const isReached = !(found < atLeast || found > atMost);
    say(`| ${name} | ${write(found)} | ${wanted} | ${isReached ? 'yes' : 'no'} |`);
    if (!isReached && !(quick && isNoisy)) {
      misses.push(`${name}: ${write(found)}, and ${wanted} is wanted`);
    }
  }
}

/** Prints a row for each number of connections; gives the figures that are wanted of one of them. */
async function launches(scene, binary, extent) {
  const figures = [];
  say('');
  say('| connections | launches/s without | with | ratio | CPU time, ratio | p50 without | with | p99 without | with | wait p50 | p99 | records a sync | syncs/s |');
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
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
    const middle = (rounds, figure) => median(rounds.map((round) => round[figure]));
    // Pair by pair, so that what both suffered from falls out.
    const ratio = (figure) => median(on.map((round, at) => round[figure] / off[at][figure]));
    const cells = [
      connections,
      Math.round(middle(off, 'perSecond')),
      Math.round(middle(on, 'perSecond')),
      ratio('perSecond').toFixed(2),
      ratio('cpu').toFixed(2),
      ...['p50', 'p99'].flatMap((figure) => [off, on].map((rounds) => milliseconds(middle(rounds, figure)))),
      waited.p50,
      waited.p99,
      waited.together.toFixed(1),
      Math.round(syncs),
    ];
    say(`| ${cells.join(' | ')} |`);
    if (connections === BUSY) {
      const hundredths = (value) => value.toFixed(2);
      figures.push(
        { name: 'launches/s with the trail, against without', found: ratio('perSecond'), atLeast: 0.8, write: hundredths, isNoisy: true },
        { name: 'CPU time of a launch, against without', found: ratio('cpu'), atMost: 1.15, write: hundredths, isNoisy: true },
      );
      if (syncs >= FAST_DISK) {
        figures.push({ name: 'launches/s with the trail', found: middle(on, 'perSecond'), atLeast: 10_000, write: Math.round, isNoisy: true });
      }
    }
  }
  return figures;
}

/** How many more instructions a launch takes. */
async function instructions(scene, binary, extent) {
  const meter = chooseMeter();
  say('');
  say(`counting ${meter.tells}`);
  const bytes = launch('drop-in', { key: scene.hostKey });
  const counts = [];
  for (const one of [gateway, audited]) {
    const counting = countingBy(meter, extent);
    const all = await instructionsPerLaunch(scene, meter, one, bytes, { ...counting, options: { binary } });
    const hashed = meter.costs && hashing(meter.costs) / counting.count;
    counts.push({ all, hashed });
  }
  const [without, withTrail] = counts;
  const added = withTrail.all - without.all;
  say(`instructions of a launch: ${thousands(without.all)} without, ${thousands(withTrail.all)} with: ${thousands(added)} more`);
  const figures = [{ name: 'instructions of a record', found: added, atMost: 12_000, write: thousands }];
  if (withTrail.hashed !== undefined) {
    const hashed = withTrail.hashed - without.hashed;
    say(`${thousands(hashed)} of them are SHA-256, for which processors have instructions`);
    figures.push({ name: '… without SHA-256', found: added - hashed, atMost: 12_000, write: thousands });
  }
  return figures;
}

/** The memory of a gateway with a trail and a store, to which nothing happens. */
async function idle(scene, binary) {
  const instance = await AuditedInstance.start(scene, audited, { binary, store: true });
  await sleep(IDLE_AFTER_MS);
  const found = rss(instance.program.pids);
  const ours = anonymous(instance.program.pids);
  await instance.stop();
  say('');
  say(`memory, idle: ${mebibytes(found)}, of which ${mebibytes(ours)} are its own and the rest are pages of the program's file`);
  return { name: 'memory, idle, with a trail and a store', found, atMost: 20 * MIB, write: mebibytes };
}

/** What becomes of start and launch when the trail is large. */
async function large(scene, binary, extent) {
  const { records } = extent;
  if (records.length === 0) {
    return [];
  }
  const filler = builtExample(ROOT, 'fill-trail', 'empego-gateway-store');
  const bytes = launch('drop-in', { key: scene.hostKey });
  const counting = countingBy(chooseMeter(), extent);
  const [empty, ...filled] = await growth(scene, audited, { binary, filler, records, counting, bytes, say });
  say('');
  say('| records in the trail | first answer after the start | instructions of a launch | memory then |');
  say('| --- | --- | --- | --- |');
  for (const { records: there, startMs, instructions: taken, memory } of [empty, ...filled]) {
    say(`| ${count(there)} | ${startMs.toFixed(0)} ms | ${thousands(taken)} | ${mebibytes(memory)} |`);
  }
  const times = (value) => `${value.toFixed(2)} ×`;
  return filled.flatMap(({ records: there, startMs, instructions: taken }) => [
    { name: `start with ${count(there)} records`, found: startMs, atMost: empty.startMs + 200, write: (ms) => `${ms.toFixed(0)} ms`, isNoisy: true },
    { name: `instructions of a launch with ${count(there)} records`, found: taken / empty.instructions, atMost: 1.1, write: times },
  ]);
}

function countingBy(meter, extent) {
  return { ...extent.counted, ...(!meter.isSlow && COUNTED_BY_PERF) };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function mebibytes(bytes) {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function milliseconds(micros) {
  return `${(micros / 1000).toFixed(1)} ms`;
}

function thousands(count) {
  return `${(count / 1000).toFixed(1)} k`;
}
