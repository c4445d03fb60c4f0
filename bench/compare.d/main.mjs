// A launch by the gateway beside the same launch by others, in one run. See README.md in the folder above.
//
//   bench/compare [PATH_TO_THE_GATEWAYS_BINARY] [--quick] [--pairs] [--only NAME,…] [--kind drop-in|native]

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { readArguments } from './arguments.mjs';
import { mistakes } from './checks.mjs';
import { ROOT, say, toItsEnd } from './command.mjs';
import { CONTENDERS, contender, passThrough } from './contenders.mjs';
import { Instance } from './instance.mjs';
import { chooseMeter } from './instructions.mjs';
import { launch } from './launches.mjs';
import { installWhatIsMissing, isInstalled, versions } from './packages.mjs';
import { PAIRS, pairsOf } from './pairs.mjs';
import { rss } from './proc.mjs';
import { markdown } from './report.mjs';
import { interleaved } from './rounds.mjs';
import { Scene } from './scene.mjs';
import {
  growth,
  idleConnections,
  instructionCounts,
  memoryWithStore,
  reused,
  startTimes,
  tlsInstructions,
  tlsRounds,
} from './sections.mjs';
import { standing } from './standing.mjs';

/** How long, and how often. Counting in callgrind is slow, and needs few launches. */
const QUICK = { warmUpSeconds: 1, pairSeconds: 1, counted: { count: 300, warmUp: 300 } };
const FULL = {
  warmUpSeconds: 4,
  rounds: 5,
  seconds: 3,
  aloneRounds: 2,
  pairSeconds: 3,
  starts: 5,
  counted: { count: 2000, warmUp: 1000 },
};
/** Where the processor counts, launches cost nothing. */
const COUNTED_BY_PERF = { count: 20_000, warmUp: 20_000 };

const PAIRS_OF_ROUNDS = 7;
const IDLE_CONNECTIONS = 10_000;

/** Who is measured with TLS to the upstream. */
const WITH_TLS = ['nginx-proxy', 'pass-through', 'gateway'];

const { quick, pairs: onlyPairs, only, kinds, given } = readArguments(process.argv.slice(2));
const extent = quick ? QUICK : FULL;
const asked = CONTENDERS.filter(({ name }) => only === undefined || only.includes(name));
let contenders = [];
let binary;
const failures = [];

await toItsEnd(compare, failures);

async function compare() {
  await installWhatIsMissing(say);
  binary = given ?? build();
  contenders = asked.filter(takesPart);
  const meter = chooseMeter();
  const scene = await Scene.setUp();
  const instances = await startAll(scene);
  if (failures.length > 0 || instances.length === 0) {
    return;
  }
  const idle = new Map(instances.map((instance) => [instance.name, rss(instance.program.pids)]));
  await checkAll(scene, instances);
  if (failures.length > 0) {
    return;
  }
  const found = { kinds: new Map(kinds.map((kind) => [kind, {}])), memory: { idle } };
  const launches = new Map(instances.map(({ name }) => [name, 0]));
  for (const kind of kinds) {
    Object.assign(found.kinds.get(kind), await measure(scene, instances, kind, launches));
  }
  const gateway = instances.find(({ name }) => name === 'gateway');
  if (gateway && !quick && !onlyPairs) {
    found.reuse = await reused(scene, gateway, launch('drop-in', { key: scene.hostKey }), 10);
  }
  await stopAll(instances, launches);
  if (!onlyPairs) {
    await count(scene, meter, found);
  }
  if (!onlyPairs && !quick) {
    say('start to first answer');
    found.memory.starts = await startTimes(scene, contenders, extent.starts, { binary });
    await measureMore(scene, found);
  }
  print(meter, found);
}

/** Whether there is what a contender needs; what is built here is built if it is not there. */
function takesPart({ name, needs, isBuiltHere }) {
  if (needs !== undefined && !isInstalled(needs)) {
    say(`without ${name}: this release has no ${needs}`);
    return false;
  }
  if (isBuiltHere && passThrough(binary) === undefined) {
    built('cargo', 'build', '--profile', 'dist', '--locked', '--example', name);
  }
  return true;
}

async function startAll(scene) {
  const instances = [];
  for (const one of contenders) {
    try {
      instances.push(await Instance.start(scene, one, { binary }));
    } catch (error) {
      failures.push(`${one.name} did not start: ${error.message}`);
    }
  }
  return instances;
}

async function checkAll(scene, instances) {
  for (const instance of instances) {
    failures.push(...(await mistakes(scene, instance)));
  }
  if (failures.length === 0) {
    say('every answer is right');
  }
}

