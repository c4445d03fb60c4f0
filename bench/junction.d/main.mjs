// How many trips to Junction a launch makes one after another, beside what is wanted. See README.md in the folder above.
//
//   bench/junction [PATH_TO_THE_GATEWAYS_BINARY] [--quick]

import { spawnSync } from 'node:child_process';

import { command, say } from '../compare.d/command.mjs';
import { CASES } from './cases.mjs';
import { JunctionScene } from './scene.mjs';
import { trips } from './trips.mjs';

/** How long each call takes. */
const DELAY_MS = 100;

/** What the gateway itself may add to a launch, in calls: for each trip, and once for its first connections. */
const OWN_SHARE = { ofATrip: 0.1, once: 0.5 };

await command('junction', (binary, quick, misses) => measure(binary, quick ? 1 : 5, misses));

async function measure(binary, rounds, misses) {
  say(`version: ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  say(`each call takes ${DELAY_MS} ms; ${rounds === 1 ? 'one launch' : `the median of ${rounds} launches`} of each case`);
  say('');
  say('| launch | calls | one after another | wanted | ms until the URL | wanted | reached |');
  say('| --- | --- | --- | --- | --- | --- | --- |');
  const scene = await JunctionScene.setUp(binary, DELAY_MS);
  for (const { name, atMost, ...launch } of CASES) {
    const found = [];
    for (let round = 0; round < rounds; round += 1) {
      const { calls, ms } = await scene.launch(launch);
      found.push({ calls: calls.length, trips: trips(calls), ms });
    }
    const [calls, chain, ms] = ['calls', 'trips', 'ms'].map((figure) => median(found.map((one) => one[figure])));
    const atMostMs = Math.round((atMost * (1 + OWN_SHARE.ofATrip) + OWN_SHARE.once) * DELAY_MS);
    const isReached = chain <= atMost && ms <= atMostMs;
    const row = [name, calls, chain, `at most ${atMost}`, Math.round(ms), `at most ${atMostMs}`, isReached ? 'yes' : '**no**'];
    say(`| ${row.join(' | ')} |`);
    if (!isReached) {
      misses.push(`${name}: ${chain} trips in ${Math.round(ms)} ms; wanted are at most ${atMost} in ${atMostMs} ms`);
    }
  }
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
