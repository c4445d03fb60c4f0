// A steady load with everything in it, for as long as it is wanted.

import { LIMITS } from './configuration.mjs';
import * as mix from './mix.mjs';
import { Random } from './random.mjs';
import { sleep, sleepUnless } from './time.mjs';

const TICK_MS = 10;

/** A pause of this process is not made up for by more launches than this. */
const MOST_AT_ONCE = 20;

/** Of one tenant: fewer than its places, so that only a burst finds none left. */
const MOST_UNDER_WAY = LIMITS.seatsPerTenant - 4;

const BURST = LIMITS.seatsPerTenant * 3;
const BURST_EVERY_MS = 9000;
const HEAD_EVERY_MS = 400;
const CHANGE_EVERY_MS = 6000;

/** How many changes of the configuration there are for one mistake in it. */
const CHANGES_PER_MISTAKE = 4;

export class Load {
  #scene;
  #perSecond;
  #random;
  #randomOfBursts;
  #underWay = new Map();
  #open = new Set();
  #changes = 0;
  /** Requests that were not sent because too many of the same tenant were under way. */
  passedOver = 0;
  bursts = 0;

  constructor(scene, { seed, perSecond }) {
    this.#scene = scene;
    this.#perSecond = perSecond;
    this.#random = Random.stream(seed, 'mix');
    // When a burst comes depends on the clock: it must not shift what the others draw.
    this.#randomOfBursts = Random.stream(seed, 'bursts');
  }

  /** Goes on for this long, then waits for what is still under way. */
  async run(ms) {
    const stopped = AbortSignal.timeout(ms);
    const { troubles, heads, crowd } = this.#scene;
    crowd?.gather();
    await Promise.all([
      this.#launch(stopped),
      troubles.run(stopped),
      every(HEAD_EVERY_MS, stopped, () => heads.begin()),
      every(BURST_EVERY_MS, stopped, () => this.#burst()),
      every(CHANGE_EVERY_MS, stopped, () => this.#changeConfiguration()),
    ]);
    await Promise.all(this.#open);
    crowd?.leave();
    await heads.rest();
    this.#scene.client.rest();
  }

  async #launch(stopped) {
    let last = Date.now();
    let due = 0;
    while (!stopped.aborted) {
      const now = Date.now();
      due = Math.min(due + ((now - last) * this.#perSecond) / 1000, MOST_AT_ONCE);
      last = now;
      for (; due >= 1; due -= 1) {
        this.#begin(mix.next(this.#random));
      }
      await sleep(TICK_MS);
    }
  }

  #begin(asked) {
    const { tenant } = asked;
    const underWay = this.#underWay.get(tenant) ?? 0;
    if (tenant && underWay >= MOST_UNDER_WAY) {
      this.passedOver += 1;
      return;
    }
    this.#underWay.set(tenant, underWay + 1);
    this.#ask(asked).then(() => this.#underWay.set(tenant, this.#underWay.get(tenant) - 1));
  }

  #burst() {
    this.bursts += 1;
    const all = Array.from({ length: BURST }, () => mix.nextInBurst(this.#randomOfBursts));
    return this.#scene.troubles.burst(() => Promise.all(all.map((asked) => this.#ask(asked))));
  }

  async #ask(asked) {
    const { client, ledger } = this.#scene;
    const from = Date.now();
    const ended = client.ask(asked);
    this.#open.add(ended);
    const seen = await ended;
    this.#open.delete(ended);
    ledger.ended(asked, seen, from);
  }

  #changeConfiguration() {
    this.#changes += 1;
    if (this.#changes % (CHANGES_PER_MISTAKE + 1) === 0) {
      this.#scene.configuration.spoil();
    } else {
      this.#scene.configuration.change();
    }
  }
}

async function every(ms, stopped, act) {
  await sleepUnless(stopped, ms);
  while (!stopped.aborted) {
    await act();
    await sleepUnless(stopped, ms);
  }
}
