// An EHR's existing client of Empego's API, unchanged but for its base URL and its key, against the gateway.
//
//   node existing-client.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';

import { CLIENTS, userHeader } from './clients.mjs';
import {
  API_PATH,
  BARE_KNOWN_USER,
  BARE_UNKNOWN_USER,
  COMPLETE_UNKNOWN_USER,
  ENDPOINTS,
  KNOWN_USERS,
  MISSING_FROM_PARTIAL,
  PARTIAL_UNKNOWN_USER,
  USER_OPTIONS,
} from './empego.mjs';
import { assertErrorShape } from './errors.mjs';
import { startDemo, startSimulator, startStrict } from './gateways.mjs';
import { expectedPage, shownBy } from './simulator.mjs';

const API_KEY = 'api-key-of-the-clinic';

const DOCUMENTED_REFUSALS = [
  {
    cause: 'a user header that is not base64',
    headers: { 'x-integration-user': '{"userId":"emp123"}' },
    status: 400,
    code: 'header_not_base64',
    message: /^Invalid x-integration-user header format$/,
  },
  {
    cause: "a user header in Latin-1, from a browser's btoa",
    headers: { 'x-integration-user': btoa(JSON.stringify(COMPLETE_UNKNOWN_USER)) },
    status: 400,
    code: 'header_not_utf8',
    message: /^Invalid x-integration-user header format$/,
  },
  {
    cause: 'a wrong key',
    headers: { 'Api-key': `egw_${'A'.repeat(43)}` },
    status: 401,
    code: 'host_unauthenticated',
    message: /^Authentication failed$/,
  },
  {
    cause: 'an unknown user with a partial profile, which Empego itself refuses,',
    headers: userHeader(PARTIAL_UNKNOWN_USER),
    status: 400,
    code: 'upstream_user_fields_missing',
    message: /^User creation failed - missing required fields$/,
    missing: MISSING_FROM_PARTIAL,
    upstreamCalls: 1,
  },
];

const STRICT_REFUSALS = [
  {
    cause: "a session of the key's owner",
    headers: {},
    status: 403,
    code: 'owner_session_denied',
    message: /\bowner_session\b/,
  },
  {
    cause: 'a bare userId',
    headers: userHeader(BARE_UNKNOWN_USER),
    status: 400,
    code: 'intent_required',
    message: /^State an intent: /,
  },
  {
    cause: 'a partial profile',
    headers: userHeader(PARTIAL_UNKNOWN_USER),
    status: 400,
    code: 'user_fields_missing',
    message: /^User creation failed - missing required fields$/,
    missing: MISSING_FROM_PARTIAL,
  },
];

const binary = process.argv[2] ?? process.env.GATEWAY_BINARY;
assert.ok(binary, "name the gateway's binary, as the argument or in GATEWAY_BINARY");

describe('under policy documented, an existing client', () => {
  let demo;
  before(async () => {
    demo = await startDemo(binary);
  });
  beforeEach(() => demo.simulator.restart(KNOWN_USERS));
  after(() => demo?.stop());

  forEachClientAndEndpoint((name, client, endpoint) => {
    for (const option of USER_OPTIONS) {
      it(`on ${name} opens ${endpoint.path} ${option.title}`, async () => {
        const earlier = await demo.simulator.users();

        const answer = await launch(client, demo, endpoint, userHeader(option.user));

        assertEmbedUrl(answer, demo);
        await assertOpensOnce(answer.body, expectedPage(endpoint, option));
        await assertOnlyCall(demo, endpoint, option.user);
        assertStored(earlier, await demo.simulator.users(), option);
      });
    }

    for (const refusal of DOCUMENTED_REFUSALS) {
      it(`on ${name} is refused ${endpoint.path} for ${refusal.cause} as documented`, () =>
        assertRefused(client, demo, endpoint, refusal));
    }
  });

  it('leaves a demo that SIGTERM stops cleanly', async () => {
    assert.equal(await demo.stop(), 0);
  });
});

