// The gateway as a contender: its configuration, with an audit trail and a store or without.

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fill } from './scene.mjs';

/**
 * Writes the configuration into the folder. `trail` adds a durable audit trail in files, in a folder that has one already if it is
 * the path of one; `store` adds a store in SQLite. Where nothing else is said, both are in the folder that comes back as `kept`.
 */
export function prepareGateway(options) {
  const { scene, folder, port, binary, tls, tenants = 1, rates = false, isSlowed = false, trail = false, store = false } = options;
  writeFileSync(join(folder, 'api-key'), scene.apiKey, { mode: 0o600 });
  // Not inside the folder of the configuration, which the gateway watches: each line and each record would wake it.
  const kept = `${folder}-kept`;
  mkdirSync(kept);
  const log = join(kept, 'gateway.log');
  const settings = scene.settings({
    port,
    upstream: tls ? `localhost:${scene.tlsPort}` : `127.0.0.1:${scene.port}`,
    scheme: tls ? 'https' : 'http',
    clients: clients(scene, tenants, rates),
    records: records(folder, kept, { trail, store, isSlowed }),
  });
  return {
    command: [binary, 'serve', '--config', fill('gateway.toml', settings, folder)],
    // The only authority it trusts is the one of the upstream.
    env: { ...(tls && { SSL_CERT_FILE: scene.authority }), ...(isSlowed && PATIENT) },
    log,
    errorFile: log,
    kept,
  };
}

/** In a simulated processor everything takes its time, and nothing is to fail because of that. */
const PATIENT = {
  GATEWAY__SERVER__CLIENT_HEAD_TIMEOUT_MS: '60000',
  GATEWAY__LAUNCHES__CONNECT_TIMEOUT_MS: '60000',
  GATEWAY__LAUNCHES__TIMEOUT_MS: '120000',
};

/** The same for a record. */
const PATIENT_TRAIL = 'timeout_ms = 30000';

function records(folder, kept, { trail, store, isSlowed }) {
  if (!trail && !store) {
    return '';
  }
  writeFileSync(join(folder, 'keys'), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const folderOfTrail = trail === true ? join(kept, 'trail') : trail;
  const place = trail ? `directory = "${folderOfTrail}"` : 'sink = "off"';
  return `
[audit]
${place}
keyring_file = "keys"
${isSlowed ? PATIENT_TRAIL : ''}
${store ? `[store]\nengine = "sqlite"\nfile = "${join(kept, 'store.sqlite3')}"` : ''}`;
}

/** A tenant and its host; further ones that nobody uses, so that the right one has to be found. */
function clients(scene, tenants, withRates) {
  const rate = 'per_second = 100000\nburst = 100000';
  const tenantRate = withRates ? `[tenant.rate]\n${rate}` : '';
  const hostRate = withRates ? `[host.rate]\n${rate}\nclinician_per_second = 100000\nclinician_burst = 100000` : '';
  const all = Array.from({ length: tenants }, (_, at) => {
    const isUsed = at === Math.floor(tenants / 2);
    const [tenant, host] = isUsed ? ['clinic', 'ehr'] : [`clinic-${at}`, `ehr-${at}`];
    const digest = isUsed ? scene.keySha256 : randomBytes(32).toString('hex');
    return `
[[tenant]]
id = "${tenant}"
api_key_file = "api-key"
endpoints = ["*"]
${tenantRate}
[[host]]
id = "${host}"
tenant = "${tenant}"
identity = "asserted"
intents = ["owner", "existing", "upsert", "new", "clone"]
key_sha256 = "${digest}"
${hostRate}`;
  });
  return all.join('\n');
}
