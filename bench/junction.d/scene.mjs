// The stand-in for Junction, at some distance, and gateways in front of it that remember nothing.

import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';

import { temporaryFolder } from '../compare.d/programs.mjs';
import { StandIn, startGateway } from '../compare.d/started.mjs';
import { exchange } from '../events.d/client.mjs';
import { WORLD } from './cases.mjs';

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
    scene.#standIn = await StandIn.start(binary, { apiKey: 'unused' });
    await scene.#standIn.control('PUT', 'faults', { delayMs, count: ALL });
    return scene;
  }

  /** Launches once with a new gateway, after `before` if there is one: the calls, and how long it took. */
  async launch({ before, body }) {
    await this.#standIn.control('PUT', 'junction', WORLD);
    const { program, port } = await this.#startGateway();
    const agent = new Agent({ keepAlive: true });
    const launched = async (asked) => {
      const headers = { authorization: `Bearer ${this.#hostKey}`, 'content-type': 'application/json' };
      const request = { port, method: 'POST', path: '/v1/junction/launch', headers };
      const { status, text } = await exchange(agent, request, JSON.stringify(asked));
      if (status !== 200) {
        throw new Error(`the response to the launch was ${status}: ${text}`);
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
    return this.#standIn.control('GET', 'junction/journal');
  }

  #startGateway() {
    const file = join(this.#folder, 'gateway.toml');
    const log = join(this.#folder, 'log');
    writeFileSync(join(this.#folder, 'management-key'), 'mg_simulated', { mode: 0o600 });
    writeFileSync(file, this.#configuration());
    return startGateway(this.#binary, file, { log });
  }

  #configuration() {
    const { origin } = this.#standIn;
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
management_url = "${origin}/junction/management"
api_url = "${origin}/junction/api"
embed_url = "${origin}/junction/ehr"
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
