// The gateway's configuration for a soak: who may call, and limits so low that they are reached at times.

import { createHash, randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const API_KEY = 'api-key-of-the-soak';
export const ORIGIN = 'https://ehr.example';
export const AUDIENCE = 'soak';

/** What others have to know of the limits. No time is so short that a busy machine alone makes it run out. */
export const LIMITS = {
  headTimeoutMs: 4000,
  bodyTimeoutMs: 4000,
  keepAliveSecs: 5,
  upstreamTimeoutMs: 4000,
  seatsPerTenant: 12,
  queueTimeoutMs: 50,
};

/** The rates that the tenant `limited` has in turn. */
const RATES = [
  { perSecond: 8, burst: 8 },
  { perSecond: 4, burst: 16 },
  { perSecond: 12, burst: 2 },
];

/** The hosts that prove themselves with a key, and the tenants they launch for. */
const KEY_HOSTS = {
  'ehr-strict': { tenant: 'strict', settings: 'intents = ["existing", "upsert", "new", "clone"]' },
  'ehr-documented': { tenant: 'documented', settings: 'explain = true' },
  'ehr-limited': { tenant: 'limited', settings: '[host.rate]\nclinician_per_second = 2\nclinician_burst = 4' },
  'ehr-slow': { tenant: 'slow', settings: '' },
  'ehr-shaky': { tenant: 'shaky', settings: '' },
  'ehr-stale': { tenant: 'stale', settings: '' },
};

/** The host that brings tokens. */
export const TOKEN_HOST = { id: 'spa', tenant: 'strict' };

/** The tenant that a host launches for. */
export function tenantOf(host) {
  return host === TOKEN_HOST.id ? TOKEN_HOST.tenant : KEY_HOSTS[host].tenant;
}

export class Configuration {
  file;
  /** What was written since the start, by what should become of it. */
  written = { applied: 0, refused: 0 };

  #folder;
  #standIns;
  #issuer;
  #keys = new Map(Object.keys(KEY_HOSTS).map((id) => [id, `egw_${randomBytes(32).toString('base64url')}`]));
  #turn = 0;

  constructor(folder, standIns, issuer) {
    this.#folder = folder;
    this.#standIns = standIns;
    this.#issuer = issuer;
    this.file = join(folder, 'gateway.toml');
    writeFileSync(join(folder, 'api-key'), API_KEY, { mode: 0o600 });
    writeFileSync(join(folder, 'stale-api-key'), 'nobody-knows-this-one', { mode: 0o600 });
    this.#write(RATES[0]);
  }

  keyOf(host) {
    return this.#keys.get(host);
  }

  /** Gives `limited` another rate. */
  change() {
    this.#turn += 1;
    this.#write(RATES[this.#turn % RATES.length]);
    this.written.applied += 1;
  }

  /** Makes a mistake: the gateway keeps what it has. */
  spoil() {
    this.#turn += 1;
    this.#write({ perSecond: this.#turn, burst: 0 });
    this.written.refused += 1;
  }

  /** Whoever reads it meanwhile finds the old file or the new one, never half of one. */
  #write(rate) {
    const next = join(this.#folder, 'gateway.toml.next');
    writeFileSync(next, this.#text(rate));
    renameSync(next, this.file);
  }

  #text(rate) {
    const { well, slow, shaky } = this.#standIns;
    const hosts = Object.entries(KEY_HOSTS).map(([id, host]) => keyHost(id, host, this.#keys.get(id)));
    return [
      processSettings(well),
      tenant('strict', 'strict', 'endpoints = ["consultation/*", "followup/*", "statistics"]'),
      tenant('documented', 'documented', 'endpoints = ["*"]'),
      tenant('limited', 'documented', `endpoints = ["*"]\n${rateOf(rate)}`),
      tenant('slow', 'documented', `endpoints = ["*"]\n${upstream(slow)}`),
      tenant('shaky', 'documented', `endpoints = ["*"]\n${upstream(shaky)}`),
      tenant('stale', 'documented', 'endpoints = ["*"]', 'stale-api-key'),
      ...hosts,
      tokenHost(this.#issuer),
    ].join('\n');
  }
}

function processSettings(standIn) {
  return `
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
workers = 2
shutdown_grace_secs = 5
client_head_timeout_ms = ${LIMITS.headTimeoutMs}
client_body_timeout_ms = ${LIMITS.bodyTimeoutMs}
keep_alive_secs = ${LIMITS.keepAliveSecs}

[log]
level = "info"
format = "json"

[launches]
connect_timeout_ms = 2000
timeout_ms = ${LIMITS.upstreamTimeoutMs}
pool_idle_timeout_ms = 3000
max_in_flight = 48
max_in_flight_per_tenant = ${LIMITS.seatsPerTenant}
queue_timeout_ms = ${LIMITS.queueTimeoutMs}

[empego]
base_url = "${standIn.baseUrl}"
embed_hosts = ["${standIn.host}"]
`;
}

function tenant(id, policy, settings, keyFile = 'api-key') {
  return `
[[tenant]]
id = "${id}"
api_key_file = "${keyFile}"
policy = "${policy}"
${settings}
`;
}

function upstream(standIn) {
  return `[tenant.empego]\nbase_url = "${standIn.baseUrl}"\nembed_hosts = ["${standIn.host}"]`;
}

function rateOf({ perSecond, burst }) {
  return `[tenant.rate]\nper_second = ${perSecond}\nburst = ${burst}`;
}

function keyHost(id, { tenant: tenantId, settings }, key) {
  return `
[[host]]
id = "${id}"
tenant = "${tenantId}"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(key).digest('hex')}"
${settings}
`;
}

function tokenHost(issuer) {
  return `
[[host]]
id = "${TOKEN_HOST.id}"
tenant = "${TOKEN_HOST.tenant}"
identity = "token"
origins = ["${ORIGIN}"]
[host.rate]
clinician_per_second = 100000
clinician_burst = 100000
[host.jwt]
issuer = "${issuer.origin}"
audience = "${AUDIENCE}"
refresh_secs = 10
[host.jwt.claims]
first_name = "given_name"
last_name = "family_name"
email = "email"
`;
}
