// What a run leaves behind if nobody cleans up: programs and a folder. Here everything goes with the run, however it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { within } from './time.mjs';

const BOUND_MS = 15_000;
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

// Left to its default, a signal would end this process without the exit handlers that clean up.
for (const [signal, code] of Object.entries(EXIT_CODES)) {
  process.once(signal, () => process.exit(code));
}

/** A folder that is gone when this process is. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'empego-gateway-soak-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that does not outlive this process. */
export class Program {
  #child;
  #ended;
  #name;

  /** Starts it; `onLine` gets every line of its output. */
  constructor(binary, args, onLine) {
    this.#name = args[0];
    this.#child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#ended = once(this.#child, 'close');
    for (const input of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input }).on('line', onLine);
    }
  }

  get pid() {
    return this.#child.pid;
  }

  /** Waits for something that it is about to tell, but not beyond its end. */
  async beforeItEnds(promise) {
    const endedEarly = this.#ended.then(([code, signal]) => {
      throw new Error(`${this.#name} ended too early, with ${code ?? signal}`);
    });
    return within(BOUND_MS, Promise.race([promise, endedEarly]), `the start of ${this.#name}`);
  }

  /** Calls back if it ends by itself. */
  onEnd(callback) {
    this.#ended.then(([code, signal]) => callback(code ?? signal), callback);
  }

  /** Asks it to end, and returns its exit code. */
  async stop() {
    this.#child.kill('SIGTERM');
    const [code, signal] = await within(BOUND_MS, this.#ended, `the end of ${this.#name}`);
    return code ?? signal;
  }
}