/** What takes time: rounds of all, and pairs. How many launches each contender had is added up. */
async function measure(scene, instances, kind, launches) {
  if (quick && !onlyPairs) {
    return {};
  }
  const bytes = launch(kind, { key: scene.hostKey });
  const add = (name, rounds) => launches.set(name, rounds.reduce((all, { requests }) => all + requests, launches.get(name)));
  const rounds = async (options) => {
    const measured = await interleaved(scene, instances, bytes, options);
    measured.forEach((some, name) => add(name, some));
    return measured;
  };
  say(`${kind}: warming up`);
  await rounds({ rounds: 1, seconds: extent.warmUpSeconds, connections: 64 });
  const pairs = new Map();
  const running = instances.map(({ name }) => name);
  for (const pair of PAIRS.filter(({ ours, theirs }) => running.includes(ours) && running.includes(theirs))) {
    say(`${kind}: ${PAIRS_OF_ROUNDS} pairs of ${pair.ours} and ${pair.theirs}, connections: ${pair.connections}`);
    const measured = await pairsOf(scene, instances, bytes, pair, { times: PAIRS_OF_ROUNDS, seconds: extent.pairSeconds });
    add(pair.ours, measured.map(({ ours }) => ours));
    add(pair.theirs, measured.map(({ theirs }) => theirs));
    pairs.set(pair, measured);
  }
  if (onlyPairs) {
    return { pairs };
  }
  const { seconds, aloneRounds } = extent;
  say(`${kind}: ${extent.rounds} rounds of ${seconds} s at 64 connections, ${aloneRounds} at one`);
  const busy = await rounds({ rounds: extent.rounds, seconds, connections: 64 });
  const alone = await rounds({ rounds: aloneRounds, seconds, connections: 1 });
  return { pairs, rounds: busy, alone };
}

/** Every launch must have left a line. Those that wrk gave up at the end of a round may have left one more. */
async function stopAll(instances, launches) {
  for (const instance of instances) {
    await instance.stop();
    const lines = instance.lines();
    if (instance.keepsLog && lines < launches.get(instance.name)) {
      failures.push(`${instance.name} left ${lines} lines in its log for ${launches.get(instance.name)} launches`);
    }
  }
}

/** Every count of instructions. */
async function count(scene, meter, found) {
  say(`counting ${meter.tells}`);
  const counts = (name) => counted(meter, name);
  for (const kind of kinds) {
    const hashes = new Map();
    const options = { counts, options: { binary }, say, hashes };
    found.kinds.get(kind).hashes = hashes;
    found.kinds.get(kind).instructions = await instructionCounts(scene, chooseMeter, contenders, kind, options);
  }
  if (contenders.some(({ name }) => name === 'gateway')) {
    const instructions = await tlsInstructions(scene, chooseMeter, speakingTls(), { counts, binary, say });
    found.tls = { instructions };
    found.growth = await growth(scene, chooseMeter, kinds, { counts, binary, quick, say });
  }
}

function speakingTls() {
  return contenders.filter(({ name }) => WITH_TLS.includes(name));
}

/** How many launches to count for a contender; none for Node in callgrind, where its compiler never comes to rest. */
function counted(meter, name) {
  if (meter.hasKernel) {
    return COUNTED_BY_PERF;
  }
  return contender(name).isNative ? extent.counted : undefined;
}

/** What of the gateway takes time beside launches. */
async function measureMore(scene, found) {
  const names = contenders.map(({ name }) => name);
  if (names.includes('gateway')) {
    say('TLS to the upstream');
    Object.assign(found.tls, await tlsRounds(scene, speakingTls(), { rounds: 5, seconds: extent.seconds, binary }));
    say(`${IDLE_CONNECTIONS} idle connections`);
    found.idle = await idleConnections(scene, IDLE_CONNECTIONS, binary);
  }
  if (names.includes('gateway-audit')) {
    found.memory.withStore = await memoryWithStore(scene, binary);
  }
}

function print(meter, found) {
  say('');
  say(`- Processor: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; one for the contender, one for all others.`);
  say(`- Versions: ${versions()}, ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}.`);
  say(`- Instructions are ${meter.tells}. Where there is a range, the figure is the median, and the range all that was seen.`);
  say('');
  const isPartial = onlyPairs || only !== undefined || kinds.length === 1;
  const rows = standing(found).filter(({ cells, wanted }) => cells.size > 0 || (wanted !== undefined && !isPartial));
  // The gateway first: what all others stand beside.
  const ours = (one) => (one.name.startsWith('gateway') ? 0 : 1);
  const columns = contenders.toSorted((one, other) => ours(one) - ours(other)).map(({ name }) => [name, name]);
  say(markdown(columns, rows));
}

/** The program as it is shipped. */
function build() {
  return join(ROOT, built('deploy/programs', 'dist'), 'dynamic', 'empego-gateway');
}

/** Runs a program that builds something, and returns what it prints. */
function built(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(' ')} failed`);
  }
  return stdout.trim();
}
