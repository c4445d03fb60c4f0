// What a run would leave behind, programs and a folder. Here everything goes with the run, however it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { within } from './time.mjs';

const BOUND_MS = 15_000;
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** How many lines of a program that does not start tell why. */
const FIRST_LINES = 20;

const running = new Set();

// Left to its default, a signal would end this process without the exit handlers that clean up. The programs are waited
// for: not every system collects those whose parent has gone.
for (const [signal, code] of Object.entries(EXIT_CODES)) {
  process.once(signal, async () => {
    await Promise.allSettled(Array.from(running, (program) => program.kill()));
    process.exit(code);
  });
}

process.once('exit', () => running.forEach((program) => program.kill()));

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
  #isWanted = true;
  #firstLines = [];

  /** Starts it; `onLine` gets every line of its output. */
  constructor(binary, args, onLine) {
    this.#name = args[0];
    this.#child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close').finally(() => running.delete(this));
    running.add(this);
    for (const input of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        if (this.#firstLines.length < FIRST_LINES) {
          this.#firstLines.push(line);
        }
        onLine(line);
      });
    }
  }

  get pid() {
    return this.#child.pid;
  }

  /** Waits for something that it is about to tell, but not beyond its end. */
  async beforeItEnds(promise) {
    const endedEarly = this.#ended.then(([code, signal]) => {
      throw new Error(`${this.#name} ended with ${code ?? signal}, having printed:\n${this.#firstLines.join('\n')}`);
    });
    return within(BOUND_MS, Promise.race([promise, endedEarly]), `the start of ${this.#name}`);
  }

  /** Calls back if it ends and nobody asked it to. */
  async onEnd(callback) {
    const [code, signal] = await this.#ended;
    if (this.#isWanted) {
      callback(code ?? signal);
    }
  }

  /** Asks it to end, and returns its exit code. */
  async stop() {
    this.#isWanted = false;
    this.#child.kill('SIGTERM');
    const [code, signal] = await within(BOUND_MS, this.#ended, `the end of ${this.#name}`);
    return code ?? signal;
  }

  /** Ends it at once. */
  kill() {
    this.#isWanted = false;
    this.#child.kill('SIGKILL');
    return this.#ended;
  }
}
