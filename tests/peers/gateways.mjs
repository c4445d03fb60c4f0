// The gateways under test, on ports that the system chooses.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { after, start } from './children.mjs';
import { API_PATH } from './empego.mjs';
import { Simulator } from './simulator.mjs';

const ANY_PORT = '127.0.0.1:0';

/** A gateway under policy `documented`, with its own stand-in for Empego. */
export async function startDemo(binary) {
  const { facts, stop } = await start(binary, ['demo', '--listen', ANY_PORT, '--simulator-listen', ANY_PORT], {
    gateway: after('gateway '),
    simulator: after('simulator '),
    hostKey: after('host key '),
  });
  return {
    baseUrl: `${facts.gateway}${API_PATH}`,
    hostKey: facts.hostKey,
    simulator: new Simulator(facts.simulator),
    stop,
  };
}

/** Empego's stand-in alone, knowing this one API key. */
export async function startSimulator(binary, apiKey) {
  const { facts, stop } = await start(binary, ['simulate', '--listen', ANY_PORT, '--api-key', apiKey], {
    baseUrl: after('base_url '),
  });
  return { baseUrl: facts.baseUrl, apiKey, stop };
}

/** A gateway under policy `strict` in front of this stand-in, configured by files in this folder. */
export async function startStrict(binary, upstream, folder) {
  const { hostKey, sha256 } = await generateKey(binary);
  const gateway = await startServing(binary, upstream, folder, strictHost(sha256));
  return { ...gateway, hostKey };
}

/** A gateway in front of this stand-in, with the tenants and hosts of this TOML and the stand-in's key in `api-key`. */
export async function startServing(binary, upstream, folder, tenantsAndHosts) {
  const simulator = new Simulator(upstream.baseUrl);
  const config = join(folder, 'gateway.toml');
  await writeFile(join(folder, 'api-key'), upstream.apiKey);
  await writeFile(config, `${processConfig(upstream.baseUrl, simulator.host)}\n${tenantsAndHosts}`);

  const { facts, stop } = await start(binary, ['serve', '--config', config], { address: listeningAddress });
  return { baseUrl: `http://${facts.address}${API_PATH}`, simulator, stop };
}

async function generateKey(binary) {
  const { stdout } = await promisify(execFile)(binary, ['key', 'generate']);
  const [, hostKey, sha256] = /^key +(\S+)\nsha256 +(\S+)$/m.exec(stdout);
  return { hostKey, sha256 };
}

/** A line that is no JSON tells why the gateway does not start. */
function listeningAddress(line) {
  const { message, address } = line.startsWith('{') ? JSON.parse(line) : {};
  return message === 'listening' ? address : undefined;
}

function processConfig(baseUrl, embedHost) {
  return `
[server]
listen = "${ANY_PORT}"
admin_listen = "${ANY_PORT}"

[log]
format = "json"

[empego]
base_url = "${baseUrl}"
embed_hosts = ["${embedHost}"]
`;
}

function strictHost(sha256) {
  return `
${strictTenant('clinic')}
[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
intents = ["owner", "existing", "upsert", "new", "clone"]
key_sha256 = "${sha256}"
`;
}

/** TOML of a host whose clinicians come from tokens, and of a tenant of its own; its id is the tokens' audience. */
export function tokenHost({ id, settings = {}, jwt, claims }) {
  return `
${strictTenant(id)}
[[host]]
id = "${id}"
tenant = "${id}"
identity = "token"
${toml(settings)}

[host.jwt]
audience = "${id}"
${toml(jwt)}

[host.jwt.claims]
${toml(claims)}
`;
}

function strictTenant(id) {
  return `
[[tenant]]
id = "${id}"
api_key_file = "api-key"
policy = "strict"
endpoints = ["*"]
`;
}

/** Strings and lists of them are written in TOML as in JSON. */
function toml(settings) {
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
    .join('\n');
}
