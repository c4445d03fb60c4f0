// The stand-in for Junction with a team, and gateways for its orders.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';

import { temporaryFolder } from '../compare.d/programs.mjs';
import { StandIn, startGateway } from '../compare.d/started.mjs';
import { exchange } from './client.mjs';
import { Passage } from './passage.mjs';

/** The gateway works alone on one core; whoever asks it and whoever it asks share the other. */
const GATEWAY_CORE = 0;
const OTHER_CORE = 1;

export const TEAM = '11111111-1111-4111-8111-111111111111';
export const PATIENT = '44444444-4444-4444-8444-444444444444';
const MEMBER = {
  id: '33333333-3333-4333-8333-333333333333',
  integration_member_id: 'emp123',
  name: 'Élodie Côté',
  email: 'elodie@clinic.ca',
  team_role_bindings: [{ team_id: TEAM }],
};
const ORG = '6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90';

/** What Junction signs events with. */
const SIGNING_KEY = randomBytes(24);

/** What the gateways seal with. */
const KEYRING = `k1 ${randomBytes(32).toString('base64')}\n`;

export class OrderScene {
  folder = temporaryFolder();
  signingKey = SIGNING_KEY;
  hostKey = `egw_${randomBytes(32).toString('base64url')}`;
  passage;

  #binary;
  #standIn;
  #instances = 0;

  static async setUp(binary) {
    const scene = new OrderScene();
    scene.#binary = binary;
    await scene.#startStandIn();
    return scene;
  }

  /** Has the stand-in do something, or shows what it has. */
  control(method, page, content) {
    return this.#standIn.control(method, page, content);
  }

  /** Makes orders that the gateway knows nothing of; their ids. */
  async orders(count) {
    const ids = [];
    for (let left = count; left > 0; left -= 1) {
      ids.push((await this.control('POST', 'junction/orders', { userId: PATIENT })).orderId);
    }
    return ids;
  }

  /** A folder for the files of one gateway. */
  instanceFolder() {
    this.#instances += 1;
    const folder = join(this.folder, `gateway-${this.#instances}`);
    mkdirSync(folder);
    return folder;
  }

  /** Starts a gateway whose store is in this folder; `host` has more lines for its host. */
  async serve(folder, { host = '' } = {}) {
    const secret = (name, text) => writeFileSync(join(folder, name), text, { mode: 0o600 });
    secret('api-key', 'api-key-of-events');
    secret('management-key', 'mg_simulated');
    secret('webhook', `whsec_${SIGNING_KEY.toString('base64')}`);
    secret('keys', KEYRING);
    const file = join(folder, 'gateway.toml');
    writeFileSync(file, this.#configuration(host));
    const log = join(folder, 'log');
    const began = performance.now();
    const { program, port } = await startGateway(this.#binary, file, { log, core: GATEWAY_CORE });
    const agent = new Agent({ keepAlive: true });
    return new Gateway({ program, port, agent, began, hostKey: this.hostKey });
  }

  async #startStandIn() {
    this.#standIn = await StandIn.start(this.#binary, { apiKey: 'api-key-of-events', core: OTHER_CORE });
    this.passage = await Passage.start(this.#standIn.origin);
    await this.control('PUT', 'junction', {
      teams: [{ id: TEAM, name: 'Cardiology', integration_team_id: 'cardio' }],
      members: [MEMBER],
      users: [{ user_id: PATIENT, team_id: TEAM, client_user_id: 'patient123' }],
    });
  }

  #configuration(host) {
    const { passage } = this;
    const { origin } = this.#standIn;
    return `
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
workers = 1
[log]
format = "json"
[empego]
base_url = "${origin}/empego-integrations/R4"
embed_hosts = ["${new URL(origin).host}"]
[audit]
sink = "off"
keyring_file = "keys"
[store]
engine = "sqlite"
file = "store.sqlite3"
[[tenant]]
id = "downtown"
api_key_file = "api-key"
[tenant.junction]
org_id = "${ORG}"
management_key_file = "management-key"
integration_slug = "my-ehr"
region = "us"
environment = "sandbox"
management_url = "${passage.origin}/junction/management"
api_url = "${passage.origin}/junction/api"
embed_url = "${origin}/junction/ehr"
features = ["order_creation", "order_creation:*", "order:*", "team_panels"]
modalities = ["feature_embed"]
create_team = true
[[tenant.junction.webhook]]
endpoint = "cardio"
team_id = "${TEAM}"
secret_file = "webhook"
[[host]]
id = "ehr"
tenant = "downtown"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(this.hostKey).digest('hex')}"
junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results"]
${host}
`;
  }
}

/** A gateway that runs, and its host. */
export class Gateway {
  port;
  #program;
  #agent;
  #began;
  #hostKey;

  constructor({ program, port, agent, began, hostKey }) {
    this.port = port;
    this.#program = program;
    this.#agent = agent;
    this.#began = began;
    this.#hostKey = hostKey;
  }

  get pid() {
    return this.#program.pid;
  }

  /** Milliseconds since its start was asked for. */
  get age() {
    return performance.now() - this.#began;
  }

  /** A request of the host's. */
  ask(method, path, { body, headers, onChunk } = {}) {
    const content = body && JSON.stringify(body);
    const all = { authorization: `Bearer ${this.#hostKey}`, 'x-junction-team': 'cardio', ...headers };
    if (content) {
      all['content-type'] = 'application/json';
    }
    return exchange(this.#agent, { port: this.port, method, path, headers: all }, content, onChunk);
  }

  async stop() {
    this.#agent.destroy();
    return this.#program.stop();
  }
}
