// A PostgreSQL server of a test's own, with an empty database, which ends with the test.

import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';

import { run, start } from './children.mjs';
import { freePort } from './ports.mjs';

/** As whom it runs: it refuses to be root. */
const USER = 'postgres';

export class Postgres {
  url;
  #server;

  static async start(folder) {
    const postgres = new Postgres();
    await postgres.#start(folder);
    return postgres;
  }

  stop() {
    return this.#server.stop();
  }

  async #start(folder) {
    const place = join(folder, 'postgres');
    mkdirSync(place);
    const isRoot = process.getuid() === 0;
    if (isRoot) {
      // The folders above are left through by their names alone.
      chmodSync(folder, 0o711);
      chownSync(place, ...ids());
    }
    const data = join(place, 'data');
    const as = (command) => (isRoot ? ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', ...command] : command);
    const [initialize, ...how] = as([
      program('initdb'), '-D', data, '-A', 'trust', '-U', 'gateway', '--no-sync', '-E', 'UTF8', '--locale=C',
    ]);
    const made = await run(initialize, how, { cwd: place });
    assert.equal(made.code, 0, made.output);
    const port = await freePort();
    const [serve, ...where] = as([
      program('postgres'), '-D', data, '-p', String(port),
      '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${place}`, '-c', 'shared_buffers=16MB',
    ]);
    this.#server = await start(serve, where, { ready: (line) => /ready to accept connections/.exec(line)?.[0] });
    this.url = `postgresql://gateway@127.0.0.1:${port}/postgres`;
  }
}

/** The newest server's program, where Debian has it. */
function program(name) {
  const versions = readdirSync('/usr/lib/postgresql').map(Number).sort((one, other) => other - one);
  return join('/usr/lib/postgresql', String(versions[0]), 'bin', name);
}

function ids() {
  const id = (option) => Number(execFileSync('id', [option, USER], { encoding: 'utf8' }));
  return [id('-u'), id('-g')];
}
