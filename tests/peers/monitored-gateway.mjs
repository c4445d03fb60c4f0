// A gateway as its operator has it: two tenants with an upstream each, of which one never answers and the other has
// Junction as well, with events that come from there and go on to its host, an audit trail that is forwarded, and the admin
// pages.

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run, start } from './children.mjs';
import { API_PATH } from './empego.mjs';
import { startSimulator } from './gateways.mjs';
import { LoopbackServer } from './loopback.mjs';
import { Postgres } from './postgres.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const API_KEY = 'api-key-of-the-clinic';
const ANY_PORT = '127.0.0.1:0';
const BOUND_MS = 10_000;

/** What Junction's stand-in knows unless it is told otherwise. */
const JUNCTION = { org: '6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90', key: 'mg_simulated' };

const ORDER = {
  clinician: { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' },
  feature: 'order_creation',
  modality: 'feature_embed',
};

export const TENANTS = ['clinic', 'hanging'];
export const TOKEN_HOST = 'portal';
/** The host that hears of its orders, and the end of the path where Junction reports them. */
export const EVENTS_HOST = 'ehr-of-clinic';
export const WEBHOOK = 'clinic-7-events';

export class MonitoredGateway {
  #keys = Object.fromEntries(TENANTS.map((tenant) => [tenant, `egw_${randomUUID()}`]));
  #upstream;
  #silent;
  #repository;
  #postgres;
  #trail;
  #child;

  static async start(binary, folder) {
    const gateway = new MonitoredGateway();
    try {
      await gateway.#start(binary, folder);
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    return gateway;
  }

  get adminAddress() {
    return this.#child.facts.adminAddress;
  }

  /** Launches with the tenant's key, unless the headers say otherwise. */
  launch(tenant, endpoint = 'statistics', { headers, signal } = {}) {
    return this.request(`${API_PATH}/embeddable/${endpoint}`, {
      headers: { 'Api-Key': this.#keys[tenant], ...headers },
      signal,
    });
  }

  /** Launches Junction's app with the clinic's key. */
  launchJunction() {
    return this.request('/v1/junction/launch', {
      method: 'POST',
      headers: { 'Api-Key': this.#keys.clinic, 'Content-Type': 'application/json' },
      body: JSON.stringify(ORDER),
    });
  }

  /** Requests any path, and returns the answer's status and code; `ok` if it has none. */
  async request(path, { signal, ...request } = {}) {
    const response = await fetch(new URL(path, `http://${this.#child.facts.address}`), {
      ...request,
      signal: signal ?? AbortSignal.timeout(BOUND_MS),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, code: (isJson && JSON.parse(text).code) || 'ok', text };
  }

  async metrics() {
    return (await this.#ask(this.adminAddress, '/metrics')).text();
  }

  async readiness() {
    return (await this.#ask(this.adminAddress, '/readyz')).text();
  }

  /** Has the stand-in answer so, from now on or so often. */
  async fault(fault) {
    await this.#ask(this.#upstreamAddress, '/__sim/faults', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ count: 1_000_000, ...fault }),
    });
  }

  /** Ends the calls that hang at an upstream which never answers. */
  endHungCalls() {
    this.#silent.breakConnections();
  }

  async noFault() {
    await this.#ask(this.#upstreamAddress, '/__sim/reset', { method: 'POST' });
  }

  async stop() {
    await this.#child?.stop();
    const servers = [this.#upstream, this.#silent, this.#repository, this.#postgres];
    await Promise.all(servers.map((server) => server?.stop()));
    this.#trail?.remove();
  }

  get #upstreamAddress() {
    return new URL(this.#upstream.baseUrl).host;
  }

  async #start(binary, folder) {
    this.#upstream = await startSimulator(binary, API_KEY);
    this.#silent = await LoopbackServer.start(() => {});
    this.#repository = await LoopbackServer.start(takeEvents);
    this.#trail = await temporaryFolder();
    const config = join(folder, 'gateway.toml');
    await writeFile(join(folder, 'api-key'), API_KEY);
    await writeFile(join(folder, 'management-key'), JUNCTION.key);
    await writeFile(join(folder, 'events-secret'), `whsec_${randomBytes(24).toString('base64')}`);
    await writeFile(join(folder, 'audit-keys'), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [publicKey()] }));
    this.#postgres = await Postgres.start(this.#trail.path);
    await writeFile(join(folder, 'database-url'), this.#postgres.url);
    await writeFile(config, this.#config());
    const migrated = await run(binary, ['database', 'migrate', '--config', config]);
    assert.equal(migrated.code, 0, migrated.output);
    this.#child = await start(binary, ['serve', '--config', config], {
      address: (line) => listening(line)?.address,
      adminAddress: (line) => listening(line)?.admin_address,
    });
  }

  async #ask(address, path, request) {
    const response = await fetch(`http://${address}${path}`, { ...request, signal: AbortSignal.timeout(BOUND_MS) });
    assert.ok(response.ok, `${path} was answered with ${response.status}`);
    return response;
  }

  #config() {
    const silent = new URL(this.#silent.origin);
    return `
[server]
listen = "${ANY_PORT}"
admin_listen = "${ANY_PORT}"

[log]
format = "json"

[launches]
timeout_ms = 60000
max_in_flight_per_tenant = 1
queue_timeout_ms = 0

[empego]
base_url = "${this.#upstream.baseUrl}"
embed_hosts = ["${this.#upstreamAddress}"]

[audit]
directory = "${join(this.#trail.path, 'trail')}"
keyring_file = "audit-keys"
[store]
engine = "postgres"
[store.postgres]
url_file = "database-url"
[[audit.forward]]
url = "${this.#repository.origin}/fhir"

${tenant('clinic')}
${organisation(new URL(this.#upstream.baseUrl).origin)}
${tenant('hanging')}
[tenant.empego]
base_url = "${silent.origin}${API_PATH}"
embed_hosts = ["${silent.host}"]

${assertedHost('clinic', this.#keys.clinic)}
${eventsTo(this.#repository.origin)}
${assertedHost('hanging', this.#keys.hanging)}
[[host]]
id = "${TOKEN_HOST}"
tenant = "clinic"
identity = "token"
[host.jwt]
issuer = "https://idp.example"
audience = "${TOKEN_HOST}"
jwks_file = "keys.json"
`;
  }
}

/** A repository of audit events that takes all of them. */
async function takeEvents(request, response) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const { entry } = JSON.parse(Buffer.concat(chunks));
  response.writeHead(entry ? 200 : 201, { 'Content-Type': 'application/fhir+json' });
  response.end(JSON.stringify({ entry: entry?.map(() => ({ response: { status: '201' } })) }));
}

function tenant(id) {
  return `
[[tenant]]
id = "${id}"
api_key_file = "api-key"
policy = "documented"
endpoints = ["*"]
extra_params = []
`;
}

function organisation(standIn) {
  return `
[tenant.junction]
org_id = "${JUNCTION.org}"
management_key_file = "management-key"
integration_slug = "my-ehr"
region = "us"
environment = "sandbox"
create_team = true
management_url = "${standIn}/junction/management"
api_url = "${standIn}/junction/api"
embed_url = "${standIn}/junction/ehr"
[tenant.junction.team]
integration_team_id = "clinic-7"
name = "Clinic 7"
[[tenant.junction.webhook]]
endpoint = "${WEBHOOK}"
team_id = "6353bcab-3526-4838-8c92-063fa760fb6b"
secret_file = "events-secret"
`;
}

/** The rest of a host that hears of its orders at this server. */
function eventsTo(server) {
  return `
junction_orders = ["read"]
[host.events]
url = "${server}/events"
secret_file = "events-secret"
`;
}

function assertedHost(tenantId, key) {
  return `
[[host]]
id = "ehr-of-${tenantId}"
tenant = "${tenantId}"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(key).digest('hex')}"
`;
}

function publicKey() {
  const { publicKey: key } = generateKeyPairSync('ed25519');
  return { ...key.export({ format: 'jwk' }), kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
}

function listening(line) {
  const fields = line.startsWith('{') ? JSON.parse(line) : {};
  return fields.message === 'listening' ? fields : undefined;
}
