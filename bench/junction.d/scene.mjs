// The stand-in for Junction, at some distance, and gateways in front of it that remember nothing.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';

import { Program, temporaryFolder } from '../compare.d/programs.mjs';
import { sleep, within } from '../compare.d/time.mjs';
import { exchange } from '../events.d/client.mjs';
import { WORLD } from './cases.mjs';

const STARTS_WITHIN_MS = 60_000;
const ORG = '6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90';

/** More calls than are ever made. */
const ALL = 1_000_000;

export class JunctionScene {
  #binary;
  #standIn;
  #folder = temporaryFolder();
  #hostKey = `egw_${randomBytes(32).toString('base64url')}`;

  /** Each call of Junction takes `delayMs`. */
  static async setUp(binary, delayMs) {
    const scene = new JunctionScene();
    scene.#binary = binary;
    await scene.#startStandIn();
    await scene.#control('PUT', 'faults', { delayMs, count: ALL });
    return scene;
  }

  /** Launches once with a new gateway, after `before` if there is one: the calls, and how long it took. */
  async launch({ before, body }) {
    await this.#control('PUT', 'junction', WORLD);
    const { program, port } = await this.#startGateway();
    const agent = new Agent({ keepAlive: true });
    const launched = async (asked) => {
      const headers = { authorization: `Bearer ${this.#hostKey}`, 'content-type': 'application/json' };
      const request = { port, method: 'POST', path: '/v1/junction/launch', headers };
      const { status, text } = await exchange(agent, request, JSON.stringify(asked));
      if (status !== 200) {
        throw new Error(`the launch was answered with ${status}: ${text}`);
      }
    };
    if (before) {
      await launched(before);
    }
    const earlier = (await this.#journal()).length;
    const began = performance.now();
    await launched(body);
    const ms = performance.now() - began;
    const calls = (await this.#journal()).slice(earlier);
    agent.destroy();
    await program.stop();
    return { calls, ms };
  }

  #journal() {
    return this.#control('GET', 'junction/journal');
  }

  async #control(method, page, content) {
    const response = await fetch(`${this.#standIn}/__sim/${page}`, {
      method,
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: content && JSON.stringify(content),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`the stand-in answered ${method} ${page} with ${response.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  async #startStandIn() {
    const command = [this.#binary, 'simulate', '--listen', '127.0.0.1:0', '--api-key', 'unused'];
    const program = new Program('the stand-in', command);
    const told = async () => {
      for (;;) {
        const found = /^base_url +(\S+)/m.exec(program.output);
        if (found) {
          return new URL(found[1]).origin;
        }
        await sleep(5);
      }
    };
    const starting = Promise.race([told(), program.failAtItsEnd()]);
    this.#standIn = await within(STARTS_WITHIN_MS, starting, 'the start of the stand-in');
  }

  async #startGateway() {
    const file = join(this.#folder, 'gateway.toml');
    const log = join(this.#folder, 'log');
    writeFileSync(join(this.#folder, 'management-key'), 'mg_simulated', { mode: 0o600 });
    writeFileSync(file, this.#configuration());
    writeFileSync(log, '');
    const program = new Program('the gateway', [this.#binary, 'serve', '--config', file], { errorFile: log });
    const listening = async () => {
      for (;;) {
        const line = readFileSync(log, 'utf8').split('\n').find((entry) => entry.includes('"listening"'));
        if (line !== undefined) {
          return JSON.parse(line);
        }
        await sleep(5);
      }
    };
    const ended = program.failAtItsEnd().catch((error) => {
      throw new Error(`${error.message}${readFileSync(log, 'utf8')}`);
    });
    const starting = Promise.race([listening(), ended]);
    const { address } = await within(STARTS_WITHIN_MS, starting, 'the start of the gateway');
    return { program, port: Number(address.split(':').at(-1)) };
  }

  #configuration() {
    return `
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
workers = 1
[log]
format = "json"
[audit]
sink = "off"
[[tenant]]
id = "downtown"
[tenant.junction]
org_id = "${ORG}"
management_key_file = "management-key"
integration_slug = "my-ehr"
region = "us"
environment = "sandbox"
management_url = "${this.#standIn}/junction/management"
api_url = "${this.#standIn}/junction/api"
embed_url = "${this.#standIn}/junction/ehr"
features = ["order_creation", "order_creation:*", "order:*"]
modalities = ["feature_embed"]
create_team = true
[[host]]
id = "ehr"
tenant = "downtown"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(this.#hostKey).digest('hex')}"
`;
  }
}
