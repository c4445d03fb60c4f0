// Launches at a steady pace, each with a clinician and an id of its own, and what became of each.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:https';

const TICK_MS = 10;

export class Load {
  #to;
  #agent;
  #timer;
  #begun = [];
  #ids = [];
  #inFlight = new Set();
  #nextTick;
  #isOver = false;

  /** Begins to launch so many times a second, whether or not earlier launches have come back. */
  constructor({ port, authority, hostKey, perSecond }) {
    this.#to = { port, hostKey };
    this.#agent = new Agent({ ca: authority, keepAlive: true, maxSockets: 64 });
    let due = 0;
    let last = performance.now();
    const tick = () => {
      const now = performance.now();
      due += ((now - last) * perSecond) / 1000;
      last = now;
      for (; due >= 1; due -= 1) {
        this.#launch();
      }
      if (!this.#isOver) {
        this.#timer = setTimeout(tick, TICK_MS);
      }
    };
    tick();
  }

  /** How many have been sent. */
  get sent() {
    return this.#begun.length;
  }

  /** The ids of those that were sent after the first so many. */
  after(count) {
    return this.#ids.slice(count);
  }

  /** The ids of launches without a response yet. */
  get inFlight() {
    return new Set(this.#inFlight);
  }

  /** Waits until so many more have been sent. */
  async more(count) {
    const wanted = this.sent + count;
    while (this.sent < wanted) {
      await new Promise((resolve) => (this.#nextTick = resolve));
    }
  }

  /** Sends no more, and returns what became of each launch: `id`, `userId`, and `code` or `lost`. */
  async end() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const all = await Promise.all(this.#begun);
    this.#agent.destroy();
    return all;
  }

  #launch() {
    const id = randomUUID();
    const userId = `user-${id}`;
    this.#ids.push(id);
    this.#inFlight.add(id);
    const outcome = this.#outcomeOf(id, userId).then(
      (code) => ({ id, userId, code }),
      (error) => ({ id, userId, lost: error.code ?? error.message }),
    );
    this.#begun.push(outcome.finally(() => this.#inFlight.delete(id)));
    this.#nextTick?.();
  }

  /** The gateway's code, `ok` for a launch; a proxy's error has none. */
  async #outcomeOf(id, userId) {
    const { port, hostKey } = this.#to;
    const clinician = { userId, firstName: 'Noah', lastName: 'Singh', email: 'noah@clinic.example', licenseNumber: 'MD1' };
    const sending = request({
      agent: this.#agent,
      host: '127.0.0.1',
      port,
      path: '/v1/embeddable/consultation/dashboard',
      method: 'POST',
      headers: { Authorization: `Bearer ${hostKey}`, 'Content-Type': 'application/json', 'X-Request-Id': id },
    });
    sending.end(JSON.stringify({ clinician }));
    const [response] = await once(sending, 'response');
    let text = '';
    for await (const part of response.setEncoding('utf8')) {
      text += part;
    }
    const isJson = response.headers['content-type'] === 'application/json';
    if (!isJson) {
      throw new Error(`HTTP ${response.statusCode} of the proxy`);
    }
    const body = JSON.parse(text);
    return response.statusCode === 200 ? 'ok' : body.code;
  }
}
