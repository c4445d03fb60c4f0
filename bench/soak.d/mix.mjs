// What callers ask for: kinds of requests, how often each comes, and the outcomes that each may have by itself. What is
// arranged at the upstream comes on top of that.

import { AUDIENCE, ORIGIN, TOKEN_HOST, tenantOf } from './configuration.mjs';

const DROP_IN = '/empego-integrations/R4/embeddable';
const NATIVE = '/v1/embeddable';

const PARAMETERS = {
  'consultation/view': { patientKey: 'patient123', locale: 'en' },
  'consultation/dashboard': {},
  'consultation/specific': { consultationKey: 'consultation123', locale: 'fr' },
  'consultation/answer': { accessKey: 'access123' },
  'followup/view': { patientKey: 'patient456', locale: 'fr' },
  'followup/dashboard': { locale: 'en' },
  'followup/specific': { followupKey: 'followup123' },
  'followup/plan': { patientKey: 'patient789' },
  'administration/franchise-management': {},
  'administration/franchise-onboarding': {},
  'administration/franchise-offboarding': {},
  statistics: {},
};
const ALL = Object.keys(PARAMETERS);
const GRANTED_TO_STRICT = ALL.filter((tail) => !tail.startsWith('administration/'));
const INTENTS = ['upsert', 'new', 'existing'];

/** So few that some come back, so many that they add up. */
const USERS = 2000;
/** Of the host whose clinicians have a rate each. */
const BUSY_USERS = 6;

/** Over the 16 KiB that a body may have. */
const TOO_LARGE = 17 * 1024;

/** How a caller uses its connection. */
export const MANNERS = {
  /** One of a few that are used again and again. */
  kept: 'kept',
  /** A new one, for this request alone. */
  fresh: 'fresh',
  /** A new one, left open after the answer: the gateway has to close it. */
  lingering: 'lingering',
  /** A new one, given up before the answer is there. */
  leaving: 'leaving',
};

const { kept, fresh, lingering, leaving } = MANNERS;
const USUAL_MANNERS = [
  { weight: 70, manner: kept },
  { weight: 28, manner: fresh },
  { weight: 2, manner: lingering },
];

/**
 * Every kind of request: how often, its name, which host calls, which codes are right, what is asked, and in which
 * manner unless as usual. Strangers bring no valid credential. A request needs a `path`; all else in it is optional.
 */
