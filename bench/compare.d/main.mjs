// A launch by the gateway beside the same launch by others, in one run. See README.md in the folder above.
//
//   bench/compare [PATH_TO_THE_GATEWAYS_BINARY] [--quick] [--only NAME,…] [--kind drop-in|native]

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { mistakes } from './checks.mjs';
import { CONTENDERS, Instance, beside } from './contenders.mjs';
import { chooseMeter } from './instructions.mjs';
import { KINDS, launch } from './launches.mjs';
import { installWhatIsMissing, isInstalled, versions } from './packages.mjs';
import { rss } from './proc.mjs';
import { stopWasAskedFor } from './programs.mjs';
import {
  growthTable,
  growthTargets,
  idleTarget,
  kindTable,
  kindTargets,
  reuseTarget,
  table,
  tlsTable,
  tlsTargets,
} from './report.mjs';
import { interleaved } from './rounds.mjs';
import { Scene } from './scene.mjs';
import { growth, idleConnections, instructionCounts, reused, startTimes, tls } from './sections.mjs';

const USAGE =
  'usage: bench/compare [PATH_TO_THE_GATEWAYS_BINARY] [--quick] [--only NAME,…] [--kind drop-in|native]\n' +
  `names: ${CONTENDERS.map(({ name }) => name).join(', ')}`;
const BAD_USAGE = 64;

/** How long, and how often. Counting in callgrind is slow, and needs few launches. */
const QUICK = {
  warmUpSeconds: 2,
  rounds: 2,
  seconds: 1,
  aloneRounds: 1,
  starts: 1,
  counted: { count: 300, warmUp: 300 },
};
const FULL = {
  warmUpSeconds: 4,
  rounds: 5,
  seconds: 3,
  aloneRounds: 2,
  starts: 5,
  counted: { count: 2000, warmUp: 1000 },
};
/** Where the processor counts, launches cost nothing. */
const COUNTED_BY_PERF = { count: 20_000, warmUp: 20_000 };

const IDLE_CONNECTIONS = 10_000;

