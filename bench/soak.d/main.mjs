// A soak: the same mixed load for minutes, and afterwards the gateway should be as small as before.
//
//   bench/soak MINUTES [PATH_TO_THE_GATEWAYS_BINARY] [--seed N] [--rate N] [--loiter] [--tools PATH]

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { LIMITS } from './configuration.mjs';
import { Load } from './load.mjs';
import { SAMPLE_HEAD, isFlat, report, rules, sampleLine, verdict } from './report.mjs';
import { setUp, tearDown } from './scene.mjs';
import { shippedBuild } from './shipped-build.mjs';
import { sleep, until } from './time.mjs';

const USAGE = 'usage: bench/soak MINUTES [PATH_TO_THE_GATEWAYS_BINARY] [--seed N] [--rate N] [--loiter] [--tools PATH]';
const BAD_USAGE = 64;

/** Long enough for nearly everything that ever happens in a soak to have happened. */
const WARM_UP_MS = 60_000;

/** How many times the gateway is looked at in mid-load. */
const SAMPLES = 5;

/** Sockets that were as many for so long will not become fewer: every idle connection had time to close. */
const QUIET_MS = (LIMITS.keepAliveSecs + 2) * 1000;
const REST_AT_MOST_MS = 60_000;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const options = readArguments(process.argv.slice(2));
process.exitCode = (await soak(options)) ? 0 : 1;
process.exit();

async function soak({ ms, binary: given, tools, seed, perSecond, withLoiterers }) {
  const binary = given ?? shippedBuild(root) ?? fail('the binary could not be built');
  const scene = await setUp(binary, { tools: tools ?? binary, seed, withLoiterers });
  scene.gateway.onEnd((how) => fail(`the gateway ended by itself, with ${how}`));
  const load = new Load(scene, { seed, perSecond });
  const pauses = monitorEventLoopDelay();
  pauses.enable();
  say(`${ms / 60_000} minutes, ${perSecond} requests a second, seed ${seed}; first ${WARM_UP_MS / 1000} s to warm up`);
  say(SAMPLE_HEAD);
  const watched = await watch(scene, load, ms);

  const figures = await settled(scene);
  scene.ledger.close();
  const found = {
    ...scene,
    ...watched,
    load,
    longestPauseMs: pauses.max / 1e6,
    figures,
    counted: figures.by('code', 'empego_gateway_launches_total'),
    reloads: reloadsSince(scene, figures),
    exitCode: await tearDown(scene),
  };
  const judged = rules(found);
  say(`\n${report(found)}\n\n${verdict(judged)}`);
  return isFlat(judged);
}

/** Looks at the gateway at rest, under load, and at rest again. */
async function watch(scene, load, ms) {
  const { gauges, ledger } = scene;
  await load.run(WARM_UP_MS);
  const start = await atRest(scene);
  say(sampleLine('start, at rest', start));

  const before = ledger.answered;
  await Promise.all([samples(gauges, ms, (sample) => say(sampleLine('under load', sample, start))), load.run(ms)]);
  const perSecond = (1000 * (ledger.answered - before)) / ms;

  const end = await atRest(scene);
  say(sampleLine('end, at rest', end, start));
  return { start, end, perSecond, sockets: gauges.describeSockets() };
}

/** A sample once idle connections are closed. Its sockets are the fewest seen: keys are fetched now and then. */
async function atRest({ gauges }) {
  let fewest = Infinity;
  let since = Date.now();
  await until(
    () => {
      const now = gauges.sockets().length;
      if (now < fewest) {
        fewest = now;
        since = Date.now();
      }
      return Date.now() - since > QUIET_MS;
    },
    { everyMs: 500, atMostMs: REST_AT_MOST_MS },
  );
  return { ...(await gauges.sample()), sockets: fewest };
}

async function samples(gauges, ms, onSample) {
  for (let left = SAMPLES; left > 0; left -= 1) {
    await sleep(ms / (SAMPLES + 1));
    onSample(await gauges.sample());
  }
}

/** The figures once every record has been read from the log. */
async function settled({ gauges, ledger }) {
  let waiting = Infinity;
  await until(
    () => {
      const before = waiting;
      waiting = ledger.waiting;
      return waiting === before;
    },
    { everyMs: 500, atMostMs: 10_000 },
  );
  return gauges.figures();
}

function reloadsSince({ reloadsBefore }, figures) {
  const now = figures.by('outcome', 'empego_gateway_reloads_total');
  const since = (outcome) => (now.get(outcome) ?? 0) - (reloadsBefore.get(outcome) ?? 0);
  return { applied: since('applied'), refused: since('refused') };
}

function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seed: { type: 'string', default: '1' },
        rate: { type: 'string', default: '150' },
        loiter: { type: 'boolean', default: false },
        tools: { type: 'string' },
      },
    });
    const [minutes, binary, ...more] = positionals;
    const numbers = [minutes, values.seed, values.rate].map(Number);
    const [ms, seed, perSecond] = [numbers[0] * 60_000, numbers[1], numbers[2]];
    const fits = ms > 0 && Number.isSafeInteger(seed) && perSecond >= 1 && perSecond <= 500 && more.length === 0;
    if (fits && [binary, values.tools].every((path) => path === undefined || existsSync(path))) {
      return { ms, binary, tools: values.tools, seed, perSecond, withLoiterers: values.loiter };
    }
  } catch {
    // An option that nobody knows.
  }
  return fail(USAGE, BAD_USAGE);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function fail(text, code = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}
