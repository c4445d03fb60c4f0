// A contender that runs.

import { closeSync, existsSync, openSync, readFileSync, readSync, truncateSync } from 'node:fs';

import { launch } from './launches.mjs';
import { Program } from './programs.mjs';
import { CONTENDER_CORE, freePort, untilAnswered } from './scene.mjs';

export class Instance {
  contender;
  port;
  /** Where it keeps what is to last, if it does. */
  kept;
  program;
  #log;
  #lines = 0;

  /** Starts a contender; `wrap` may put a program around it; a `core` of null is any. Returns once it has answered. */
  static async start(scene, contender, { wrap = (command) => command, core = CONTENDER_CORE, ...options } = {}) {
    const [folder, port] = [scene.instanceFolder(contender.name), await freePort()];
    const { command, env, log, errorFile, kept } = contender.prepare({ scene, folder, port, ...options });
    const instance = new this();
    instance.kept = kept;
    instance.contender = contender;
    instance.port = port;
    // What its calls must come by.
    instance.tls = options.tls ? 'TLSv1.3' : '';
    instance.#log = log;
    instance.program = new Program(contender.name, wrap(command, folder), { core, env, errorFile });
    const bytes = launch('drop-in', { key: scene.hostKey });
    instance.firstAnswerMs = await untilAnswered(instance.program, port, bytes).catch((error) => {
      const told = errorFile && existsSync(errorFile) ? readFileSync(errorFile, 'utf8').slice(0, 2000) : '';
      throw new Error(`${error.message}\n${told}`);
    });
    return instance;
  }

  get name() {
    return this.contender.name;
  }

  /** The process that launches: the last one, where one has started others. */
  get workingPid() {
    return this.program.pids.at(-1);
  }

  get keepsLog() {
    return this.#log !== undefined;
  }

  /** How many lines its log has so far. They are taken away, so that a long run fills no disk. */
  lines() {
    if (this.#log !== undefined && existsSync(this.#log)) {
      this.#lines += countLines(this.#log);
      truncateSync(this.#log);
    }
    return this.#lines;
  }

  async stop() {
    return this.program.stop();
  }
}

function countLines(file) {
  const buffer = Buffer.alloc(1 << 20);
  const descriptor = openSync(file, 'r');
  let lines = 0;
  for (let length = 1; length > 0; ) {
    length = readSync(descriptor, buffer);
    for (let at = buffer.indexOf(10); at >= 0 && at < length; at = buffer.indexOf(10, at + 1)) {
      lines += 1;
    }
  }
  closeSync(descriptor);
  return lines;
}
