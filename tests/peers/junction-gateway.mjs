// A gateway whose tenant has an organisation at Junction, in front of whatever stands in for its APIs.

import { createHash, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startServing } from './gateways.mjs';

export class JunctionGateway {
  #gateway;
  #hostKey = `egw_${randomUUID()}`;

  /** `apis` says where both APIs are; the rest is as the stand-in told it, but for these lines of the host and after it. */
  static async start(binary, folder, standIn, apis, { host = 'explain = true', more = '' } = {}) {
    const gateway = new JunctionGateway();
    const { baseUrl, managementKey } = standIn.facts;
    await writeFile(join(folder, 'management-key'), managementKey);
    const toml = `${gateway.#toml(standIn.facts, apis)}${host}\n${more}`;
    gateway.#gateway = await startServing(binary, { baseUrl, apiKey: 'api-key-of-the-clinic' }, folder, toml);
    return gateway;
  }

  /** Where it listens. */
  get address() {
    return new URL('/', this.#gateway.baseUrl).href;
  }

  /** What its host proves itself with. */
  get hostKey() {
    return this.#hostKey;
  }

  /** Launches, and returns the answer's status and body. */
  async launch(launch) {
    const response = await fetch(new URL('/v1/junction/launch', this.#gateway.baseUrl), {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#hostKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(launch),
    });
    return { status: response.status, json: await response.json() };
  }

  async stop() {
    await this.#gateway?.stop();
  }

  #toml({ orgId, embedUrl }, { management, team }) {
    return `
[[tenant]]
id = "clinic"
api_key_file = "api-key"

[tenant.junction]
org_id = "${orgId}"
management_key_file = "management-key"
integration_slug = "demo-ehr"
region = "us"
environment = "sandbox"
features = ["order_creation", "order_creation:*", "order:*", "team_panels", "team_config"]
modalities = ["feature_embed", "link_out"]
create_team = true
management_url = "${management}"
api_url = "${team}"
embed_url = "${embedUrl}"

[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(this.#hostKey).digest('hex')}"
`;
  }
}
