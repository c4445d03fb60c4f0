// What a run would leave behind, programs and a folder. Here everything goes with the run, however it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tree } from './proc.mjs';
import { sleep } from './time.mjs';

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** How long a program may take to end when asked to; valgrind takes its time. */
const PATIENCE_MS = 20_000;

const running = new Set();
let isStopping = false;

/** Whether somebody has asked for a stop: what fails from then on fails because of that. */
export function stopWasAskedFor() {
  return isStopping;
}

// Left to its default, a signal would end this process without the exit handlers that clean up.
for (const [signal, code] of Object.entries(EXIT_CODES)) {
  process.once(signal, async () => {
    isStopping = true;
    await Promise.allSettled(Array.from(running, (program) => program.kill()));
    process.exit(code);
  });
}

process.once('exit', () => running.forEach((program) => program.kill()));

/** A folder that is gone when this process is. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'empego-gateway-compare-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program, and all that it starts, that does not outlive this process. */
export class Program {
  name;
  #child;
  #ended;
  #output = '';

  /**
   * Starts it: on one core if that is stated; its standard error is added to a file if one is stated. What it prints is
   * kept.
   */
  constructor(name, command, { core = null, env, errorFile } = {}) {
    this.name = name;
    const [binary, ...args] = core === null ? command : ['taskset', '-c', String(core), ...command];
    const errors = errorFile === undefined ? 'pipe' : openSync(errorFile, 'a');
    this.#child = spawn(binary, args, {
      // Ctrl-C is for this process, which ends the others in its own way.
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', errors],
    });
    if (errorFile !== undefined) {
      closeSync(errors);
    }
    running.add(this);
    this.#ended = Promise.race([
      once(this.#child, 'close').then(([code, signal]) => code ?? signal),
      once(this.#child, 'error').then(([error]) => `${error}`),
    ]).finally(() => running.delete(this));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data) => {
        this.#output += data;
      });
    }
  }

  /** What it printed so far. */
  get output() {
    return this.#output;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Its own process and all below it. */
  get pids() {
    return tree(this.pid);
  }

  /** Its exit code, once it has ended. */
  get ended() {
    return this.#ended;
  }

  /** Fails as soon as it ends. */
  async failAtItsEnd() {
    const how = await this.#ended;
    throw new Error(`${this.name} ended with ${how}\n${this.#output}`);
  }

  /** Asks it to end, and returns its exit code. */
  async stop(signal = 'SIGTERM') {
    this.#child.kill(signal);
    const how = await Promise.race([this.#ended, sleep(PATIENCE_MS)]);
    if (how === undefined) {
      await this.kill();
      throw new Error(`${this.name} did not end when asked to`);
    }
    return how;
  }

  /** Ends it at once, and what it started: whoever is killed tells nobody below. */
  kill() {
    for (const pid of this.pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    return this.#ended;
  }
}

/** Runs a program to its end, and returns what it printed; fails if its exit code is not 0. */
export async function run(name, command, options) {
  const program = new Program(name, command, options);
  const how = await program.ended;
  if (how !== 0) {
    throw new Error(`${name} ended with ${how}\n${program.output}`);
  }
  return program.output;
}
