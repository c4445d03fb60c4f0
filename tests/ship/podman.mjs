// Containers of an image that is in an archive, with storage of their own that never outlives the tests.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { run, start } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';

// What an operator should take away from a container anyway, and what podman needs where it cannot set limits or cgroups.
const RESTRICTED = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges'];
const WITHOUT_LIMITS = ['--network=host', '--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];

export class Podman {
  #global;
  #image;
  #names = 0;

  /** With the one image that is in this archive, in the format of OCI. */
  static async with(archive) {
    const folder = await temporaryFolder();
    const global = ['--storage-driver=vfs', `--root=${join(folder.path, 'storage')}`, `--runroot=${join(folder.path, 'run')}`];
    global.push('--cgroup-manager=cgroupfs', '--runtime=runc', '--events-backend=none');
    process.prependOnceListener('exit', () => execFileSync('podman', [...global, 'rm', '--all', '--force', '--time=0'], { stdio: 'ignore' }));
    const { code, output } = await run('podman', [...global, 'pull', '--quiet', `oci-archive:${archive}`]);
    if (code !== 0) {
      throw new Error(`podman cannot read ${archive}:\n${output}`);
    }
    return new Podman(global, output.trim().split('\n').at(-1));
  }

  constructor(global, image) {
    this.#global = global;
    this.#image = image;
  }

  /** Runs a command of the program to its end. */
  async run(options, ...command) {
    return run('podman', this.#running(options, command));
  }

  /** Starts the program as the image says, and waits for these facts in its output. */
  async serve(options, readers) {
    const name = `gateway-${(this.#names += 1)}`;
    const { facts, lines } = await start('podman', this.#running(['--name', name, ...options], []), readers);
    return {
      facts,
      lines,
      /** As an operator stops it: returns the program's own exit code. */
      stop: async () => {
        const stopped = await this.#ask('stop', '--time=60', name);
        const ended = await this.#ask('wait', name);
        return { code: Number(ended.output), output: stopped.output };
      },
    };
  }

  #running(options, command) {
    return [...this.#global, 'run', '--quiet', ...RESTRICTED, ...WITHOUT_LIMITS, ...options, this.#image, ...command];
  }

  async #ask(...args) {
    const answer = await run('podman', [...this.#global, ...args]);
    if (answer.code !== 0) {
      throw new Error(`podman ${args.join(' ')}:\n${answer.output}`);
    }
    return answer;
  }
}
