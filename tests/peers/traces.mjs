// Traces, sent to a real receiver of OTLP: a caller's trace goes on through the gateway, and nothing of a person is in it.
//
//   node traces.mjs PATH_TO_A_BINARY_WITH_THE_FEATURE_OTEL PATH_TO_ROTEL

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { LoopbackServer } from './loopback.mjs';
import { startServing, startSimulator } from './gateways.mjs';
import { spansIn } from './spans.mjs';

const [gatewayBinary, receiverBinary] = process.argv.slice(2);

const HOST_KEY = 'egw_traced-host';
const HOST_KEY_SHA256 = '34fc6abaf59c31d4478779ac9f5aec29ab6e53d9a22de144e5f65de496b52cfd';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLERS_SPAN = '00f067aa0ba902b7';
const BOUND_MS = 20_000;

/** Stands wherever a person, a patient or a key could. */
const CANARY = 'canary7f3a';
const KEYS = [HOST_KEY, 'upstream-key-canary7f3a'];

const CLINICIAN = {
  userId: CANARY,
  firstName: CANARY,
  lastName: CANARY,
  email: `${CANARY}@clinic.ca`,
  licenseNumber: CANARY,
};

describe('traces', () => {
  let folder;
  let receiver;
  let relay;
  let upstream;
  let gateway;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'traces-'));
    receiver = await startReceiver();
    relay = await startRelay(receiver.url);
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = relay.origin;
    process.env.OTEL_BSP_SCHEDULE_DELAY = '50';
    upstream = await startSimulator(gatewayBinary, KEYS[1]);
    gateway = await startServing(gatewayBinary, upstream, folder, tenantAndHost());
  });

  after(async () => {
    await gateway?.stop();
    await upstream?.stop();
    await relay?.stop();
    await receiver?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('go on from the caller to the upstream', async () => {
    const answer = await launch({ traceparent: `00-${TRACE_ID}-${CALLERS_SPAN}-01`, tracestate: `vendor=${CANARY}` });
    assert.equal(answer.status, 200);

    const [request, call] = await receiver.spans((spans) => {
      const found = ['request', 'upstream'].map((name) => spans.find((span) => span.name === name && span.traceId === TRACE_ID));
      return found.every(Boolean) && found;
    });
    assert.equal(request.parentId, CALLERS_SPAN);
    assert.equal(request.kind, 'SPAN_KIND_SERVER');
    assert.equal(request.attributes.route, '/v1/embeddable/consultation/view');
    assert.equal(request.attributes.code, 'ok');
    assert.equal(request.attributes.request_id, (await answer.json()).requestId);
    assert.equal(call.parentId, request.id);
    assert.equal(call.kind, 'SPAN_KIND_CLIENT');
    assert.equal(call.attributes.tenant, 'clinic');

    const received = (await gateway.simulator.journal()).at(-1);
    assert.equal(received.traceparent, `00-${TRACE_ID}-${call.id}-01`);
    assert.ok(!received.headers.includes('tracestate'));
  });

  it('are not taken where the caller does not want one', async () => {
    const unsampled = TRACE_ID.replace('4bf9', '0000');
    assert.equal((await launch({ traceparent: `00-${unsampled}-${CALLERS_SPAN}-00` })).status, 200);
    const received = (await gateway.simulator.journal()).at(-1);
    assert.match(received.traceparent, new RegExp(`^00-${unsampled}-[0-9a-f]{16}-00$`));
    // One that is wanted comes after it, so by now the other would be here.
    await launch({ traceparent: `00-${TRACE_ID.replace('4bf9', 'ffff')}-${CALLERS_SPAN}-01` });
    const spans = await receiver.spans((seen) => seen.some(({ traceId }) => traceId.startsWith('ffff')) && seen);
    assert.ok(!spans.some(({ traceId }) => traceId === unsampled));
  });

  it('begin with a new id where the caller has none, and for refusals too', async () => {
    assert.equal((await launch({})).status, 200);
    const refused = await fetch(new URL(`/${CANARY}?${CANARY}=${CANARY}`, gateway.baseUrl), { headers: { 'Api-key': CANARY } });
    assert.equal(refused.status, 404);
    const span = await receiver.spans((spans) => spans.find(({ attributes }) => attributes.code === 'not_found'));
    assert.equal(span.parentId, '');
    assert.equal(span.attributes.route, 'none');
  });

  it('carry nothing of a person, a patient or a key', async () => {
    await launch({ clinician: { userId: `${CANARY}-2`, firstName: CANARY }, intent: 'new' });
    await gateway.stop();
    gateway = undefined;
    assert.ok(relay.bodies.length > 0);
    const sent = Buffer.concat(relay.bodies);
    const plain = [CANARY, ...KEYS];
    const dresses = plain.flatMap((value) => [value, encodeURIComponent(value), ...base64Alignments(value)]);
    for (const dress of dresses) {
      assert.equal(sent.indexOf(dress), -1, `${dress} was sent`);
    }
    assert.ok(sent.includes('/v1/embeddable/consultation/view'), 'what was sent can be searched');
  });

  function launch({ clinician = CLINICIAN, intent = 'upsert', ...headers }) {
    return fetch(new URL('/v1/embeddable/consultation/view', gateway.baseUrl), {
      method: 'POST',
      headers: { Authorization: `Bearer ${HOST_KEY}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ clinician, intent, patientKey: CANARY, locale: 'fr' }),
    });
  }
});

function tenantAndHost() {
  return `
[[tenant]]
id = "clinic"
api_key_file = "api-key"
endpoints = ["*"]

[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
key_sha256 = "${HOST_KEY_SHA256}"
`;
}

/** The receiver, which prints what it receives. */
async function startReceiver() {
  await chmod(receiverBinary, 0o755);
  const [http, grpc] = await freePorts(2);
  const args = ['start', '--otlp-http-endpoint', `127.0.0.1:${http}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`];
  const child = spawn(receiverBinary, [...args, '--exporter', 'blackhole', '--debug-log', 'traces', '--debug-log-verbosity', 'detailed'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8');
    output.on('data', (text) => (printed += text));
  }
  const url = `http://127.0.0.1:${http}`;
  await until('the receiver to listen', () => fetch(url).then(() => true, () => false));
  return {
    url,
    spans: (find) => until('spans', () => find(spansIn(printed))),
    async stop() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), BOUND_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Stands before the receiver and keeps the bytes. */
async function startRelay(target) {
  const bodies = [];
  const server = await LoopbackServer.start(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    bodies.push(body);
    const headers = { 'Content-Type': request.headers['content-type'] };
    const answer = await fetch(new URL(request.url, target), { method: request.method, headers, body });
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return {
    bodies,
    get origin() {
      return server.origin;
    },
    stop: () => server.stop(),
  };
}

/** Inside a longer text base64 has three alignments; the ends mix with what stands beside the value. */
function base64Alignments(value) {
  return [0, 1, 2].map((shift) => Buffer.from('-'.repeat(shift) + value).toString('base64').slice(4, -4));
}

async function until(awaited, find) {
  const end = Date.now() + BOUND_MS;
  while (Date.now() < end) {
    const found = await find();
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited ${BOUND_MS} ms for ${awaited}`);
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
