// Is every answer right? Nothing is measured of a contender that answers wrongly.

import { afternoonChecks } from './checks-afternoon.mjs';
import { ask } from './client.mjs';
import { WORK } from './contenders.mjs';
import { matches, same } from './expect.mjs';
import {
  BARE,
  COMPLETE,
  EMBED_HOST,
  EMBED_URL,
  KINDS,
  MAXIMAL,
  expectedTarget,
  launch,
  userHeader,
} from './launches.mjs';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ERROR_MEMBERS = 'timestamp status error message path code source retryable requestId errors'.split(' ');

/** The checks of a kind of launch, by how much work a contender does: what each is called, what is asked, what must come of it. */
const CHECKS = {
  [WORK.none]: (kind) => [passedOn(kind)],
  [WORK.afternoon]: afternoonChecks,
  [WORK.all]: (kind) => [...goodOnes(kind), ...refusedOnes(kind)],
};

/** What is wrong with a contender's answers: nothing, or a line for each. */
export async function mistakes(scene, instance, kinds = KINDS) {
  const found = [];
  const check = async (name, verify) => {
    try {
      await verify();
    } catch (error) {
      found.push(`${instance.name}, ${name}: ${error.message}`);
    }
  };
  await scene.received();
  for (const kind of kinds) {
    for (const [name, asked, verify] of CHECKS[instance.contender.work](kind)) {
      await check(`${kind}, ${name}`, async () => {
        const answer = await ask(instance.port, launch(kind, { key: scene.hostKey, ...asked }));
        verify(answer, await scene.received(), scene, instance);
      });
    }
  }
  return found;
}

/** Without work, the URL comes back, and the constant header has arrived. */
function passedOn(kind) {
  // Of the native form the query says nothing, so that a header tells the upstream that this is a check.
  const asked = { patient: 'check-passed', headers: { 'X-Check': 'check' } };
  return [
    'passed on',
    asked,
    (answer, received, scene, instance) => {
      same('status', answer.status, 200);
      same('answer', answer.body, EMBED_URL);
      same('upstream calls', received.length, 1);
      same('user header', received[0].user, userHeader(COMPLETE));
      same('API key', received[0].apiKey, scene.apiKey);
      same('TLS', received[0].tls, instance.tls);
      const target = kind === 'native' ? expectedTarget(kind, '', {}).split('?')[0] : undefined;
      same('target', received[0].target, target ?? expectedTarget(kind, 'check-passed', COMPLETE));
    },
  ];
}

/** Launches that go ahead. */
function goodOnes(kind) {
  const rows = [
    ['a complete profile', { patient: 'check-complete' }, good(kind, 'check-complete', COMPLETE)],
    ['a maximal profile', { patient: 'check-max', clinician: MAXIMAL }, good(kind, 'check-max', MAXIMAL)],
    [
      'a new user with all that is needed',
      { patient: 'check-new', intent: 'new' },
      good(kind, 'check-new', COMPLETE),
    ],
    [
      'an existing user by the identifier',
      { patient: 'check-bare', clinician: BARE, intent: 'existing' },
      good(kind, 'check-bare', BARE, { identity: 'clinician_or_clone', warnings: ['may_clone_owner'] }),
    ],
    [
      'a parameter that has to be escaped',
      { patient: kind === 'native' ? 'check-a b&c=d' : 'check-a+b%26c%3dd' },
      good(kind, 'check-a%20b%26c%3Dd', COMPLETE),
    ],
    [
      'the key as a bearer token',
      { patient: 'check-bearer', isBearer: true },
      good(kind, 'check-bearer', COMPLETE),
    ],
  ];
  const aDocument = [
    'a document, if only that is taken',
    { patient: 'check-document', headers: { Accept: 'application/json' } },
    good('drop-in', 'check-document', COMPLETE, { isDocument: true }),
  ];
  return kind === 'drop-in' ? [...rows, aDocument] : rows;
}

function good(kind, patient, clinician, { identity = 'clinician', warnings = [], isDocument = false } = {}) {
  return (answer, received, scene, instance) => {
    same('status', answer.status, 200);
    same('cache-control', answer.headers['cache-control'], 'no-store');
    matches('x-request-id', answer.headers['x-request-id'], UUID);
    if (kind === 'native' || isDocument) {
      matches('content-type', answer.headers['content-type'], /^application\/json/);
      same('document', JSON.parse(answer.body), {
        url: EMBED_URL,
        origin: `https://${EMBED_HOST}`,
        identity,
        audience: 'clinician',
        warnings,
        requestId: answer.headers['x-request-id'],
        frame: { referrerPolicy: 'strict-origin' },
      });
    } else {
      matches('content-type', answer.headers['content-type'], /^text\/plain/);
      same('URL', answer.body, EMBED_URL);
      same('x-gateway-warnings', answer.headers['x-gateway-warnings'], warnings.join(', ') || undefined);
    }
    same('upstream calls', received.length, 1);
    same('upstream call', received[0], {
      method: 'GET',
      target: expectedTarget(kind, patient, clinician),
      user: userHeader(clinician),
      apiKey: scene.apiKey,
      authorization: '',
      length: '',
      tls: instance.tls,
    });
  };
}

