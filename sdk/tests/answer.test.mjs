import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { source } from './source.mjs';

const { readAnswer, readRefusal } = await source('answer');

const APP = 'https://app.example';
const GATEWAY = 'https://gateway.example';
const TRUST = { gateway: GATEWAY, allowedOrigins: [] };

/** The launch, or the error that a page gets in its place. */
const outcome = (value, { gateway, allowedOrigins } = TRUST) => {
  try {
    return readAnswer(value, gateway, allowedOrigins);
  } catch (thrown) {
    return readRefusal(thrown).error;
  }
};
const answer = (more) => ({ url: `${APP}/embed?session=s`, origin: APP, ...more });

/** [why, answer, code or null, what is trusted] */
const ROWS = [
  ['what the gateway responds', answer({ identity: 'clinician', audience: 'clinician', warnings: [], requestId: 'r-1', frame: { referrerPolicy: 'origin' } }), null],
  ['what it responds for Junction', answer({ modality: 'feature_embed', expiresIn: 60, feature: 'team_panels' }), null],
  ['a ticket of the gateway', answer({ url: `${GATEWAY}/frame/abc_-123` }), null],
  ['a sealed ticket', answer({ url: `${GATEWAY}/frame/abc.def` }), null],
  ['a ticket without a gateway', answer({ url: `${GATEWAY}/frame/abc` }), 'bad_url', { gateway: undefined, allowedOrigins: [] }],
  ['another path of the gateway', answer({ url: `${GATEWAY}/console` }), 'bad_url'],
  ['a way out of the tickets', answer({ url: `${GATEWAY}/frame/../console` }), 'bad_url'],
  ['a ticket with a query', answer({ url: `${GATEWAY}/frame/abc?to=x` }), 'bad_url'],
  ['http on a loopback host', { url: 'http://127.0.0.1:8080/', origin: 'http://127.0.0.1:8080' }, null],
  ['http on localhost', { url: 'http://localhost:8080/', origin: 'http://localhost:8080' }, null],
  ['http elsewhere', { url: 'http://app.example/', origin: 'http://app.example' }, 'bad_url'],
  ['http on a host that only looks local', { url: 'http://127.0.0.1.evil.example/', origin: 'http://127.0.0.1.evil.example' }, 'bad_url'],
  ['a script', answer({ url: 'javascript:alert(1)' }), 'bad_url'],
  ['a script with the origin in it', answer({ url: `javascript://app.example/%0aalert(1)` }), 'bad_url'],
  ['data', answer({ url: 'data:text/html,x' }), 'bad_url'],
  ['a blob of the app’s origin', answer({ url: `blob:${APP}/1` }), 'bad_url'],
  ['a user in the URL', answer({ url: 'https://user@app.example/' }), 'bad_url'],
  ['an empty user', answer({ url: 'https://@app.example/' }), 'bad_url'],
  ['a user that looks like the host', answer({ url: 'https://app.example:x@evil.example/' }), 'bad_url'],
  ['a backslash', answer({ url: 'https://app.example\\@evil.example/' }), 'bad_url'],
  ['another host', answer({ url: 'https://evil.example/' }), 'bad_url'],
  ['another port', answer({ url: 'https://app.example:8443/' }), 'bad_url'],
  ['a relative URL', answer({ url: '/embed' }), 'bad_url'],
  ['an endless URL', answer({ url: `${APP}/${'x'.repeat(10_000)}` }), 'bad_url'],
  ['any origin', answer({ origin: '*' }), 'bad_url'],
  ['the opaque origin', answer({ origin: 'null' }), 'bad_url'],
  ['an origin with a path', answer({ origin: `${APP}/` }), 'bad_url'],
  ['an origin in upper case', answer({ origin: 'https://APP.example' }), 'bad_url'],
  ['no origin', answer({ origin: undefined }), 'bad_answer'],
  ['no URL', answer({ url: undefined }), 'bad_answer'],
  ['a URL object', answer({ url: new URL(APP) }), 'bad_answer'],
  ['an unknown referrer policy', answer({ frame: { referrerPolicy: 'all' } }), 'bad_answer'],
  ['a sandbox that is not text', answer({ frame: { sandbox: true } }), 'bad_answer'],
  ['a frame that is not an object', answer({ frame: 'x' }), 'bad_answer'],
  ['an unknown modality', answer({ modality: 'popup' }), 'bad_answer'],
  ['an origin that the page lists', answer(), null, { gateway: undefined, allowedOrigins: [APP] }],
  ['an origin that it does not', answer(), 'origin_not_allowed', { gateway: undefined, allowedOrigins: ['https://other.example'] }],
  ['an error passed on with 200', { code: 'rate_limited', status: 429, retryable: true }, 'launch_failed'],
  ['inherited members', Object.create(answer()), 'bad_answer'],
  ['a getter that throws', { get url() { throw new Error('no'); } }, 'bad_answer'],
  ['a list', [answer()], 'bad_answer'],
  ['a text', `${APP}/embed`, 'bad_answer'],
  ['nothing', undefined, 'bad_answer'],
];

