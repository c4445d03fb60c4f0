// A gateway that keeps an audit trail and forwards it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { start } from './children.mjs';
import { samplesOf } from './exposition.mjs';
import { startSimulator } from './gateways.mjs';
import { Simulator } from './simulator.mjs';

const ANY_PORT = '127.0.0.1:0';
const API_KEY = 'api-key-of-the-clinic';

/** Whom launches are about; nothing of it may be in the trail. */
export const CLINICIAN = { userId: 'emp-canary7f3a', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' };
export const PATIENT = 'patient-canary7f3a';

export class AuditedGateway {
  #binary;
  #folder;
  #hostKey = `egw_${randomUUID()}`;
  #forward;
  #upstream;
  #child;

  /** A gateway in this folder that forwards by these settings of `[[audit.forward]]`, if there are any. */
  static async start(binary, folder, forward) {
    const gateway = new AuditedGateway();
    gateway.#binary = binary;
    gateway.#folder = folder;
    gateway.#upstream = await startSimulator(binary, API_KEY);
    await mkdir(gateway.#file());
    await writeFile(gateway.#file('api-key'), API_KEY);
    await writeFile(gateway.#file('keyring'), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await gateway.configure(forward);
    await gateway.begin();
    return gateway;
  }

  get trail() {
    return join(this.#folder, 'trail');
  }

  async begin() {
    const facts = ['address', 'admin_address'];
    const readers = Object.fromEntries(facts.map((fact) => [fact, (line) => listening(line)[fact]]));
    this.#child = await start(this.#binary, ['serve', '--config', this.#file('gateway.toml')], readers);
  }

  /** Ends the gateway in good order; its stand-in stays. */
  async end() {
    assert.equal(await this.#child?.stop(), 0);
    this.#child = undefined;
  }

  async stop() {
    await this.#child?.stop();
    await this.#upstream?.stop();
  }

  /** Changes the settings of forwarding; a gateway that runs takes them over. */
  async configure(forward) {
    this.#forward = { ...this.#forward, ...forward };
    const settings = Object.entries(this.#forward).filter(([, value]) => value !== undefined);
    const config = this.#file('gateway.toml');
    await writeFile(`${config}.new`, this.#config(settings.map(([key, value]) => `${key} = ${JSON.stringify(value)}`)));
    await rename(`${config}.new`, config);
  }

  /** Launches, or is refused because no clinician is sent. */
  async launch({ clinician = CLINICIAN } = {}) {
    const response = await fetch(`http://${this.#child.facts.address}/v1/embeddable/consultation/view`, {
      method: 'POST',
      headers: { 'Api-Key': this.#hostKey, 'Content-Type': 'application/json' },
      body: JSON.stringify({ clinician, patientKey: PATIENT }),
    });
    const body = await response.json();
    return body.code ?? 'ok';
  }

  /** What `audit export` writes. */
  async exported(...args) {
    const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(this.#binary, ['audit', 'export', '--config', this.#file('gateway.toml'), ...args], options);
    return stdout;
  }

  /** The value of a metric of forwarding. */
  async metric(name, labels = {}) {
    const response = await fetch(`http://${this.#child.facts.admin_address}/metrics`);
    const samples = samplesOf(await response.text());
    const has = (sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
    const found = samples.filter((sample) => sample.name === `empego_gateway_audit_forward_${name}` && has(sample));
    assert.equal(found.length, 1, `${name} ${JSON.stringify(found)}`);
    return Number(found[0].value);
  }

  /** The ids of the events of all records on the disk, as far as they are exported. */
  async recorded() {
    const segments = (await readdir(this.trail)).filter((name) => name.endsWith('.ndjson')).sort();
    const ids = [];
    for (const segment of segments) {
      const [, chain] = /^\d+-(.+)\.ndjson$/.exec(segment);
      const lines = (await readFile(join(this.trail, segment), 'utf8')).split('\n').filter((line) => line !== '');
      for (const { seq, event } of lines.map((line) => JSON.parse(line))) {
        if (event.kind !== 'checkpoint') {
          ids.push(`${chain}-${seq}`);
        }
      }
    }
    return ids;
  }

  #file(name = '') {
    return join(this.#folder, 'settings', name);
  }

  #config(forward) {
    const { baseUrl } = this.#upstream;
    return `
[server]
listen = "${ANY_PORT}"
admin_listen = "${ANY_PORT}"

[log]
format = "json"

[empego]
base_url = "${baseUrl}"
embed_hosts = ["${new Simulator(baseUrl).host}"]

[audit]
directory = "${this.trail}"
keyring_file = "keyring"

${forward.length > 0 ? `[[audit.forward]]\n${forward.join('\n')}` : ''}

[[tenant]]
id = "clinic"
api_key_file = "api-key"

[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(this.#hostKey).digest('hex')}"
`;
  }
}

/** A line that is no JSON tells why the gateway does not start. */
function listening(line) {
  const entry = line.startsWith('{') ? JSON.parse(line) : {};
  return entry.message === 'listening' ? entry : {};
}