/** Launches that are refused, without a call. */
export function refusedOnes(kind) {
  const at = kind === 'native' ? '/clinician' : '';
  const badFields = kind === 'native' ? 'invalid_request' : 'header_schema';
  const badField = (name, field, value, code) => [
    name,
    { clinician: { ...COMPLETE, [field]: value } },
    refused(400, badFields, [[`${at}/${field}`, code]]),
  ];
  const missing = ['firstName', 'lastName', 'email'].map((name) => [`${at}/${name}`, 'required']);
  return [
    ['a key of nobody', { key: 'egw_of-nobody' }, refused(401, 'host_unauthenticated', [])],
    ['no key', { key: null }, refused(401, 'host_unauthenticated', [])],
    ['a browser', { headers: { Origin: 'https://ehr.example' } }, refused(403, 'origin_denied', [])],
    ['a new user by the identifier', { clinician: BARE, intent: 'new' }, refused(400, 'user_fields_missing', missing)],
    ['a user who may be unknown', { clinician: BARE }, refused(400, 'intent_required', [])],
    ['a clone with a name', { intent: 'clone' }, refused(400, 'intent_conflict', [])],
    badField('a control character', 'lastName', 'C\u0007té', 'bad_character'),
    badField('a control character above ASCII', 'lastName', 'C\u0085té', 'bad_character'),
    badField('a long name', 'firstName', 'É'.repeat(101), 'too_long'),
    badField('a blank name', 'firstName', '  ', 'empty'),
    badField('white space at the end', 'userId', 'emp123 ', 'outer_space'),
    badField('no e-mail address', 'email', 'elodie.cote@', 'bad_email'),
    badField('no language', 'preferredLanguage', 'DE', 'bad_value'),
    badField('another type', 'licenseNumber', 7, 'wrong_type'),
    [
      'a field nobody knows',
      { clinician: { ...COMPLETE, role: 'x' } },
      refused(400, badFields, [[`${at}/*`, 'unknown']]),
    ],
    [
      'a parameter nobody knows',
      { more: { ward: '7' } },
      refused(400, 'invalid_request', [[kind === 'native' ? '/params/*' : '/query/*', 'unknown']]),
    ],
    [
      'an intent nobody knows',
      { intent: 'update' },
      refused(400, 'invalid_request', [[kind === 'native' ? '/intent' : '/header/x-integration-intent', 'bad_value']]),
    ],
    ...(kind === 'drop-in' ? badHeaders() : badBodies()),
    [
      'a URL on another host',
      { patient: 'check-elsewhere' },
      refused(502, 'upstream_bad_url', [], { calls: 1, isUpstreams: true }),
    ],
  ];
}

function badBodies() {
  return [
    ['no JSON', { body: '{"clinician":' }, refused(400, 'invalid_request', [['', 'not_json']])],
    [
      'another media type',
      { headers: { 'Content-Type': 'text/plain' } },
      refused(415, 'unsupported_media_type', [['/header/content-type', 'bad_value']]),
    ],
  ];
}

function badHeaders() {
  const row = (name, header, code, fault) => [
    name,
    { header },
    refused(400, code, [['/header/x-integration-user', fault]]),
  ];
  const latin1 = Buffer.from(JSON.stringify(COMPLETE), 'latin1').toString('base64');
  return [
    row('no base64', '{"userId":"emp123"}', 'header_not_base64', 'not_base64'),
    row('no UTF-8', latin1, 'header_not_utf8', 'not_utf8'),
    row('no JSON', Buffer.from('userId=emp123').toString('base64'), 'header_not_json', 'not_json'),
    row('a long header', 'A'.repeat(4100), 'header_too_large', 'too_large'),
  ];
}

function refused(status, code, errors, { calls = 0, isUpstreams = false } = {}) {
  return (answer, received) => {
    same('status', answer.status, status);
    matches('content-type', answer.headers['content-type'], /^application\/json/);
    const body = JSON.parse(answer.body);
    same('code', body.code, code);
    same('members', Object.keys(body).filter((name) => name !== 'upstream'), ERROR_MEMBERS);
    same('the member upstream', 'upstream' in body, isUpstreams);
    same('status in the body', body.status, status);
    matches('timestamp', body.timestamp, TIMESTAMP);
    same('www-authenticate', answer.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
    same('request id', body.requestId, answer.headers['x-request-id']);
    const pairs = body.errors.map((error) => [error.field, error.code]);
    same('errors', pairs.toSorted(), errors.toSorted());
    same('upstream calls', received.length, calls);
  };
}