describe('an answer', () => {
  for (const [why, value, code, trust = TRUST] of ROWS) {
    it(`is ${code ?? 'accepted'}: ${why}`, () => {
      const read = outcome(value, trust);
      assert.equal(read.code ?? null, code);
      if (code) {
        assert.ok(!JSON.stringify(read).includes('session='), 'the error holds the URL');
      }
    });
  }

  it('is copied, so that no page changes it after the check', () => {
    const given = answer({ frame: { allow: 'camera' } });
    const read = outcome(given);
    given.url = 'javascript:alert(1)';
    given.frame.allow = '*';
    assert.deepEqual(read, { url: `${APP}/embed?session=s`, origin: APP, frame: { allow: 'camera' } });
  });

  it('leads to the vendor or to a ticket, or is refused', () => {
    const part = fc.constantFrom('https://', 'http://', 'javascript:', 'app.example', 'evil.example', '@', '\\', '/', ':443', '.', '?', '#', 'gateway.example', 'frame', '%2e', '\t', '//');
    const law = fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const read = outcome(answer({ url: parts.join('') }));
      assert.ok('code' in read || [APP, GATEWAY].includes(new URL(read.url).origin));
      assert.ok('code' in read || new URL(read.url).origin === APP || new URL(read.url).pathname.startsWith('/frame/'));
    });
    fc.assert(law, { seed: 20_261_127, numRuns: 5000 });
  });
});

/** [why, thrown, code, retryable, automatic, gateway's code] */
const REFUSALS = [
  ['the network', new TypeError('Failed to fetch'), 'launch_unreachable', true, true],
  ['busy', { status: 503, code: 'overloaded', retryable: true }, 'launch_failed', true, true, 'overloaded'],
  ['the contract says no', { status: 502, code: 'upstream_error', retryable: false }, 'launch_failed', false, false, 'upstream_error'],
  ['too many: retryable, but never by itself', { status: 429, code: 'rate_limited', retryable: true }, 'launch_failed', true, false, 'rate_limited'],
  ['the caller’s fault', { status: 400, code: 'invalid_request' }, 'launch_failed', false, false, 'invalid_request'],
  ['busy, says the EHR’s server', { status: 503 }, 'launch_failed', true, true],
  ['broken, says the EHR’s server', { status: 500 }, 'launch_failed', false, false],
  ['a code that is a sentence about a person', { status: 500, code: 'Élodie Côté was not found' }, 'launch_failed', false, false],
  ['any other error', new Error('x'), 'launch_failed', false, false],
  ['a text', 'x', 'launch_failed', false, false],
  ['a getter that throws', { get status() { throw new Error('no'); } }, 'launch_failed', false, false],
];

describe('a refusal', () => {
  for (const [why, thrown, code, retryable, automatic, gatewayCode] of REFUSALS) {
    it(`is read: ${why}`, () => {
      const read = readRefusal(thrown);
      assert.deepEqual([read.error.code, read.error.retryable, read.automatic, read.error.gatewayCode], [code, retryable, automatic, gatewayCode]);
    });
  }

  it('waits for an hour at most, whatever the server asks', () => {
    assert.equal(readRefusal({ status: 503, retryAfter: 10 ** 9 }).retryAfter, 3600);
  });
});
