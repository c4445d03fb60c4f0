// A stand-in for Empego, and what is arranged there.

import { Program } from './children.mjs';

export class StandIn {
  #program;
  #url;
  #always;

  /** Starts one that knows this API key. `always` is a fault that every answer of its has. */
  static async start(binary, apiKey, { always } = {}) {
    const standIn = new StandIn();
    let tell;
    const told = new Promise((resolve) => {
      tell = resolve;
    });
    const args = ['simulate', '--listen', '127.0.0.1:0', '--api-key', apiKey];
    standIn.#program = new Program(binary, args, (line) => line.startsWith('base_url ') && tell(line));
    standIn.#url = new URL((await standIn.#program.beforeItEnds(told)).split(/ +/)[1]);
    standIn.#always = always;
    await standIn.forget();
    return standIn;
  }

  get baseUrl() {
    return this.#url.href;
  }

  get host() {
    return this.#url.host;
  }

  /** Forgets what it received: it would keep all of it in memory. Forgets arranged faults too. */
  async forget() {
    await this.#control('POST', 'reset');
    if (this.#always) {
      await this.arrange({ ...this.#always, count: 2 ** 32 - 1 });
    }
  }

  /** Has the next answers go wrong. What was arranged before is forgotten. */
  async arrange(fault) {
    await this.#control('PUT', 'faults', fault);
  }

  /** Has answers go well again: the one fault that it holds is replaced by one that does nothing. */
  async calm() {
    await this.arrange({ count: 1 });
  }

  stop() {
    return this.#program.stop();
  }

  async #control(method, name, content) {
    const response = await fetch(new URL(`/__sim/${name}`, this.#url), {
      method,
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: JSON.stringify(content),
    });
    await response.text();
    if (!response.ok) {
      throw new Error(`the stand-in answered ${method} ${name} with ${response.status}`);
    }
  }
}
