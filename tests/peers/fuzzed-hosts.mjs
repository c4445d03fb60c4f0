// One gateway with a host of each kind that openapi.yaml describes, and the credentials to call it with.

import { createHash, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { KNOWN_USERS } from './empego.mjs';
import { startServing, startSimulator } from './gateways.mjs';
import { newKey, publicKey, sign } from './signing-keys.mjs';

export const TENANT_KEY = '3f6c1d9a-8b57-4e20-9d44-7ac1e05b62f8';

const ISSUER = 'https://idp.example';
const TOKEN_HOST = 'token';
const KEY_SET = 'keys.json';
const AN_HOUR_SECS = 3600;

/** Asserted hosts by their names, which say their tenants' policies, and a token host. */
export class FuzzedHosts {
  /** The header that authenticates each host. */
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

  get origin() {
    return new URL(this.gateway.baseUrl).origin;
  }

  async stop() {
    await Promise.all([this.gateway?.stop(), this.#upstream?.stop()]);
  }

  async #start(binary, folder) {
    const key = await newKey('EdDSA');
    await writeFile(join(folder, KEY_SET), JSON.stringify({ keys: [publicKey(key)] }));
    const toml = ['documented', 'strict'].map((policy) => this.#assertedHost(policy)).join('') + tokenHost();
    this.credentials[TOKEN_HOST] = `Authorization: Bearer ${await token(key)}`;
    this.#upstream = await startSimulator(binary, 'api-key-of-the-clinic');
    this.gateway = await startServing(binary, this.#upstream, folder, toml);
    await this.gateway.simulator.restart(KNOWN_USERS);
  }

  #assertedHost(policy) {
    const key = `egw_${randomUUID()}`;
    this.credentials[policy] = `Api-Key: ${key}`;
    return `
${tenant(policy, policy)}
[[host]]
id = "${policy}"
tenant = "${policy}"
identity = "asserted"
explain = true
key_sha256 = "${createHash('sha256').update(key).digest('hex')}"
`;
  }
}

function tokenHost() {
  return `
${tenant(TOKEN_HOST, 'strict')}
[[host]]
id = "${TOKEN_HOST}"
tenant = "${TOKEN_HOST}"
identity = "token"
explain = true
[host.jwt]
issuer = "${ISSUER}"
audience = "${TOKEN_HOST}"
jwks_file = "${KEY_SET}"
[host.jwt.claims]
user_id = "sub"
first_name = "given_name"
last_name = "family_name"
email = "email"
`;
}

function tenant(id, policy) {
  return `
[[tenant]]
id = "${id}"
api_key_file = "api-key"
tenant_key = "${TENANT_KEY}"
policy = "${policy}"
endpoints = ["*"]
`;
}

function token(key) {
  const now = Math.floor(Date.now() / 1000);
  const person = { sub: 'emp123', given_name: 'Élodie', family_name: 'Côté', email: 'elodie.cote@clinic.ca' };
  return sign({ iss: ISSUER, aud: TOKEN_HOST, iat: now, exp: now + AN_HOUR_SECS, ...person }, key);
}
