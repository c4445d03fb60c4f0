// The client against a real gateway, the demo of the binary that GATEWAY names, and against servers that misbehave.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';

import { KNOWN_USERS } from '../../tests/peers/empego.mjs';
import { startDemo } from '../../tests/peers/gateways.mjs';
import { LoopbackServer } from '../../tests/peers/loopback.mjs';
import { GatewayClient, GatewayError } from '../dist/server.js';

const BINARY = process.env.GATEWAY ?? new URL('../../target/debug/empego-gateway', import.meta.url).pathname;
const CLINICIAN = { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' };
const BODY = { clinician: CLINICIAN, intent: 'upsert', patientKey: 'patient123' };
const ID = '5f2b8c1e-7d34-4a69-9c0b-2e6f1d8a4b73';
const KEY = 'SECRET-KEY';
const DOCUMENT = JSON.stringify({ url: 'https://app.example/', requestId: ID });

describe('the client and a gateway', () => {
  let demo;
  let gateway;
  let client;
  before(async () => {
    demo = await startDemo(BINARY);
    gateway = new URL(demo.baseUrl).origin;
    client = new GatewayClient({ url: gateway, key: demo.hostKey });
  });
  beforeEach(() => demo.simulator.restart(KNOWN_USERS));
  after(() => demo?.stop());

  it('launch, with the request id that the caller chose', async () => {
    const launch = await client.launch('consultation/view', BODY, { requestId: ID });
    assert.equal(launch.requestId, ID);
    assert.equal(launch.identity, 'clinician');
    assert.ok(launch.url.startsWith(launch.origin));
  });

  it('launch every endpoint whose body needs no more', async () => {
    for (const endpoint of ['consultation/dashboard', 'followup/view', 'followup/dashboard', 'statistics']) {
      assert.ok((await client.launch(endpoint, BODY)).url, endpoint);
    }
  });

  it('explain a launch, and call nothing upstream', async () => {
    const explanation = await client.explain('consultation/view', BODY);
    assert.equal(typeof explanation, 'object');
    assert.deepEqual(await demo.simulator.journal(), []);
  });

  it('call an operation by its id, and learn the request id', async () => {
    const { result, requestId } = await client.call('launchConsultationView', { body: BODY }, { requestId: ID });
    assert.deepEqual([result.audience, requestId], ['clinician', ID]);
  });

  it('name a team whose reference has an accent', async () => {
    const team = { integrationTeamId: 'clinique-é', name: 'Clinique' };
    const feature = { feature: 'order_creation', modality: 'feature_embed' };
    await client.launchJunction({ clinician: CLINICIAN, team, ...feature });
    const { result } = await client.call('listOrderTests', { header: { 'x-junction-team': team.integrationTeamId } });
    assert.ok(result.tests.length > 0);
  });

  for (const [why, call, code, status] of [
    ['a field that is missing', (one) => one.launch('consultation/view', { ...BODY, patientKey: undefined }), 'invalid_request', 400],
    ['an intent without a clinician', (one) => one.launch('consultation/view', { intent: 'existing', patientKey: 'p' }), 'identity_required', 400],
    ['a body of a megabyte', (one) => one.launch('consultation/view', { ...BODY, params: { accessKey: 'x'.repeat(1_000_000) } }), 'payload_too_large', 413],
  ]) {
    it(`report ${why}`, async () => {
      const error = await refused(call(client));
      assert.deepEqual([error.code, error.status, error.retryable], [code, status, false]);
      assert.match(error.requestId, /^[0-9a-f-]{36}$/);
    });
  }

  it('report every field that is wrong', async () => {
    const error = await refused(client.launch('consultation/view', { ...BODY, clinician: { userId: '', email: 'x' } }));
    assert.deepEqual(error.errors.map(({ field }) => field).sort(), ['/clinician/email', '/clinician/userId']);
  });

  it('report a key that is not known, without the key', async () => {
    const stranger = new GatewayClient({ url: gateway, key: KEY });
    const error = await refused(stranger.launch('consultation/view', BODY));
    assert.equal(error.code, 'host_unauthenticated');
    assertSecret(error, stranger);
  });
});

describe('the client', () => {
  let server;
  let handle;
  let seen;
  before(async () => {
    server = await LoopbackServer.start(async (request, response) => {
      let body = '';
      for await (const chunk of request) {
        body += chunk;
      }
      seen.push({ url: request.url, headers: request.headers, body });
      handle(response, seen.length);
    });
  });
  beforeEach(() => (seen = []));
  after(() => server?.stop());

  const client = (more = {}, surroundings = undefined) =>
    new GatewayClient({ url: server.origin, key: KEY, ...more }, surroundings);

  it('retries what is retryable, twice at most, with one request id', async () => {
    handle = (response, count) => (count < 3 ? refuse(response, 503, 'overloaded', true, 2) : launch(response));
    const { surroundings, pauses } = patient();
    await client({}, surroundings).launch('consultation/view', BODY);
    assert.deepEqual(pauses, [2300, 2600]);
    assert.equal(new Set(seen.map(({ headers }) => headers['x-request-id'])).size, 1);
    assert.equal(new Set(seen.map(({ body }) => body)).size, 1);

    seen = [];
    handle = (response) => refuse(response, 503, 'overloaded', true, 2);
    const error = await refused(client({}, patient().surroundings).launch('consultation/view', BODY));
    assert.deepEqual([error.code, error.retryAfter, seen.length], ['overloaded', 2, 3]);
  });

  it('retries nothing else', async () => {
    handle = (response) => refuse(response, 502, 'upstream_error', false);
    await refused(client().launch('consultation/view', BODY));
    assert.equal(seen.length, 1);
  });

  it('does not retry what something else must come before', async () => {
    for (const [code, next] of [['requisition_pending', 'wait_for_requisition'], ['results_not_ready', 'wait_for_results']]) {
      seen = [];
      handle = (response) => refuse(response, 409, code, true, undefined, { next });
      const error = await refused(client({}, patient().surroundings).call('readOrder', { path: { id: ID } }));
      assert.deepEqual([error.code, error.next, error.retryable, seen.length], [code, next, true, 1]);
    }
  });

  it('keeps a code that a newer gateway has', async () => {
    handle = (response) => refuse(response, 409, 'of_next_year', false, undefined, { requestId: ID });
    const error = await refused(client().launch('consultation/view', BODY));
    assert.deepEqual([error.code, error.status, error.message], ['of_next_year', 409, 'm']);
  });

  it('does not wait for longer than the caller does', async () => {
    handle = (response) => refuse(response, 503, 'overloaded', true, 3600);
    const error = await refused(client({}, patient().surroundings).launch('consultation/view', BODY));
    assert.deepEqual([error.code, seen.length], ['overloaded', 1]);
  });

  it('tells the gateway for how long it waits', async () => {
    handle = launch;
    await client({ timeoutMs: 4000 }, patient().surroundings).launch('consultation/view', BODY);
    assert.equal(seen[0].headers['x-request-timeout-ms'], '3750');
  });

  it('gives up when the time is over', async () => {
    handle = () => {};
    const error = await refused(client({ timeoutMs: 100 }).launch('consultation/view', BODY));
    assert.deepEqual([error.code, error.retryable], ['client_timeout', false]);
  });

  it('stops when it is aborted, and closes the connection', async () => {
    const controller = new AbortController();
    let closed;
    handle = (response) => {
      closed = once(response, 'close');
      controller.abort();
    };
    const error = await refused(client().launch('consultation/view', BODY, { signal: controller.signal }));
    assert.equal(error.code, 'client_aborted');
    await closed;
  });

  it('sends nothing once it is aborted', async () => {
    const error = await refused(client().launch('consultation/view', BODY, { signal: AbortSignal.abort() }));
    assert.deepEqual([error.code, seen.length], ['client_aborted', 0]);
  });

  it('stops while it waits for a retry', async () => {
    const controller = new AbortController();
    handle = (response) => {
      refuse(response, 503, 'overloaded', true, 5);
      response.on('close', () => controller.abort());
    };
    const error = await refused(client().launch('consultation/view', BODY, { signal: controller.signal }));
    assert.equal(error.code, 'client_aborted');
  });

  it('sends a header in UTF-8, in which the gateway reads it', async () => {
    handle = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(DOCUMENT);
    for (const team of ['clinique-é', '診療所', 'clinic-7']) {
      await client().call('listOrderTests', { header: { 'x-junction-team': team } });
      assert.equal(Buffer.from(seen.at(-1).headers['x-junction-team'], 'latin1').toString('utf8'), team);
    }
  });

  it('refuses a header that would be two', async () => {
    const call = client().call('listOrderTests', { header: { 'x-junction-team': 'a\r\nx-other: b' } });
    await assert.rejects(call, /^TypeError: The header x-junction-team/);
    assert.equal(seen.length, 0);
  });

  it('follows no redirect, which would carry the key elsewhere', async () => {
    handle = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    const one = client();
    const error = await refused(one.launch('consultation/view', BODY));
    assert.deepEqual([error.code, error.status, seen.length], ['client_bad_response', 307, 1]);
    assertSecret(error, one);
  });

  it('says so if a response is not the gateway’s', async () => {
    for (const [status, type, body] of [
      [502, 'text/html', '<h1>Bad gateway</h1>'],
      [200, 'text/html', '<h1>Sign in</h1>'],
      [200, 'application/json', '{'],
      [200, 'application/json', '{"url":"https://app.example/"}'],
      [200, 'application/json', 'null'],
      [200, 'application/json+other', DOCUMENT],
      [200, 'application/pdf', '%PDF-'],
      [500, 'application/json', '{"code":"of_another_program","message":"x"}'],
      [500, 'application/json', `{"code":"SQLSTATE 42","message":"x","retryable":false,"requestId":"${ID}"}`],
      [500, 'application/json', 'null'],
    ]) {
      handle = (response) => response.writeHead(status, { 'content-type': type }).end(body);
      const error = await refused(client().launch('consultation/view', BODY));
      assert.deepEqual([error.code, error.status], ['client_bad_response', status]);
    }
  });

  it('says so if the connection breaks', async () => {
    handle = (response) => response.destroy();
    assert.equal((await refused(client().launch('consultation/view', BODY))).code, 'client_unreachable');
  });

  it('sends the key of an order, and escapes what stands in a path', async () => {
    handle = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(DOCUMENT);
    await client().call('placeOrder', { header: { 'Idempotency-Key': 'order-1' }, body: {} });
    assert.equal(seen[0].headers['idempotency-key'], 'order-1');
    await client().call('readOrder', { path: { id: '../../x?y' } });
    assert.equal(seen[1].url, '/v1/junction/orders/..%2F..%2Fx%3Fy');
    await assert.rejects(client().call('readOrder', { path: { id: '..' } }), TypeError);
    await assert.rejects(client().call('readOrder', { path: {} }), TypeError);
    await assert.rejects(client().call('toString', {}), TypeError);
    await assert.rejects(client().launch('consultation/../view', BODY), TypeError);
  });

  it('reads a document', async () => {
    handle = (response) => response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-');
    const { result } = await client().call('readResultsPdf', { path: { id: ID } });
    assert.equal(new TextDecoder().decode(result), '%PDF-');
    handle = launch;
    const error = await refused(client().call('readResultsPdf', { path: { id: ID } }));
    assert.equal(error.code, 'client_bad_response');
  });

  it('asks for a token each time', async () => {
    handle = launch;
    let count = 0;
    const one = new GatewayClient({ url: server.origin, token: async () => `t${(count += 1)}` });
    await one.launch('consultation/view', BODY);
    await one.launch('consultation/view', BODY);
    assert.deepEqual(seen.map(({ headers }) => [headers.authorization, headers['api-key']]), [['Bearer t1', undefined], ['Bearer t2', undefined]]);
  });

  for (const [why, token] of [
    ['fails', () => Promise.reject(new Error('the session store is away'))],
    ['fails at once', () => { throw new Error('there is no session'); }],
    ['returns nothing', async () => undefined],
    ['returns what cannot be sent', async () => 'a.b.c\n'],
  ]) {
    it(`sends nothing if token() ${why}`, async () => {
      const error = await refused(new GatewayClient({ url: server.origin, token }).launch('consultation/view', BODY));
      assert.deepEqual([error.code, error.retryable, seen.length], ['client_no_token', false, 0]);
      assert.ok(error.cause instanceof Error);
    });
  }

  it('never shows its key', async () => {
    const one = client();
    assertSecret(one);
    const echo = () => Promise.reject(new Error(`cannot send ${KEY}`));
    assertSecret(await refused(client({ fetch: echo }).launch('consultation/view', BODY)));
    assert.throws(() => client({ key: `${KEY}\n` }), (error) => !inspect(error).includes(KEY));
  });

  it('is not created in a page, where everyone would have the key', () => {
    globalThis.document = {};
    try {
      assert.throws(() => client(), /must stay on a server/);
      assert.ok(new GatewayClient({ url: server.origin, token: async () => 't' }));
    } finally {
      delete globalThis.document;
    }
  });

  for (const [why, options] of [
    ['no credential', { url: 'https://gateway.example' }],
    ['two credentials', { url: 'https://gateway.example', key: 'k', token: async () => 't' }],
    ['unencrypted', { url: 'http://gateway.example', key: 'k' }],
    ['not a URL', { url: 'gateway.example', key: 'k' }],
    ['a user in the URL', { url: 'https://u:p@gateway.example', key: 'k' }],
    ['no time', { url: 'https://gateway.example', key: 'k', timeoutMs: 0 }],
  ]) {
    it(`refuses options: ${why}`, () => {
      assert.throws(() => new GatewayClient(options), TypeError);
    });
  }

  it('accepts http where the operator says so', () => {
    assert.ok(new GatewayClient({ url: 'http://gateway.internal', key: 'k', allowHttp: true }));
  });
});

/** Time that passes only when the client waits, and no chance. */
function patient() {
  const pauses = [];
  let now = 0;
  const sleep = async (ms) => {
    pauses.push(ms);
    now += ms;
  };
  return { pauses, surroundings: { now: () => now, random: () => 0.5, sleep } };
}

function launch(response) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(DOCUMENT);
}

function refuse(response, status, code, retryable, retryAfter, more = {}) {
  const headers = { 'content-type': 'application/json', ...(retryAfter ? { 'retry-after': retryAfter } : {}) };
  response.writeHead(status, headers).end(JSON.stringify({ code, retryable, message: 'm', status, errors: [], ...more }));
}

async function refused(promise) {
  const error = await promise.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.ok(error instanceof GatewayError, inspect(error));
  return error;
}

function assertSecret(...values) {
  for (const value of values) {
    assert.ok(!inspect(value, { depth: 9, showHidden: true }).includes(KEY));
    assert.ok(!JSON.stringify(value).includes(KEY));
  }
}
