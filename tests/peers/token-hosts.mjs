// A front end whose clinicians sign in at an OpenID provider: the gateway believes their tokens, and nothing else.
//
//   node token-hosts.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';

import { CLIENTS, userHeader } from './clients.mjs';
import { COMPLETE_UNKNOWN_USER, KNOWN_USERS } from './empego.mjs';
import { assertErrorShape } from './errors.mjs';
import { Attacker, FORGERIES, materials, ODDITIES, signedByUnknownKey, UNUSABLE } from './forgeries.mjs';
import { bearer, dropIn, FORMS, native, preflight } from './token-launches.mjs';
import { API_KEY, Scene } from './token-scene.mjs';

const ALGORITHMS = ['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const OTHER_ALGORITHMS = ['ES512'];

/** What is said to whoever brings no token, a refused one, and more than one credential. */
const CHALLENGE = {
  none: 'Bearer',
  refused: 'Bearer error="invalid_token"',
  several:
    'Bearer error="invalid_request", error_description="More than one credential was sent: send either Api-Key or Authorization, once"',
};

const EHR = 'https://ehr.example';
const PORTAL = 'https://portal.example';
const FOREIGN_ORIGINS = ['https://elsewhere.example', `${EHR}:8443`, 'http://ehr.example', 'null'];
const ALLOWED_HEADERS = [
  'accept',
  'authorization',
  'baggage',
  'content-type',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'x-integration-intent',
  'x-request-id',
  'x-request-timeout-ms',
];
const EXPOSED_HEADERS = ['retry-after', 'www-authenticate', 'x-gateway-warnings', 'x-request-id'];

const PATIENT = 'patient123';
const OTHER_PATIENT = 'patient456';
const ENDPOINTS_OF_A_PATIENT = ['consultation/view', 'followup/view', 'followup/plan'];
const UNBOUND = 'consultation/dashboard';

const USER = COMPLETE_UNKNOWN_USER;
const ACCOUNT = {
  sub: USER.userId,
  given_name: USER.firstName,
  family_name: USER.lastName,
  email: USER.email,
  email_verified: true,
  practitioner: { license: USER.licenseNumber },
  locale: 'fr-CA',
  patient: PATIENT,
};
const CLAIMS = {
  user_id: 'sub',
  first_name: 'given_name',
  last_name: 'family_name',
  email: 'email',
  license_number: '/practitioner/license',
  preferred_language: 'locale',
};

const PLAIN = { id: 'ehr-front-end', settings: { origins: [EHR] }, claims: CLAIMS };
const PREFIXED = { id: 'ehr-of-two-providers', settings: { user_id_prefix: 'idpA:' }, claims: CLAIMS };
const BOUND = {
  id: 'patient-portal',
  settings: { origins: [PORTAL], unbound_endpoints: [UNBOUND] },
  claims: { ...CLAIMS, patient_key: 'patient' },
};

const UNUSABLE_EMAILS = [
  { cause: 'an e-mail that is not verified', claims: { email_verified: false } },
  { cause: 'an e-mail that is no address', claims: { email: 'elodie.cote' } },
  { cause: 'an e-mail that is not text', claims: { email: ['elodie.cote@clinic.ca'] } },
];

const STATED_CLINICIANS = [
  { form: 'natively', place: 'the body', launch: native, stated: { clinician: USER } },
  { form: 'natively', place: 'a header', launch: native, stated: { headers: userHeader(USER) } },
  { form: 'in the drop-in form', place: 'a header', launch: dropIn, stated: { headers: userHeader(USER) } },
];

const KEY_SOURCES = [
  {
    source: "the issuer's discovery document",
    settings: () => ({}),
    fetched: { discovery: true, jwks: true },
  },
  {
    source: "the key set's URL",
    settings: ({ keySetUrl }) => ({ jwks_url: keySetUrl }),
    fetched: { discovery: false, jwks: true },
  },
  {
    source: 'a file',
    settings: async ({ keySet }, folder) => {
      const file = join(folder, 'keys.json');
      await writeFile(file, JSON.stringify(keySet));
      return { jwks_file: file };
    },
    fetched: { discovery: false, jwks: false },
  },
];

const STREAM = { launches: 50, lanes: 5, rotatesAt: 25 };
const FLOOD = 200;
const MOST_FETCHES_IN_A_FLOOD = 2;

const binary = process.argv[2] ?? process.env.GATEWAY_BINARY;
assert.ok(binary, "name the gateway's binary, as the argument or in GATEWAY_BINARY");

describe('a clinician with a token', () => {
  const stage = useStage(PLAIN, PREFIXED, BOUND);

  for (const { form, launch, localeOf } of FORMS) {
    for (const alg of ALGORITHMS) {
      it(`launches ${form} as whom the token names, by its signature with ${alg}`, async () => {
        const token = await stage.tokenFor(ACCOUNT, { alg });

        const answer = await launch(stage.gateway, 'statistics', { token });

        assertLaunched(stage, answer);
        await assertOnlyCall(stage, { endpoint: 'statistics', query: localeOf(USER) });
      });
    }

    for (const alg of OTHER_ALGORITHMS) {
      it(`is refused ${form} for the provider's own signature with ${alg}`, async () => {
        const token = await stage.tokenFor(ACCOUNT, { alg });

        const answer = await launch(stage.gateway, 'statistics', { token });

        await assertUnauthenticated(stage, answer);
      });
    }

    it(`launches ${form} when the token has a second to live, for clocks may differ`, async () => {
      const token = await stage.tokenFor(ACCOUNT, { ttlSecs: 1 });

      const answer = await launch(stage.gateway, 'statistics', { token });

      assertLaunched(stage, answer);
    });

    it(`launches ${form} in English if the token says so`, async () => {
      const user = { ...USER, preferredLanguage: 'EN' };
      const token = await stage.tokenFor({ ...ACCOUNT, locale: 'en-GB' });

      const answer = await launch(stage.gateway, 'statistics', { token });

      assertLaunched(stage, answer);
      await assertOnlyCall(stage, { endpoint: 'statistics', user, query: localeOf(user) });
    });

    it(`launches ${form} without a language that Empego does not have, and is told so`, async () => {
      const { preferredLanguage, ...user } = USER;
      const token = await stage.tokenFor({ ...ACCOUNT, locale: 'de-CH' });

      const answer = await launch(stage.gateway, 'statistics', { token });

      assertLaunched(stage, answer, ['language_ignored']);
      await assertOnlyCall(stage, { endpoint: 'statistics', user, query: {} });
    });

    it(`launches ${form} under the prefix of the host's provider`, async () => {
      const user = { ...USER, userId: `idpA:${USER.userId}` };
      const token = await stage.tokenFor(ACCOUNT, { audience: PREFIXED.id });

      const answer = await launch(stage.gateway, 'statistics', { token });

      assertLaunched(stage, answer);
      await assertOnlyCall(stage, { endpoint: 'statistics', user, query: localeOf(user) });
    });

    for (const { cause, claims } of UNUSABLE_EMAILS) {
      it(`is refused ${form} for ${cause}`, async () => {
        const token = await stage.tokenFor({ ...ACCOUNT, ...claims });

        const answer = await launch(stage.gateway, 'statistics', { token });

        await assertRefused(stage, answer, { status: 403, code: 'claim_unusable' });
        assert.deepEqual(answer.body.errors.map(({ field }) => field), ['/token/email']);
      });
    }

    it(`is refused ${form} for a profile without a family name, under policy strict`, async () => {
      const token = await stage.tokenFor({ ...ACCOUNT, family_name: undefined });

      const answer = await launch(stage.gateway, 'statistics', { token });

      await assertRefused(stage, answer, { status: 400, code: 'user_fields_missing' });
    });

    for (const intent of ['upsert', 'new']) {
      it(`launches ${form} with the intent ${intent}`, async () => {
        const token = await stage.tokenFor(ACCOUNT);

        const answer = await launch(stage.gateway, 'statistics', { token, intent });

        assertLaunched(stage, answer);
      });
    }

    for (const intent of ['existing', 'clone', 'owner']) {
      it(`may not ${form} state the intent ${intent}`, async () => {
        const token = await stage.tokenFor(ACCOUNT);

        const answer = await launch(stage.gateway, 'statistics', { token, intent });

        await assertRefused(stage, answer, { status: 403, code: 'intent_denied' });
      });
    }
  }

  for (const [name, client] of Object.entries(CLIENTS)) {
    it(`launches with an existing client on ${name}, whose key the token replaces`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      await client(`${stage.gateway.baseUrl}/embeddable/statistics`, {}, bearer(token));

      await assertOnlyCall(stage, { endpoint: 'statistics', query: {} });
    });
  }

  for (const { form, place, launch, stated } of STATED_CLINICIANS) {
    it(`may not ${form} state a clinician in ${place}, not even the same`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      const answer = await launch(stage.gateway, 'statistics', { token, ...stated });

      await assertRefused(stage, answer, { status: 400, code: 'clinician_not_accepted' });
    });
  }

  it('is refused with the token where keys belong', async () => {
    const token = await stage.tokenFor(ACCOUNT);

    const answer = await native(stage.gateway, 'statistics', { headers: { 'Api-key': token } });

    await assertUnauthenticated(stage, answer, CHALLENGE.none);
  });

  it('is refused with a key besides the token', async () => {
    const token = await stage.tokenFor(ACCOUNT);

    const headers = { 'Api-key': `egw_${'A'.repeat(43)}` };
    const answer = await native(stage.gateway, 'statistics', { token, headers });

    await assertUnauthenticated(stage, answer, CHALLENGE.several);
  });
});

