// Gateways that are replaced while others serve: same files and ports, another process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './children.mjs';
import { eventually } from './polling.mjs';
import { freePort } from './ports.mjs';
import { Simulator } from './simulator.mjs';

export const HOST_KEY = `egw_${randomUUID()}`;

/** What all replicas have: the keyring and the tenant's API key, in a folder of the one they are in. */
export async function sharedFiles(folder, apiKey) {
  const shared = join(folder, 'shared');
  await mkdir(shared);
  await writeFile(join(shared, 'api-key'), apiKey);
  await writeFile(join(shared, 'keyring'), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
}

export class Replica {
  #binary;
  #child;
  #ended;
  config;
  port;
  adminPort;
  trail;
  log = '';

  /** A replica that is not running yet; `server` are lines of `[server]`, `more` tables of its own. */
  static async prepare(binary, folder, name, upstream, { server = '', more = '' } = {}) {
    const replica = new Replica();
    replica.#binary = binary;
    [replica.port, replica.adminPort] = [await freePort(), await freePort()];
    const own = join(folder, name);
    replica.trail = join(folder, `${name}-trail`);
    await mkdir(own);
    replica.config = join(own, 'gateway.toml');
    const { host } = new Simulator(upstream.baseUrl);
    await writeFile(replica.config, `
[server]
listen = "127.0.0.1:${replica.port}"
admin_listen = "127.0.0.1:${replica.adminPort}"
${server}
[log]
format = "json"
[empego]
base_url = "${upstream.baseUrl}"
embed_hosts = ["${host}"]
[audit]
directory = "${replica.trail}"
keyring_file = "../shared/keyring"
${more}
[[tenant]]
id = "clinic"
api_key_file = "../shared/api-key"
endpoints = ["*"]
[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(HOST_KEY).digest('hex')}"
`);
    return replica;
  }

  /** Starts a process, and waits until it is ready. */
  async begin() {
    const child = spawn(this.#binary, ['serve', '--config', this.config], { stdio: ['ignore', 'ignore', 'pipe'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
    this.#child = child;
    this.#ended = once(child, 'close').finally(() => process.off('exit', kill));
    await eventually('a gateway that is ready', async () => {
      assert.equal(child.exitCode, null, this.log);
      const { status } = await fetch(`http://127.0.0.1:${this.adminPort}/readyz`);
      assert.equal(status, 200);
    });
  }

  /** Ends the process in good order. */
  async end() {
    this.#child.kill('SIGTERM');
    const [code] = await this.#ended;
    assert.equal(code, 0, this.log);
  }

  /** Ends the process at once, as a lost machine does. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop() {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) {
      await this.end();
    }
  }

  /** The exit code of `audit verify`, and what it says. */
  verify() {
    return run(this.#binary, ['audit', 'verify', this.trail]);
  }

  /** What `audit find` prints: an object for each attempt. */
  async found() {
    const { code, output } = await run(this.#binary, ['audit', 'find', '--config', this.config, '--json']);
    assert.equal(code, 0, output);
    return output.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }
}