describe('under policy strict, an existing client', () => {
  let folder;
  let upstream;
  let gateway;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'empego-gateway-peer-'));
    upstream = await startSimulator(binary, API_KEY);
    gateway = await startStrict(binary, upstream, folder);
  });
  beforeEach(() => gateway.simulator.restart(KNOWN_USERS));
  after(async () => {
    await gateway?.stop();
    await upstream?.stop();
    await rm(folder, { recursive: true });
  });

  forEachClientAndEndpoint((name, client, endpoint) => {
    for (const refusal of STRICT_REFUSALS) {
      it(`on ${name} is refused ${endpoint.path} for ${refusal.cause}, and nothing is sent to Empego`, () =>
        assertRefused(client, gateway, endpoint, refusal));
    }

    it(`on ${name} opens ${endpoint.path} with a complete profile`, async () => {
      const answer = await launch(client, gateway, endpoint, userHeader(COMPLETE_UNKNOWN_USER));

      assertEmbedUrl(answer, gateway);
      await assertOnlyCall(gateway, endpoint, COMPLETE_UNKNOWN_USER);
    });

    it(`on ${name} opens ${endpoint.path} with a bare userId once it says that the user exists`, async () => {
      const headers = { ...userHeader(BARE_KNOWN_USER), 'x-integration-intent': 'existing' };

      const answer = await launch(client, gateway, endpoint, headers);

      assertEmbedUrl(answer, gateway);
      await assertOnlyCall(gateway, endpoint, BARE_KNOWN_USER);
    });
  });

  it('leaves a gateway that SIGTERM stops cleanly', async () => {
    assert.equal(await gateway.stop(), 0);
  });
});

function forEachClientAndEndpoint(define) {
  for (const [name, client] of Object.entries(CLIENTS)) {
    for (const endpoint of ENDPOINTS) {
      define(name, client, endpoint);
    }
  }
}

function launch(client, gateway, { path, params }, headers) {
  return client(`${gateway.baseUrl}/embeddable/${path}`, params, { 'Api-key': gateway.hostKey, ...headers });
}

function assertEmbedUrl({ status, contentType, body }, { simulator }) {
  assert.equal(status, 200);
  assert.equal(contentType, 'text/plain; charset=utf-8');
  const url = new URL(body);
  assert.equal(url.host, simulator.host);
  assert.equal(url.href, body, 'the body is the URL and nothing else');
}

async function assertOpensOnce(url, page) {
  const first = await fetch(url);
  assert.equal(first.status, 200);
  assert.deepEqual(shownBy(await first.text()), page);

  const second = await fetch(url);
  assert.equal(second.status, 410);
  await second.text();
}

async function assertOnlyCall({ simulator, hostKey }, endpoint, user) {
  const journal = await simulator.journal();
  assert.equal(journal.length, 1);
  const [call] = journal;
  assert.equal(call.method, 'GET');
  assert.equal(call.endpoint, endpoint.path);
  assert.deepEqual(call.query.toSorted(), Object.entries(endpoint.params).toSorted());
  assert.deepEqual(call.user, user ?? null);
  assert.equal(call.userHeader === null, user === undefined);
  assert.ok(!JSON.stringify(call).includes(hostKey), 'the host key stays at the gateway');
}

function assertStored(earlier, later, { user, stores }) {
  if (stores) {
    assert.deepEqual(later.users, { ...earlier.users, [user.userId]: stores });
  } else {
    assert.deepEqual(later, earlier);
  }
}

async function assertRefused(client, gateway, endpoint, refusal) {
  await assert.rejects(launch(client, gateway, endpoint, refusal.headers), ({ response }) => {
    assert.equal(response.status, refusal.status);
    assertErrorBody(response.data, endpoint, refusal);
    return true;
  });
  assert.equal((await gateway.simulator.journal()).length, refusal.upstreamCalls ?? 0);
}

function assertErrorBody(body, endpoint, { status, code, message, missing = [] }) {
  assertErrorShape(body, { status, code, path: `${API_PATH}/embeddable/${endpoint.path}` });
  assert.match(body.message, message);

  const required = body.errors.filter((error) => error.code === 'required');
  assert.deepEqual(required.map(({ field }) => field), missing);
}