describe('a token', () => {
  const stage = useStage(PLAIN);
  const attacker = useAttacker();

  for (const [kind, forge] of Object.entries(FORGERIES)) {
    for (const { form, launch } of FORMS) {
      it(`${kind} is refused ${form}, and nobody is asked about it`, async () => {
        const token = await forge(await stage.materialsFor(attacker()));

        const answer = await launch(stage.gateway, 'statistics', { token });

        await assertUnauthenticated(stage, answer);
        assert.equal(attacker().visits, 0);
      });
    }
  }

  for (const [kind, make] of Object.entries(UNUSABLE)) {
    for (const { form, launch } of FORMS) {
      it(`${kind} is refused ${form} as one of this host that names nobody`, async () => {
        const token = await make(await stage.materialsFor(attacker()));

        const answer = await launch(stage.gateway, 'statistics', { token });

        await assertRefused(stage, answer, { status: 403, code: 'claim_unusable' });
        assert.deepEqual(answer.body.errors.map(({ field }) => field), ['/token/userId']);
      });
    }
  }

  for (const [kind, make] of Object.entries(ODDITIES)) {
    it(`${kind} launches`, async () => {
      const token = await make(await stage.materialsFor(attacker()));

      const answer = await native(stage.gateway, 'statistics', { token });

      assertLaunched(stage, answer);
    });
  }
});