const KINDS = [
  kind(20, 'strict, native', 'ehr-strict', ['ok'], (random) =>
    native(random.pick(GRANTED_TO_STRICT), { clinician: clinician(random), intent: random.pick(INTENTS) }),
  ),
  kind(6, 'strict, native, bare and existing', 'ehr-strict', ['ok'], (random) =>
    native('consultation/view', { clinician: { userId: userId(random) }, intent: 'existing' }),
  ),
  kind(6, 'strict, drop-in', 'ehr-strict', ['ok'], (random) =>
    dropIn(random.pick(GRANTED_TO_STRICT), userHeader(clinician(random))),
  ),
  kind(5, 'strict, token', 'spa', ['ok'], (random) => native(random.pick(GRANTED_TO_STRICT), {})),
  kind(3, 'strict, token, from a browser', 'spa', ['ok'], () => native('statistics', {}, { Origin: ORIGIN })),

  kind(18, 'documented, drop-in', 'ehr-documented', ['ok'], (random) =>
    dropIn(random.pick(ALL), userHeader(clinician(random))),
  ),
  kind(5, 'documented, drop-in, as the owner', 'ehr-documented', ['ok'], (random) => dropIn(random.pick(ALL))),
  kind(4, 'documented, drop-in, a clone', 'ehr-documented', ['ok'], (random) =>
    dropIn('followup/plan', { ...userHeader({ userId: userId(random) }), 'x-integration-intent': 'clone' }),
  ),
  kind(4, 'documented, drop-in, JSON', 'ehr-documented', ['ok'], (random) =>
    dropIn(random.pick(ALL), { ...userHeader(clinician(random)), Accept: 'application/json' }),
  ),
  kind(8, 'documented, native', 'ehr-documented', ['ok'], (random) =>
    native(random.pick(ALL), { clinician: clinician(random) }, { traceparent: traceParent(random) }),
  ),

  kind(10, 'limited, drop-in', 'ehr-limited', ['ok', 'rate_limited'], (random) =>
    dropIn('consultation/dashboard', userHeader({ ...clinician(random), userId: busyUserId(random) })),
  ),
  kind(6, 'limited, native', 'ehr-limited', ['ok', 'rate_limited'], (random) =>
    native('consultation/dashboard', { clinician: clinician(random) }),
  ),

  kind(5, 'slow, drop-in', 'ehr-slow', ['ok'], (random) => dropIn(random.pick(ALL), userHeader(clinician(random)))),
  kind(3, 'slow, a patient caller', 'ehr-slow', ['ok'], (random) =>
    dropIn('statistics', { ...userHeader(clinician(random)), ...patience(random.between(5000, 60_000)) }),
  ),
  kind(3, 'slow, a caller in a hurry', 'ehr-slow', ['ok', 'upstream_timeout', 'upstream_connect_timeout'], (random) =>
    native('statistics', { clinician: clinician(random) }, patience(random.between(1, 40))),
  ),
  leavers(3, 'slow, a caller who leaves', 'ehr-slow', (random) =>
    native('followup/view', { clinician: clinician(random) }),
  ),
  leavers(1, 'strict, a caller who leaves', 'ehr-strict', (random) =>
    native('followup/view', { clinician: clinician(random) }),
  ),

  kind(12, 'shaky, drop-in', 'ehr-shaky', ['ok'], (random) => dropIn(random.pick(ALL), userHeader(clinician(random)))),
  kind(8, 'shaky, native', 'ehr-shaky', ['ok'], (random) => native(random.pick(ALL), { clinician: clinician(random) })),
  leavers(1, 'shaky, a caller who leaves', 'ehr-shaky', (random) =>
    dropIn('statistics', userHeader(clinician(random))),
  ),

  kind(2, 'an API key that Empego refuses', 'ehr-stale', ['upstream_authentication_failed'], (random) =>
    dropIn('statistics', userHeader(clinician(random))),
  ),
  kind(1, 'a new user whom Empego refuses', 'ehr-documented', ['upstream_user_fields_missing'], (random) =>
    dropIn('statistics', userHeader({ userId: `new-${random.uuid()}`, firstName: 'Noah' })),
  ),

  kind(0.5, 'two user headers', 'ehr-documented', ['header_repeated'], () =>
    dropIn('statistics', { 'x-integration-user': ['e30=', 'e30='] }),
  ),
  kind(0.5, 'a user header too large', 'ehr-documented', ['header_too_large'], () =>
    dropIn('statistics', { 'x-integration-user': 'A'.repeat(4100) }),
  ),
  kind(0.5, 'a user header not in base64', 'ehr-documented', ['header_not_base64'], () =>
    dropIn('statistics', { 'x-integration-user': '{"userId":"emp123"}' }),
  ),
  kind(0.5, 'a user header in Latin-1', 'ehr-documented', ['header_not_utf8'], () =>
    dropIn('statistics', { 'x-integration-user': btoa('{"userId":"\u00e9"}') }),
  ),
  kind(0.5, 'a user header without JSON', 'ehr-documented', ['header_not_json'], () =>
    dropIn('statistics', { 'x-integration-user': btoa('emp123') }),
  ),
  kind(0.5, 'a user header without a userId', 'ehr-documented', ['header_schema'], () =>
    dropIn('statistics', { 'x-integration-user': btoa('{"firstName":"Noah"}') }),
  ),
  kind(0.5, 'fields missing', 'ehr-strict', ['user_fields_missing'], (random) =>
    native('statistics', { clinician: { userId: userId(random), firstName: 'Noah' } }),
  ),
  kind(0.5, 'no clinician', 'ehr-strict', ['identity_required'], () => native('statistics', {})),
  kind(0.5, 'no intent', 'ehr-strict', ['intent_required'], () => native('statistics', { clinician: { userId: 'a' } })),
  kind(0.5, 'a contradiction', 'ehr-strict', ['intent_conflict'], (random) =>
    native('statistics', { clinician: clinician(random), intent: 'clone' }),
  ),
  kind(0.5, 'an intent that is not granted', 'ehr-strict', ['intent_denied'], () => dropIn('statistics')),
  kind(0.5, 'a clone that is not allowed', 'ehr-strict', ['owner_clone_denied'], () =>
    native('statistics', { clinician: { userId: 'a' }, intent: 'clone' }),
  ),
  kind(0.5, 'an endpoint that is not granted', 'ehr-strict', ['endpoint_denied'], (random) =>
    native('administration/franchise-management', { clinician: clinician(random) }),
  ),
  kind(0.5, 'no patient', 'ehr-strict', ['invalid_request'], (random) =>
    native('consultation/view', { clinician: clinician(random), patientKey: undefined }),
  ),
  kind(0.5, 'no JSON', 'ehr-strict', ['invalid_request'], () => ({
    ...native('statistics', {}),
    body: '{"clinician":',
  })),
  kind(0.5, 'a patience that is no number', 'ehr-documented', ['invalid_request'], () =>
    dropIn('statistics', patience('soon')),
  ),
  kind(0.5, 'a reserved header', 'ehr-documented', ['reserved_header'], () =>
    dropIn('statistics', { 'x-management-key': 'a' }),
  ),
  kind(0.5, 'a body too large', 'ehr-documented', ['payload_too_large'], () => ({
    ...native('statistics', {}),
    body: 'a'.repeat(TOO_LARGE),
  })),
  kind(0.5, 'a body too large, in chunks', 'ehr-documented', ['payload_too_large'], () => ({
    ...native('statistics', {}),
    body: 'a'.repeat(TOO_LARGE),
    isChunked: true,
  })),
  kind(0.5, 'a body that is no JSON by its type', 'ehr-strict', ['unsupported_media_type'], () =>
    native('statistics', {}, { 'Content-Type': 'text/plain' }),
  ),
  kind(0.5, 'a body that never ends', 'ehr-strict', ['request_timeout'], neverEnding, fresh),
  kind(0.5, 'a host key in a browser', 'ehr-strict', ['origin_denied'], () =>
    native('statistics', {}, { Origin: ORIGIN }),
  ),
  kind(0.5, 'a token and a clinician', 'spa', ['clinician_not_accepted'], (random) =>
    native('statistics', { clinician: clinician(random) }),
  ),
  kind(0.5, 'a token that has ended', 'spa', ['host_unauthenticated'], () => ({
    ...native('statistics', {}),
    tokenAgeSecs: 3600,
  })),

  strangers(0.5, 'a wrong key', 'host_unauthenticated', (random) =>
    dropIn('statistics', { 'Api-Key': `egw_${random.uuid()}` }),
  ),
  strangers(0.5, 'no key', 'host_unauthenticated', () => native('statistics', {})),
  strangers(0.5, 'an unknown path', 'not_found', (random) => ({ path: `/unknown/${random.uuid()}` })),
  strangers(0.5, 'a wrong method', 'method_not_allowed', () => ({ method: 'DELETE', path: `${NATIVE}/statistics` })),
  strangers(0.5, 'a target that is no path', 'bad_target', () => ({ path: 'http://elsewhere.example/statistics' })),
  strangers(0.5, 'a preflight', 'ok', () => preflight(ORIGIN)),
  strangers(0.5, 'a preflight of a stranger', 'origin_denied', () => preflight('https://elsewhere.example')),
  strangers(0.5, 'the contract', 'ok', () => ({ path: '/openapi.yaml' })),
];

