// The gateway itself, with a stand-in for Empego behind it, and TLS in front of both as browsers meet them.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { after as following, start } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { Site } from './sites.mjs';

const ANY_PORT = '127.0.0.1:0';
const API_KEY = 'api-key-of-the-clinic';
const CLINICIAN = {
  userId: 'emp123',
  firstName: 'Élodie',
  lastName: 'Côté',
  email: 'elodie.cote@clinic.example',
  licenseNumber: 'MD123456',
  preferredLanguage: 'FR',
};

/** Starts both programs; embed URLs lead to `app`, and the gateway's own address is under TLS. */
export async function startTicketing(program, app, certificate) {
  const simulator = await start(program, ['simulate', '--listen', ANY_PORT, '--api-key', API_KEY], {
    origin: following('simulator '),
  });
  const { origin: upstream } = simulator.facts;
  const renamed = await startRenaming(upstream, app.origin);
  const front = await Site.start('gateway.localhost', certificate, (request, response) => pass(request, response, inside));
  const folder = await temporaryFolder();
  const { gateway, hostKey } = await startGateway(program, folder.path, {
    baseUrl: `${renamed.origin}/empego-integrations/R4`,
    embedHost: new URL(app.origin).host,
    publicUrl: front.origin,
  });
  const inside = `http://${gateway.facts.address}`;
  return {
    origin: front.origin,
    /** The requests that browsers made of the gateway. */
    requests: front.requests,
    logged: gateway.lines,
    launch: () => launch(inside, hostKey),
    /** What a client gets from the gateway that is no browser, with these headers. */
    fetch: (path, headers) => fetchOnce(new URL(path, inside), headers),
    /** Whether Empego's stand-in opens the session of this path, which it does once. */
    opens: async (path) => (await fetchOnce(new URL(path, upstream), {})).status === 200,
    async stop() {
      await front.stop();
      await gateway.stop();
      await renamed.stop();
      await simulator.stop();
      folder.remove();
    },
  };
}

async function startGateway(program, folder, { baseUrl, embedHost, publicUrl }) {
  const { stdout } = await promisify(execFile)(program, ['key', 'generate']);
  const [, hostKey, sha256] = /^key +(\S+)\nsha256 +(\S+)$/m.exec(stdout);
  await writeFile(join(folder, 'api-key'), API_KEY);
  const config = join(folder, 'gateway.toml');
  await writeFile(
    config,
    `
[server]
listen = "${ANY_PORT}"
admin_listen = "${ANY_PORT}"
public_url = "${publicUrl}"

[log]
format = "json"
level = "trace"

[empego]
base_url = "${baseUrl}"
embed_hosts = ["${embedHost}"]

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
deliver = "ticket"
key_sha256 = "${sha256}"
`,
  );
  const gateway = await start(program, ['serve', '--config', config], { address: listeningAddress });
  return { gateway, hostKey };
}

function listeningAddress(line) {
  const { message, address } = line.startsWith('{') ? JSON.parse(line) : {};
  return message === 'listening' ? address : undefined;
}

/** What the EHR's server does, and gets. */
async function launch(gateway, hostKey) {
  const response = await fetch(`${gateway}/v1/embeddable/consultation/view`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hostKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ intent: 'upsert', clinician: CLINICIAN, patientKey: 'patient123' }),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(`the gateway responded with ${response.status} ${answer.code}: ${answer.message}`);
  }
  return answer;
}

/** The stand-in gives URLs on its own address; here they lead to a site under TLS, as a vendor's do. */
async function startRenaming(upstream, appOrigin) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url, upstream), { headers: request.headers });
    const text = (await answer.text()).replaceAll(upstream, appOrigin);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A TLS proxy passes a browser's request on as it is. */
async function pass({ method, url, headers }, response, target) {
  const outgoing = httpRequest(new URL(url, target), { method, headers });
  outgoing.end();
  const [incoming] = await once(outgoing, 'response');
  response.writeHead(incoming.statusCode, incoming.headers);
  incoming.pipe(response);
}

async function fetchOnce(url, headers) {
  const outgoing = httpRequest(url, { headers });
  outgoing.end();
  const [incoming] = await once(outgoing, 'response');
  const chunks = await incoming.toArray();
  return { status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(chunks).toString() };
}