describe('a token that binds its launches to a patient', () => {
  const stage = useStage(BOUND);

  for (const { form, launch, localeOf } of FORMS) {
    for (const endpoint of ENDPOINTS_OF_A_PATIENT) {
      for (const [statement, stated] of [['no patient', {}], ['that patient', { patientKey: PATIENT }]]) {
        it(`opens ${endpoint} ${form} for that patient if the launch states ${statement}`, async () => {
          const token = await stage.tokenFor(ACCOUNT);

          const answer = await launch(stage.gateway, endpoint, { token, ...stated });

          assertLaunched(stage, answer);
          await assertOnlyCall(stage, { endpoint, query: { patientKey: PATIENT, ...localeOf(USER) } });
        });
      }
    }

    for (const endpoint of [...ENDPOINTS_OF_A_PATIENT, UNBOUND]) {
      it(`does not open ${endpoint} ${form} for another patient`, async () => {
        const token = await stage.tokenFor(ACCOUNT);

        const answer = await launch(stage.gateway, endpoint, { token, patientKey: OTHER_PATIENT });

        await assertRefused(stage, answer, { status: 403, code: 'patient_denied' });
      });
    }

    it(`does not open ${form} what is no single patient's`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      const answer = await launch(stage.gateway, 'statistics', { token });

      await assertRefused(stage, answer, { status: 403, code: 'patient_denied' });
    });

    it(`opens ${form} what is no single patient's if the host lists it`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      const answer = await launch(stage.gateway, UNBOUND, { token });

      assertLaunched(stage, answer);
      await assertOnlyCall(stage, { endpoint: UNBOUND, query: localeOf(USER) });
    });

    it(`opens nothing ${form} if it names no patient`, async () => {
      const token = await stage.tokenFor({ ...ACCOUNT, patient: undefined });

      const answer = await launch(stage.gateway, 'consultation/view', { token, patientKey: PATIENT });

      await assertRefused(stage, answer, { status: 403, code: 'patient_denied' });
    });
  }
});