/** The launches that come all at once. */
const IN_A_BURST = kind(0, 'slow, one of many at once', 'ehr-slow', ['ok'], oneOfMany, fresh);

/** The next request of the mix. */
export function next(random) {
  const chosen = random.pickWeighted(KINDS);
  const { manner } = chosen.manner ? chosen : random.pickWeighted(USUAL_MANNERS);
  return requestOf(chosen, manner, random);
}

/** One of many requests that come at once. */
export function nextInBurst(random) {
  return requestOf(IN_A_BURST, IN_A_BURST.manner, random);
}

function requestOf({ name, host, outcomes, ask }, manner, random) {
  const tenant = host && tenantOf(host);
  return {
    kind: name,
    id: random.uuid(),
    host,
    tenant,
    outcomes,
    manner,
    // How long a caller who leaves stays: up to a little longer than most answers take.
    staysMs: random.between(0, tenant === 'slow' ? 90 : 4),
    leavesRudely: random.next() < 0.5,
    ...ask(random),
  };
}

/** The claims of the token that a request of the token host brings. */
export function claimsFor({ id }) {
  return { sub: `spa-${id.slice(0, 2)}`, aud: AUDIENCE, ...NAMES };
}

export function bringsToken({ host }) {
  return host === TOKEN_HOST.id;
}

function kind(weight, name, host, outcomes, ask, manner) {
  return { weight, name, host, outcomes, ask, manner };
}

function leavers(weight, name, host, ask) {
  return kind(weight, name, host, ['ok'], ask, leaving);
}

function strangers(weight, name, outcome, ask) {
  return kind(weight, name, undefined, [outcome], ask);
}

function dropIn(tail, headers = {}) {
  return { path: `${DROP_IN}/${tail}?${new URLSearchParams(PARAMETERS[tail])}`, headers };
}

function native(tail, body, headers = {}) {
  const { patientKey, locale, ...params } = PARAMETERS[tail];
  return {
    method: 'POST',
    path: `${NATIVE}/${tail}`,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ patientKey, locale, params, ...body }),
  };
}

function oneOfMany(random) {
  return dropIn('statistics', userHeader(clinician(random)));
}

function neverEnding() {
  return { ...native('statistics', {}), isNeverEnding: true };
}

function preflight(origin) {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
  return { method: 'OPTIONS', path: `${NATIVE}/statistics`, headers };
}

const NAMES = { given_name: 'Élodie', family_name: 'Côté', email: 'elodie.cote@clinic.ca' };

function clinician(random) {
  return {
    userId: userId(random),
    firstName: NAMES.given_name,
    lastName: NAMES.family_name,
    email: NAMES.email,
    ...(random.next() < 0.8 ? { licenseNumber: `MD${random.between(100_000, 999_999)}` } : {}),
    ...(random.next() < 0.5 ? { preferredLanguage: random.pick(['EN', 'FR']) } : {}),
  };
}

function userId(random) {
  return `emp${random.between(1, USERS)}`;
}

function busyUserId(random) {
  return `busy${random.between(1, BUSY_USERS)}`;
}

function patience(millis) {
  return { 'x-request-timeout-ms': `${millis}` };
}

function userHeader(user) {
  return { 'x-integration-user': Buffer.from(JSON.stringify(user)).toString('base64') };
}

function traceParent(random) {
  const digits = () => random.uuid().replaceAll('-', '');
  return `00-${digits()}-${digits().slice(0, 16)}-01`;
}
