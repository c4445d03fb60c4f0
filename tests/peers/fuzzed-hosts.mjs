// One gateway with a host of each kind that openapi.yaml describes, and the credentials to call it with.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { KNOWN_USERS } from './empego.mjs';
import { FuzzedOrders } from './fuzzed-orders.mjs';
import { startServing, startSimulator } from './gateways.mjs';
import { newKey, publicKey, sign } from './signing-keys.mjs';

export const TENANT_KEY = '3f6c1d9a-8b57-4e20-9d44-7ac1e05b62f8';

const ISSUER = 'https://idp.example';
const TOKEN_HOST = 'token';
const KEY_SET = 'keys.json';
const MANAGEMENT_KEY = 'management-key';
const KEYRING = 'keyring';
const SECRET = 'webhook-secret';
/** What Junction's stand-in knows unless it is told otherwise. */
const JUNCTION = { org: '6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90', key: 'mg_simulated' };
/** The team of the token host's clinician; the hooks name it too. */
const TEAM = 'clinic-7';
const TEAM_ID = '6353bcab-3526-4838-8c92-063fa760fb6b';
const AN_HOUR_SECS = 3600;

/** Where Junction reports what becomes of the orders of that team. One tenant is told, which is enough to have it called. */
const ENDPOINT = 'clinic-7-events';
const REPORTED_TO = 'documented';
const WEBHOOK_SECRET = `whsec_${randomBytes(24).toString('base64')}`;

const ORDER_GRANTS = 'junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results", "simulate"]';

const WEBHOOK = `
[[tenant.junction.webhook]]
endpoint = "${ENDPOINT}"
team_id = "${TEAM_ID}"
secret_file = "${SECRET}"
`;

/** What orders are kept in. No attempt is recorded. */
const STORE = `
[store]
engine = "sqlite"
file = "store.sqlite3"
[audit]
sink = "off"
keyring_file = "${KEYRING}"
`;

/** Asserted hosts by their names, which say their tenants' policies, and a token host. All have Junction. */
export class FuzzedHosts {
  /** The headers that authenticate each host, and a browser that is signed in at the token host. */
  credentials = {};
  gateway;
  #upstream;

  static async start(binary, folder) {
    const hosts = new FuzzedHosts();
    try {
      await hosts.#start(binary, folder);
    } catch (error) {
      await hosts.stop();
      throw error;
    }
    return hosts;
  }

  /** Orders that this host may touch, and what else the hooks cannot know. */
  async prepareOrders(host) {
    const { origin, credentials } = this;
    const standIn = (...request) => this.#control(...request);
    const own = { credentials: credentials[host], isOfToken: host === TOKEN_HOST };
    const prepared = await new FuzzedOrders({ origin, standIn, team: TEAM, ...own }).prepare();
    return { ...prepared, team: TEAM, teamId: TEAM_ID, webhook: { endpoint: ENDPOINT, secret: WEBHOOK_SECRET } };
  }

  get origin() {
    return new URL(this.gateway.baseUrl).origin;
  }

  async stop() {
    await Promise.all([this.gateway?.stop(), this.#upstream?.stop()]);
  }

  async #control(method, name, content) {
    const response = await fetch(new URL(`/__sim/${name}`, this.#upstream.baseUrl), {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(content),
    });
    assert.ok(response.ok, `${method} ${name} was answered with ${response.status}`);
  }

  async #start(binary, folder) {
    const key = await newKey('EdDSA');
    await writeFile(join(folder, KEY_SET), JSON.stringify({ keys: [publicKey(key)] }));
    await writeFile(join(folder, MANAGEMENT_KEY), JUNCTION.key);
    await writeFile(join(folder, KEYRING), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await writeFile(join(folder, SECRET), WEBHOOK_SECRET);
    const signed = await token(key);
    this.credentials[TOKEN_HOST] = [`Authorization: Bearer ${signed}`];
    this.#upstream = await startSimulator(binary, 'api-key-of-the-clinic');
    const standIn = new URL(this.#upstream.baseUrl).origin;
    const asserted = ['documented', 'strict'].map((policy) => this.#assertedHost(policy, standIn)).join('');
    const toml = asserted + tokenHost(standIn) + STORE;
    this.gateway = await startServing(binary, this.#upstream, folder, toml);
    await this.gateway.simulator.restart(KNOWN_USERS);
    await this.#control('PUT', 'junction', { teams: [{ id: TEAM_ID, name: 'Clinic', integration_team_id: TEAM }] });
    Object.values(this.credentials).forEach((headers) => headers.push(`Cookie: session=${signed}`));
  }

  #assertedHost(policy, standIn) {
    const key = `egw_${randomUUID()}`;
    this.credentials[policy] = [`Api-Key: ${key}`];
    return `
${tenant(policy, policy, standIn)}
[[host]]
id = "${policy}"
tenant = "${policy}"
identity = "asserted"
explain = true
doctor_origins = ["https://ehr.example"]
${ORDER_GRANTS}
intents = ["owner", "existing", "upsert", "new", "clone"]
key_sha256 = "${createHash('sha256').update(key).digest('hex')}"
`;
  }
}

function tokenHost(standIn) {
  return `
${tenant(TOKEN_HOST, 'strict', standIn)}
[[host]]
id = "${TOKEN_HOST}"
tenant = "${TOKEN_HOST}"
identity = "token"
explain = true
${ORDER_GRANTS}
[host.rate]
clinician_per_second = 100000
clinician_burst = 100000
[host.jwt]
issuer = "${ISSUER}"
audience = "${TOKEN_HOST}"
jwks_file = "${KEY_SET}"
[host.jwt.claims]
user_id = "sub"
first_name = "given_name"
last_name = "family_name"
email = "email"
integration_team_id = "team"
integration_team_name = "team_name"
[host.session]
cookie = "session"
`;
}

function tenant(id, policy, standIn) {
  return `
[[tenant]]
id = "${id}"
api_key_file = "api-key"
tenant_key = "${TENANT_KEY}"
policy = "${policy}"
endpoints = ["*"]
[tenant.junction]
org_id = "${JUNCTION.org}"
management_key_file = "${MANAGEMENT_KEY}"
integration_slug = "my-ehr"
region = "us"
environment = "${id === REPORTED_TO ? 'sandbox' : 'production'}"
features = ["order_creation", "order_creation:*", "order:*", "team_panels", "team_config"]
modalities = ["feature_embed", "link_out"]
create_team = true
management_url = "${standIn}/junction/management"
api_url = "${standIn}/junction/api"
embed_url = "${standIn}/junction/ehr"
${id === REPORTED_TO ? WEBHOOK : ''}`;
}

function token(key) {
  const now = Math.floor(Date.now() / 1000);
  const person = { sub: 'emp123', given_name: 'Élodie', family_name: 'Côté', email: 'elodie.cote@clinic.ca' };
  const team = { team: TEAM, team_name: 'Clinic' };
  return sign({ iss: ISSUER, aud: TOKEN_HOST, iat: now, exp: now + AN_HOUR_SECS, ...person, ...team }, key);
}