/** Who is measured with TLS to the upstream. */
const WITH_TLS = ['nginx-proxy', 'pass-through', 'gateway'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const { quick, only, kinds, binary: given } = readArguments(process.argv.slice(2));
const extent = quick ? QUICK : FULL;
const asked = CONTENDERS.filter(({ name }) => only === undefined || only.includes(name));
let contenders = [];
const failures = [];

try {
  await compare();
} catch (error) {
  if (stopWasAskedFor()) {
    // The process ends as soon as all others have.
    await new Promise(() => {});
  }
  failures.push(error.message);
}
failures.forEach((failure) => process.stderr.write(`FAILED: ${failure}\n`));
process.exit(failures.length === 0 ? 0 : 1);

async function compare() {
  await installWhatIsMissing(say);
  const binary = given ?? build();
  contenders = asked.filter((one) => {
    const missing = whatIsMissing(one, binary);
    if (missing !== undefined) {
      say(`without ${one.name}: ${missing}`);
    }
    return missing === undefined;
  });
  const meter = chooseMeter();
  say(`processor: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; one for the contender, one for all others`);
  say(`versions: ${versions()}, ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);

  const scene = await Scene.setUp();
  const instances = await startAll(scene, binary);
  if (failures.length > 0 || instances.length === 0) {
    return;
  }
  const idle = new Map(instances.map((instance) => [instance.name, rss(instance.program.pids)]));
  await checkAll(scene, instances);
  if (failures.length > 0) {
    return;
  }
  const found = new Map();
  for (const kind of kinds) {
    found.set(kind, { idle, ...(await measure(scene, instances, kind)) });
  }
  const gateway = instances.find(({ name }) => name === 'gateway');
  const reuse = quick || !gateway ? undefined : await measureReuse(scene, gateway);
  await stopAll(instances, found);

  say('start to first answer');
  const starts = await startTimes(scene, contenders, extent.starts, { binary });
  say(`counting ${meter.tells}`);
  for (const kind of kinds) {
    const options = { counts: (name) => counted(meter, name), binary, say };
    const instructions = await instructionCounts(scene, chooseMeter, contenders, kind, options);
    Object.assign(found.get(kind), { starts, instructions });
  }
  const more = quick || !gateway ? undefined : { reuse, ...(await measureMore(scene, meter, binary)) };
  print(meter, found, more);
}

/** Why a contender cannot take part, if so. */
function whatIsMissing({ needs, beside: program }, binary) {
  if (needs !== undefined && !isInstalled(needs)) {
    return `this release has no ${needs}`;
  }
  return program === undefined || existsSync(beside(binary, program)) ? undefined : `no ${program} beside ${binary}`;
}

async function startAll(scene, binary) {
  const instances = [];
  for (const contender of contenders) {
    try {
      instances.push(await Instance.start(scene, contender, { binary }));
    } catch (error) {
      failures.push(`${contender.name} did not start: ${error.message}`);
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

async function measure(scene, instances, kind) {
  const bytes = launch(kind, { key: scene.hostKey });
  say(`${kind}: warming up`);
  const warm = { rounds: 1, seconds: extent.warmUpSeconds, connections: 64 };
  const warmed = await interleaved(scene, instances, bytes, warm);
  say(`${kind}: ${extent.rounds} rounds of ${extent.seconds} s at 64 connections, ${extent.aloneRounds} at one`);
  const { rounds, seconds, aloneRounds } = extent;
  const busy = await interleaved(scene, instances, bytes, { rounds, seconds, connections: 64 });
  const alone = await interleaved(scene, instances, bytes, { rounds: aloneRounds, seconds, connections: 1 });
  return { warmed, busy, alone };
}

async function measureReuse(scene, gateway) {
  return reused(scene, gateway, launch('drop-in', { key: scene.hostKey }), 10);
}

/** Every launch must have left a line. Those that wrk gave up at the end of a round may have left one more. */
async function stopAll(instances, found) {
  for (const instance of instances) {
    await instance.stop();
    const rounds = [...found.values()].flatMap(({ warmed, busy, alone }) =>
      [warmed, busy, alone].flatMap((some) => some.get(instance.name)),
    );
    const launches = rounds.reduce((all, { requests }) => all + requests, 0);
    const lines = instance.lines();
    if (instance.contender.works && lines < launches) {
      failures.push(`${instance.name} left ${lines} lines in its log for ${launches} launches`);
    }
  }
}

/** How many launches to count for a contender; none for Node in callgrind, where its compiler never comes to rest. */
function counted(meter, name) {
  if (meter.hasKernel) {
    return COUNTED_BY_PERF;
  }
  return CONTENDERS.find((contender) => contender.name === name).isNative ? extent.counted : undefined;
}

async function measureMore(scene, meter, binary) {
  const counts = (name) => counted(meter, name);
  say('TLS to the upstream');
  const { seconds, rounds } = extent;
  const speakingTls = CONTENDERS.filter(
    (one) => WITH_TLS.includes(one.name) && whatIsMissing(one, binary) === undefined,
  );
  const options = { rounds: Math.min(rounds, 5), seconds, counts, binary };
  const withTls = await tls(scene, chooseMeter, speakingTls, options);
  say(`${IDLE_CONNECTIONS} idle connections`);
  const idle = await idleConnections(scene, IDLE_CONNECTIONS, binary);
  say('how the gateway grows');
  return { withTls, idle, grown: await growth(scene, chooseMeter, { counts, binary, say }) };
}

function print(meter, found, more) {
  say(`\nmedians (least–greatest); instr. are ${meter.tells}`);
  const targets = [];
  for (const [kind, figures] of found) {
    say(`\n${kindTable(kind, contenders, figures)}`);
    if (figures.busy.has('gateway')) {
      targets.push(...kindTargets(kind, figures));
    }
  }
  if (more !== undefined) {
    say(`\n${tlsTable(more.withTls)}\n\n${growthTable(more.grown)}`);
    targets.push(...tlsTargets(more.withTls), reuseTarget(more.reuse), idleTarget(more.idle));
    targets.push(...growthTargets(more.grown));
  }
  if (targets.length > 0) {
    say(`\n${table([['target', 'found', 'wanted', ''], ...targets])}`);
  }
}

/** Apart, since what only tests need would change the gateway's own dependencies. */
function build() {
  for (const what of [[], ['--example', 'pass-through']]) {
    const { status } = spawnSync('cargo', ['build', '--profile', 'dist', '--locked', ...what], { cwd: root, stdio: 'inherit' });
    if (status !== 0) {
      throw new Error('the binaries could not be built');
    }
  }
  return join(root, 'target', 'dist', 'empego-gateway');
}

function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        kind: { type: 'string' },
      },
    });
    const names = values.only?.split(',');
    const isKnown = (name) => CONTENDERS.some((contender) => contender.name === name);
    const [path, ...rest] = positionals;
    const fits = (names ?? []).every(isKnown) && [undefined, ...KINDS].includes(values.kind) && rest.length === 0;
    if (fits && (path === undefined || existsSync(path))) {
      const kindsAsked = values.kind === undefined ? KINDS : [values.kind];
      return { quick: values.quick, only: names, kinds: kindsAsked, binary: path && resolve(path) };
    }
  } catch {
    // An option that nobody knows.
  }
  process.stderr.write(`${USAGE}\n`);
  return process.exit(BAD_USAGE);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
