// A soak: the same mixed load for minutes, and afterwards the gateway should be as small as before.
//
//   bench/soak MINUTES [PATH_TO_THE_GATEWAYS_BINARY] [--seed N] [--rate N] [--loiter]

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { LIMITS } from './configuration.mjs';
import { Load } from './load.mjs';
import { SAMPLE_HEAD, counts, difference, outcomes, rules, sampleRow, table, verdict } from './report.mjs';
import { setUp, tearDown } from './scene.mjs';
import { sleep, until } from './time.mjs';

const USAGE = 'usage: bench/soak MINUTES [PATH_TO_THE_GATEWAYS_BINARY] [--seed N] [--rate LAUNCHES_A_SECOND] [--loiter]';
const BAD_USAGE = 64;

/** Long enough for every kind of request, every fault and every buffer to have been there. */
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

async function soak({ ms, binary, seed, perSecond, withLoiterers }) {
  const scene = await setUp(binary ?? build(), { seed, withLoiterers });
  scene.gateway.onEnd((how) => scene.isStopping || fail(`the gateway ended by itself, with ${how}`));
  const load = new Load(scene, { seed, perSecond });
  say(`${ms / 60_000} minutes, ${perSecond} launches a second, seed ${seed}; first ${WARM_UP_MS / 1000} s to warm up`);

  await load.run(WARM_UP_MS);
  const start = await atRest(scene);
  const before = scene.ledger.answered;
  say(table([SAMPLE_HEAD, sampleRow('start, at rest', start)]));

  const began = Date.now();
  const [between] = await Promise.all([samples(scene, ms), load.run(ms)]);
  const secs = (Date.now() - began) / 1000;
  const answered = scene.ledger.answered - before;
  const end = await atRest(scene);
  const sockets = scene.gauges.describeSockets();

  const figures = await settled(scene);
  scene.ledger.close();
  scene.isStopping = true;
  const exitCode = await tearDown(scene);

  const counted = figures.by('code', 'empego_gateway_launches_total');
  const found = { ...scene, start, end, figures, counted, reloads: reloadsSince(scene, figures), exitCode };
  const inBetween = between.map((sample) => sampleRow('in mid-load', sample, start));
  say(table([SAMPLE_HEAD, sampleRow('start, at rest', start), ...inBetween, sampleRow('end, at rest', end, start)]));
  say(`\n${(answered / secs).toFixed(1)} answers a second for ${secs.toFixed(0)} s (${load.passedOver} launches passed` +
    ' over, because as many of their tenant were under way as the mix may have)');
  say(`\n${outcomes(found)}\n\n${difference(found)}\n`);
  say(counts('arranged at the upstream', scene.troubles.arranged));
  say(`bursts: ${load.bursts}`);
  say(counts('warnings and errors in the log, beside attempts', scene.ledger.otherLines));
  say(counts('5xx that nobody arranged', scene.ledger.unarranged));
  say(counts('outcomes that nobody expected', scene.ledger.unexpected));
  say(counts('sockets at the end', sockets));
  const judged = rules(found);
  say(`\n${verdict(judged)}`);
  return judged.every(({ holds }) => holds);
}

/** A sample once idle connections are closed. */
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
  return gauges.sample();
}

async function samples({ gauges }, ms) {
  const taken = [];
  for (let left = SAMPLES; left > 0; left -= 1) {
    await sleep(ms / (SAMPLES + 1));
    taken.push(await gauges.sample());
  }
  return taken;
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

function build() {
  const { status } = spawnSync('cargo', ['build', '--release', '--locked'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    fail('the release binary could not be built');
  }
  return join(root, 'target', 'release', 'empego-gateway');
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
      },
    });
    const [minutes, binary, ...more] = positionals;
    const numbers = [minutes, values.seed, values.rate].map(Number);
    const [ms, seed, perSecond] = [numbers[0] * 60_000, numbers[1], numbers[2]];
    const fits = ms > 0 && Number.isSafeInteger(seed) && perSecond >= 1 && perSecond <= 500 && more.length === 0;
    if (fits && (binary === undefined || existsSync(binary))) {
      return { ms, binary, seed, perSecond, withLoiterers: values.loiter };
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
