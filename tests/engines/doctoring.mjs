// The gateway with a page that looks into browsers, TLS in front of it, and pages of an EHR with faults that browsers punish.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { start } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { Site } from './sites.mjs';

const ANY_PORT = '127.0.0.1:0';

/** Keeps what the script reports, and what a frame without it says. */
const WATCH = `
document.addEventListener('doctor-report', ({ detail }) => (window.report = detail));
addEventListener('message', ({ data, origin }) => data.doctor === 'report' && (window.said = { origin, report: data.report }));
`;

/** Hosts by their ids, with the frame of their tenants. */
const FRAMES = {
  plain: '',
  boxed: 'sandbox = "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads"',
  tight: 'sandbox = "allow-scripts allow-same-origin allow-forms"',
  camera: 'allow = "camera; microphone"',
};

/** Starts the gateway and the EHR; the app is only named. */
export async function startDoctoring(program, app, certificate) {
  const page = await Site.start('ehr.localhost', certificate, (request, response) => respond(request, response, shown));
  const other = await Site.start('evil.localhost', certificate, (request, response) => respond(request, response, shown));
  const front = await Site.start('gateway.localhost', certificate, (request, response) => pass(request, response, inside, proxy));
  const folder = await temporaryFolder();
  const gateway = await startGateway(program, folder.path, new URL(app.origin).host, page.origin);
  const inside = `http://${gateway.facts.address}`;
  let shown = {};
  let proxy = {};
  return {
    page,
    other,
    origin: front.origin,
    requests: front.requests,
    logged: gateway.lines,
    /** The line that an integrator adds. */
    line: (host) => `<script type="module" src="${front.origin}/doctor/${host}/v1.js"></script>`,
    /** What the EHR's page is from now on. */
    show: (next) => (shown = next),
    /** What the proxy does from now on: `headers` of requests, `answer` to change a response's headers, `alter` to change its text. */
    meddle: (next) => (proxy = next),
    async stop() {
      await Promise.all([page.stop(), other.stop(), front.stop()]);
      await gateway.stop();
      folder.remove();
    },
  };
}

async function startGateway(program, folder, embedHost, origin) {
  const config = join(folder, 'gateway.toml');
  const hosts = await Promise.all(Object.entries(FRAMES).map(([id, frame]) => hostAndTenant(program, id, frame, origin)));
  await writeFile(join(folder, 'api-key'), 'api-key-of-the-clinic');
  await writeFile(
    config,
    `
[server]
listen = "${ANY_PORT}"
admin_listen = "${ANY_PORT}"

[log]
format = "json"

[empego]
embed_hosts = ["${embedHost}"]
${hosts.join('')}`,
  );
  return start(program, ['serve', '--config', config], { address: listeningAddress });
}

async function hostAndTenant(program, id, frame, origin) {
  const { stdout } = await promisify(execFile)(program, ['key', 'generate']);
  const [, sha256] = /^sha256 +(\S+)$/m.exec(stdout);
  return `
[[tenant]]
id = "${id}"
api_key_file = "api-key"
[tenant.frame]
${frame}
[[host]]
id = "${id}"
tenant = "${id}"
identity = "asserted"
key_sha256 = "${sha256}"
doctor_origins = ["${origin}"]
`;
}

function listeningAddress(line) {
  const { message, address } = line.startsWith('{') ? JSON.parse(line) : {};
  return message === 'listening' ? address : undefined;
}

/** A page of the EHR: its headers, and what is in its body. */
function respond({ url }, response, { headers = {}, body = '', language = 'en' }) {
  if (url === '/watch.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' });
    response.end(WATCH);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html>
<html lang="${language}">
  <head><meta charset="utf-8"><title>EHR</title><link rel="icon" href="data:,"><script src="/watch.js"></script></head>
  <body><main><h1>EHR</h1>${body}</main></body>
</html>`);
}

/** A TLS proxy passes a browser's request on as it is, unless it is to meddle. */
async function pass({ method, url, headers }, response, target, { headers: more = {}, answer = () => ({}), alter = {} }) {
  const outgoing = httpRequest(new URL(url, target), { method, headers: { ...headers, ...more } });
  outgoing.end();
  const [incoming] = await once(outgoing, 'response');
  const changed = { ...incoming.headers, ...answer(url) };
  const altered = Object.entries(alter).find(([prefix]) => url.startsWith(prefix));
  if (!altered) {
    response.writeHead(incoming.statusCode, changed);
    incoming.pipe(response);
    return;
  }
  const text = Buffer.concat(await incoming.toArray()).toString();
  delete changed['content-length'];
  response.writeHead(incoming.statusCode, changed).end(altered[1](text));
}