describe('a page in a browser', () => {
  const stage = useStage(PLAIN, BOUND);

  for (const origin of [EHR, PORTAL]) {
    it(`of the listed origin ${origin} may send every header that a launch needs`, async () => {
      const answer = await preflight(stage.gateway, 'statistics', origin, ALLOWED_HEADERS);

      assert.ok([200, 204].includes(answer.status), `the preflight was answered with ${answer.status}`);
      assert.equal(answer.headers.get('access-control-allow-origin'), origin);
      assertLists(answer, 'access-control-allow-methods', ['post']);
      assertLists(answer, 'access-control-allow-headers', ALLOWED_HEADERS);
    });
  }

  for (const header of ['api-key', 'x-integration-user']) {
    it(`may not send ${header}`, async () => {
      const answer = await preflight(stage.gateway, 'statistics', EHR, [header]);

      assert.ok(!listed(answer, 'access-control-allow-headers').includes(header));
    });
  }

  for (const origin of FOREIGN_ORIGINS) {
    it(`of the origin ${origin} fails its preflight`, async () => {
      const answer = await preflight(stage.gateway, 'statistics', origin, ['authorization', 'content-type']);

      await assertRefused(stage, answer, { status: 403, code: 'origin_denied' });
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    });
  }

  for (const { form, launch } of FORMS) {
    it(`of the listed origin launches ${form} and can read the answer`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      const answer = await launch(stage.gateway, 'statistics', { token, headers: { Origin: EHR } });

      assertLaunched(stage, answer);
      assertReadableFrom(EHR, answer);
    });

    it(`of the listed origin can read that its token is refused ${form}`, async () => {
      const answer = await launch(stage.gateway, 'statistics', { token: 'not.a.token', headers: { Origin: EHR } });

      await assertUnauthenticated(stage, answer);
      assertReadableFrom(EHR, answer);
    });

    it(`of the listed origin can read that a launch ${form} is at fault`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      const answer = await launch(stage.gateway, 'consultation/view', { token, headers: { Origin: EHR } });

      await assertRefused(stage, answer, { status: 400, code: 'invalid_request' });
      assertReadableFrom(EHR, answer);
    });

    it(`of the listed origin can read that a launch ${form} is against the rules`, async () => {
      const token = await stage.tokenFor(ACCOUNT);

      const stated = { intent: 'existing', headers: { Origin: EHR } };
      const answer = await launch(stage.gateway, 'statistics', { token, ...stated });

      await assertRefused(stage, answer, { status: 403, code: 'intent_denied' });
      assertReadableFrom(EHR, answer);
    });

    for (const origin of [PORTAL, ...FOREIGN_ORIGINS]) {
      it(`of the origin ${origin}, which the token's host does not list, is refused ${form}`, async () => {
        const token = await stage.tokenFor(ACCOUNT);

        const answer = await launch(stage.gateway, 'statistics', { token, headers: { Origin: origin } });

        await assertRefused(stage, answer, { status: 403, code: 'origin_denied' });
      });
    }
  }
});

for (const { source, settings, fetched } of KEY_SOURCES) {
  describe(`a gateway that has its keys from ${source}`, () => {
    const stage = useStage({ ...PLAIN, keySource: settings });

    it('verifies tokens of every algorithm with them, and asks for nothing else', async () => {
      for (const alg of ALGORITHMS) {
        const token = await stage.tokenFor(ACCOUNT, { alg });
        assertLaunched(stage, await native(stage.gateway, 'statistics', { token }));
      }

      const { discovery, jwks } = stage.provider.fetches;
      assert.deepEqual({ discovery: discovery > 0, jwks: jwks > 0 }, fetched);
    });
  });
}

describe('while the provider rotates its keys, a clinician', () => {
  const stage = useStage(PLAIN);

  it('launches with the old ones and with the new ones, without an interruption', async () => {
    const early = await stage.tokenFor(ACCOUNT);
    const statuses = [];
    let started = 0;

    const lane = async () => {
      while (started < STREAM.launches) {
        started += 1;
        if (started === STREAM.rotatesAt) {
          await stage.provider.rotate({ keepOld: true });
        }
        const token = await stage.tokenFor(ACCOUNT);
        statuses.push((await native(stage.gateway, 'statistics', { token })).status);
      }
    };
    await Promise.all(Array.from({ length: STREAM.lanes }, lane));

    assert.equal(statuses.length, STREAM.launches);
    assert.deepEqual(statuses.filter((status) => status !== 200), []);
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: early }));
  });
});

describe('when the provider withdraws its keys, a clinician', () => {
  const stage = useStage(PLAIN);

  it('launches with the new ones, and with the old ones no more', async () => {
    const withdrawn = await stage.tokenFor(ACCOUNT);
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: withdrawn }));

    await stage.provider.rotate();
    const renewed = await stage.tokenFor(ACCOUNT);
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: renewed }));
    await stage.gateway.simulator.restart(KNOWN_USERS);

    const answer = await native(stage.gateway, 'statistics', { token: withdrawn });
    await assertUnauthenticated(stage, answer);
  });
});

