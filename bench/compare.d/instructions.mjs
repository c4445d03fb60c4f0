// How many instructions a launch takes: counted by the processor where it can (perf stat), else by callgrind, which
// sees what programs do themselves and nothing of the kernel. Start-up and warm-up are not counted.

import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { load, openConnections } from './client.mjs';
import { readCosts } from './costs.mjs';
import { Instance } from './instance.mjs';
import { cpuMicros } from './proc.mjs';
import { Program, run } from './programs.mjs';
import { until } from './time.mjs';

/** The CPU time in half a second that counts as none: the clock's own steps. */
const AT_REST_MICROS = 20_000;

const EVENTS = 'instructions:u,instructions:k';

/** The best way to count that this machine has. */
export function chooseMeter() {
  const { stderr, status } = spawnSync('perf', ['stat', '-x,', '-e', EVENTS, 'true'], { encoding: 'utf8' });
  const isSupported = status === 0 && perfCounts(stderr) !== undefined;
  return isSupported ? new Perf() : new Callgrind();
}

/** Counts in the processor; user and kernel. */
class Perf {
  tells = 'user and kernel instructions (perf stat)';
  hasKernel = true;
  isSlow = false;

  #watch;
  #file;

  wrap(command) {
    return command;
  }

  async begin(scene, instance) {
    this.#file = join(scene.instanceFolder('perf'), 'counts');
    const pids = instance.program.pids.join(',');
    this.#watch = new Program('perf', ['perf', 'stat', '-x,', '-o', this.#file, '-e', EVENTS, '-p', pids]);
    // It says nothing when it has begun.
    await until(() => this.#watch.pids.length > 0, 'perf');
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
  }

  async end() {
    await this.#watch.stop('SIGINT');
    const counts = perfCounts(readFileSync(this.#file, 'utf8'));
    if (counts === undefined) {
      throw new Error('perf stat counted nothing');
    }
    return counts;
  }

  /** It cannot tell functions apart. */
  costs = undefined;
}

/** The instructions in what `perf stat -x,` wrote, or nothing if this machine does not count them. */
function perfCounts(text) {
  const counts = text
    .split('\n')
    .map((line) => line.split(','))
    .filter(([, , event]) => event?.startsWith('instructions'))
    .map(([count]) => Number(count));
  return counts.length === EVENTS.split(',').length && counts.every((count) => count > 0)
    ? counts.reduce((all, count) => all + count, 0)
    : undefined;
}

/**
 * A processor counts a repeated string instruction once, callgrind once for each byte: the C library is told to do without,
 * in every contender alike.
 */
const WITHOUT_REPEATS = 'GLIBC_TUNABLES=glibc.cpu.x86_rep_stosb_threshold=1000000000:glibc.cpu.x86_rep_movsb_threshold=1000000000';

/** Counts in a simulated processor; user only. */
export class Callgrind {
  tells = 'user instructions (callgrind: perf stat counts none on this machine)';
  hasKernel = false;
  isSlow = true;

  #pid;
  #folder;
  #dump;

  /** Until counting begins the program runs in valgrind without callgrind, which is several times faster. */
  wrap(command, folder) {
    this.#folder = folder;
    const files = `--callgrind-out-file=${join(folder, 'callgrind.out.%p')}`;
    // In a worker that nginx has forked, callgrind takes no orders.
    const alone = command[0] === 'nginx' ? ['-g', 'master_process off;'] : [];
    const counting = ['valgrind', '--quiet', '--tool=callgrind', '--instr-atstart=no', files];
    return ['env', WITHOUT_REPEATS, ...counting, ...command, ...alone];
  }

  async begin(_, instance) {
    this.#pid = String(instance.workingPid);
    await run('callgrind_control', ['callgrind_control', '-i', 'on', this.#pid]);
  }

  async end() {
    await run('callgrind_control', ['callgrind_control', '-d', this.#pid]);
    const dump = readdirSync(this.#folder).find((name) => name.startsWith(`callgrind.out.${this.#pid}.`));
    this.#dump = readFileSync(join(this.#folder, dump), 'latin1');
    return Number(/^(?:totals|summary): (\d+)/m.exec(this.#dump)[1]);
  }

  /** The costs of each function, as they were counted last. */
  get costs() {
    return readCosts(this.#dump);
  }
}

/** Waits until a contender does nothing: what it still does after its start belongs to no launch. */
async function atRest(instance) {
  const { pids } = instance.program;
  let before = -Infinity;
  const stoodStill = () => {
    const now = cpuMicros(pids);
    const used = now - before;
    before = now;
    return used <= AT_REST_MICROS;
  };
  await until(stoodStill, `${instance.name} at rest`, { atMostMs: 180_000, everyMs: 500 });
}

/** How often each connection is used at least, before counting: then those to the upstream are open as well. */
const USES_BEFORE = 2;

/**
 * The instructions that a contender takes for each of `count` launches, over so many connections, when `warmUp` launches were there
 * before. The connections are the same for both: opening one is no part of a launch.
 */
export async function instructionsPerLaunch(scene, meter, contender, bytes, counting) {
  const { connections = 64, count, warmUp, options } = counting;
  const wrap = meter.wrap.bind(meter);
  const instance = await Instance.start(scene, contender, {
    wrap,
    core: null,
    isSlowed: meter.isSlow,
    ...options,
  });
  let opened = [];
  try {
    opened = await openConnections(instance.port, connections);
    await load(opened, bytes, Math.max(warmUp, USES_BEFORE * connections));
    await atRest(instance);
    await meter.begin(scene, instance);
    const launches = Math.max(count, connections);
    await load(opened, bytes, launches);
    return (await meter.end()) / launches;
  } finally {
    opened.forEach((connection) => connection.close());
    await instance.program.kill();
  }
}
