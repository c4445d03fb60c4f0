// What goes wrong on purpose, and when: whatever else goes wrong is somebody's fault.

import { LIMITS } from './configuration.mjs';
import { sleepUnless } from './time.mjs';

const SHAKY = 'shaky';
const SLOW = 'slow';

/** What the stand-in of `shaky` does to its next answers, and the codes that may come of it. */
const FAULTS = [
  { count: 4, codes: ['upstream_error'], fault: { status: 500, body: '{"message":"Internal Server Error"}' } },
  { count: 4, codes: ['upstream_error'], fault: { redirect: 'https://elsewhere.example/' } },
  { count: 4, codes: ['upstream_busy'], fault: { status: 503, headers: { 'Retry-After': '0' } } },
  { count: 4, codes: ['upstream_busy'], fault: { status: 503, headers: { 'Retry-After': '30' } } },
  { count: 4, codes: ['upstream_busy'], fault: { status: 429 } },
  { count: 4, codes: ['upstream_unreachable'], fault: { reset: true } },
  { count: 4, codes: ['upstream_unreachable'], fault: { truncate: true } },
  { count: 3, codes: ['upstream_timeout'], fault: { delayMs: LIMITS.upstreamTimeoutMs + 500 } },
  { count: 4, codes: ['upstream_bad_body'], fault: { body: '<!doctype html><p>Log in', contentType: 'text/html' } },
  { count: 4, codes: ['upstream_bad_body'], fault: { body: ' ' } },
  { count: 4, codes: ['upstream_bad_url'], fault: { host: 'elsewhere.example' } },
  { count: 4, codes: ['upstream_rejected'], fault: { status: 404 } },
  { isStorm: true, count: 1_000_000, codes: ['upstream_error'], fault: { status: 500 } },
];

const CALM_MS = [800, 2400];
const FAULT_MS = 1200;

/** A storm goes on until the breaker is open. */
const STORM_MS = 20_000;

/** How long a breaker may stay open once its upstream is well again: its pause, and then a probe or two. */
const BREAKER_MS = 9000;

/** What is over for so long can no longer be the reason of anything. */
const FORGOTTEN_MS = 60_000;

export class Troubles {
  #random;
  #standIns;
  #isBreakerOpen;
  #periods = [];
  /** How often each was arranged. */
  arranged = new Map();

  constructor(random, standIns, isBreakerOpen) {
    this.#random = random;
    this.#standIns = standIns;
    this.#isBreakerOpen = isBreakerOpen;
  }

  /** Whether this outcome of a launch that took from then to then comes from something that was arranged. */
  explains({ tenant, code, from, until }) {
    return this.#periods.some(
      (period) =>
        period.tenant === tenant && period.codes.includes(code) && period.from <= until && from <= period.until,
    );
  }

  /** Has one fault follow the other, all of them before any comes again. */
  async run(stopped) {
    while (!stopped.aborted) {
      for (const fault of this.#random.shuffled(FAULTS)) {
        await sleepUnless(stopped, this.#random.between(...CALM_MS));
        if (stopped.aborted) {
          return;
        }
        // Nothing is arranged now, so nothing is lost: the stand-ins keep all that they receive in memory.
        await Promise.all(Object.values(this.#standIns).map((standIn) => standIn.forget()));
        await this.#strike(fault, stopped);
      }
    }
  }

  /** Notes that so many launches of `slow` come at once that some find no place. */
  async burst(launches) {
    const period = this.#begin(SLOW, ['overloaded']);
    await launches();
    period.until = Date.now();
  }

  async #strike({ isStorm, count, codes, fault }, stopped) {
    this.#note(isStorm ? 'a storm of 500' : JSON.stringify(fault));
    const failures = this.#begin(SHAKY, codes);
    const pauses = this.#begin(SHAKY, ['upstream_circuit_open']);
    await this.#standIns.shaky.arrange({ ...fault, count });
    if (isStorm) {
      await this.#untilBreakerOpens(stopped);
    } else {
      await sleepUnless(stopped, FAULT_MS);
    }
    await this.#standIns.shaky.calm();
    failures.until = Date.now();
    pauses.until = failures.until + BREAKER_MS;
    if (isStorm) {
      await sleepUnless(stopped, BREAKER_MS);
    }
  }

  async #untilBreakerOpens(stopped) {
    const end = Date.now() + STORM_MS;
    while (!stopped.aborted && Date.now() < end && !(await this.#isBreakerOpen(SHAKY))) {
      await sleepUnless(stopped, 250);
    }
  }

  #begin(tenant, codes) {
    const now = Date.now();
    this.#periods = this.#periods.filter(({ until }) => until > now - FORGOTTEN_MS);
    const period = { tenant, codes, from: now, until: Infinity };
    this.#periods.push(period);
    return period;
  }

  #note(name) {
    this.arranged.set(name, (this.arranged.get(name) ?? 0) + 1);
  }
}