describe('while the provider is down, a clinician', () => {
  const stage = useStage(PLAIN);
  const attacker = useAttacker();

  it('goes on launching, whatever strangers try, and so after the outage', async () => {
    const { genuine, claims } = await stage.materialsFor(attacker());
    const others = await Promise.all(ALGORITHMS.map((alg) => stage.tokenFor(ACCOUNT, { alg })));
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: genuine }));

    stage.provider.down();
    for (const token of [genuine, ...others]) {
      assertLaunched(stage, await native(stage.gateway, 'statistics', { token }));
      const stranger = await signedByUnknownKey(claims, attacker());
      assert.equal((await native(stage.gateway, 'statistics', { token: stranger })).status, 401);
    }

    stage.provider.up();
    const renewed = await stage.tokenFor(ACCOUNT);
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: renewed }));
  });
});

describe('a flood of tokens signed with unknown keys', () => {
  const stage = useStage(PLAIN);
  const attacker = useAttacker();

  it('does not reach the provider, and stops nobody from launching', async () => {
    const { genuine, claims } = await stage.materialsFor(attacker());
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: genuine }));
    const fetchedBefore = stage.provider.fetches.jwks;

    const launches = Array.from({ length: FLOOD }, async () => {
      const token = await signedByUnknownKey(claims, attacker());
      assert.equal((await native(stage.gateway, 'statistics', { token })).status, 401);
    });
    await Promise.all(launches);

    const fetches = stage.provider.fetches.jwks - fetchedBefore;
    assert.ok(fetches <= MOST_FETCHES_IN_A_FLOOD, `the key set was fetched ${fetches} times`);
    assertLaunched(stage, await native(stage.gateway, 'statistics', { token: genuine }));
  });
});

/** A scene with these hosts for the tests of a suite. The first is whom tokens are for. */
function useStage(...hosts) {
  let scene;
  before(async () => {
    scene = await Scene.start(binary, (provider, folder) => Promise.all(hosts.map(described(provider, folder))));
  });
  beforeEach(() => scene.gateway.simulator.restart(KNOWN_USERS));
  after(() => scene?.stop());

  return {
    get gateway() {
      return scene.gateway;
    },
    get provider() {
      return scene.provider;
    },
    tokenFor: (account, wanted) => scene.provider.tokenFor(account, { audience: hosts[0].id, ...wanted }),
    async materialsFor(attacker) {
      return materials(await this.tokenFor(ACCOUNT), scene.provider, attacker);
    },
  };
}

function described(provider, folder) {
  return async ({ keySource, ...host }) => ({
    ...host,
    jwt: { issuer: provider.issuer, ...(await keySource?.(provider, folder)) },
  });
}

function useAttacker() {
  let attacker;
  before(async () => {
    attacker = await Attacker.start();
  });
  after(() => attacker?.stop());
  return () => attacker;
}

function assertLaunched({ gateway }, { status, body, url, warnings }, expectedWarnings = []) {
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(new URL(url).host, gateway.simulator.host);
  assert.deepEqual(warnings, expectedWarnings);
}

async function assertOnlyCall({ gateway }, { endpoint, user = USER, query }) {
  const [call, ...others] = await gateway.simulator.journal();
  assert.deepEqual(others, []);
  assert.equal(call.endpoint, endpoint);
  assert.deepEqual(call.user, user);
  assert.deepEqual(Object.fromEntries(call.query), query);
  assert.equal(call.query.length, Object.keys(query).length, 'no parameter is repeated');
  assert.equal(call.apiKey, API_KEY);
  assert.ok(!call.headers.includes('authorization'), 'the token stays at the gateway');
}

async function assertUnauthenticated(stage, answer, challenge = CHALLENGE.refused) {
  await assertRefused(stage, answer, { status: 401, code: 'host_unauthenticated' });
  assert.equal(answer.headers.get('www-authenticate'), challenge);
}

async function assertRefused({ gateway }, { status, body, path }, refusal) {
  assert.equal(status, refusal.status, JSON.stringify(body));
  assertErrorShape(body, { ...refusal, path });
  assert.deepEqual(await gateway.simulator.journal(), []);
}

function assertReadableFrom(origin, answer) {
  assert.equal(answer.headers.get('access-control-allow-origin'), origin);
  assertLists(answer, 'access-control-expose-headers', EXPOSED_HEADERS);
}

function assertLists(answer, header, names) {
  const found = listed(answer, header);
  assert.deepEqual(names.filter((name) => !found.includes(name)), [], `missing in ${header}`);
}

function listed({ headers }, header) {
  return (headers.get(header) ?? '').toLowerCase().split(/, */);
}
