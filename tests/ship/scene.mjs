// The configuration that a shipped program is tried with: one strict host, a trail, and Empego over TLS.

import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startSimulator } from '../peers/gateways.mjs';
import { Upstream } from './upstream.mjs';

const API_KEY = 'api-key-of-the-clinic';

/** What the demo of the documentation sends; the trail must have one record for each. */
const LAUNCH = {
  clinician: { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca', licenseNumber: 'MD123456' },
  patientKey: 'patient123',
};

export class Scene {
  /** The configuration is in this folder, for a program of this user that has `state` to write to, and finds Empego by this name. */
  static async create(tools, config, { state, user, name = 'localhost' }) {
    await mkdir(config, { recursive: true });
    const standIn = await startSimulator(tools, API_KEY);
    const upstream = await Upstream.start(standIn.baseUrl, config, name);
    const [, hostKey, sha256] = /^key +(\S+)\nsha256 +(\S+)$/m.exec(execFileSync(tools, ['key', 'generate'], { encoding: 'utf8' }));
    execFileSync(tools, ['audit', 'key', 'new', '--keyring', join(config, 'keyring')]);
    await writeFile(join(config, 'api-key'), API_KEY);
    await writeFile(join(config, 'gateway.toml'), gateway(upstream.baseUrl, new URL(standIn.baseUrl).host, sha256, state));
    await chmod(config, 0o755);
    for (const secret of ['api-key', 'keyring']) {
      await chmod(join(config, secret), 0o600);
      await chown(join(config, secret), user, user);
    }
    return new Scene({ config, hostKey, upstream, standIn });
  }

  constructor(facts) {
    Object.assign(this, facts);
  }

  /** One launch: the status, and the body. */
  async launch(address) {
    const response = await fetch(`http://${address}/v1/embeddable/consultation/view`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.hostKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(LAUNCH),
    });
    return { status: response.status, body: await response.json() };
  }

  async stop() {
    this.upstream.stop();
    await this.standIn.stop();
  }
}

/** Where a gateway that logs JSON says that it listens. */
export const LISTENING = {
  address: (line) => listening(line)?.address,
  admin: (line) => listening(line)?.admin_address,
};

function listening(line) {
  const entry = line.startsWith('{') ? JSON.parse(line) : {};
  return entry.message === 'listening' ? entry : undefined;
}

function gateway(baseUrl, embedHost, sha256, state) {
  return `
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"

[log]
format = "json"

[launches]
max_in_flight = 64
max_in_flight_per_tenant = 64
timeout_ms = 30000

[empego]
base_url = "${baseUrl}"
embed_hosts = ["${embedHost}"]

[store]
engine = "sqlite"
file = "${state}/store.sqlite3"

[audit]
directory = "${state}/audit"
keyring_file = "keyring"

[[tenant]]
id = "clinic"
api_key_file = "api-key"
policy = "strict"
endpoints = ["*"]

[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
intents = ["upsert"]
key_sha256 = "${sha256}"
`;
}
