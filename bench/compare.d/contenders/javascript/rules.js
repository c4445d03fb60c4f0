// A launch in JavaScript: the same work as the gateway's, for both contenders in this language. It is written in the
// part of it that njs 0.7 has: no classes, no destructuring, no for…of, no optional chaining. njs runs what stands
// outside of functions anew for every request, so tables that a good launch has no use for stand inside. Refusals are
// thrown.

const DROP_IN_PREFIX = '/empego-integrations/R4/embeddable/';
const NATIVE_PREFIX = '/v1/embeddable/';
const MAX_HEADER = 4096;
const MAX_KEY = 512;
const MAX_URL = 4096;
const MAX_VALUE = 512;

/** The policy of the tenant: the default, strict. */
const POLICY = { ownerSession: false, ownerClone: false, partialProfile: false };

/** For whom an endpoint's page is made; nobody, if there is no such endpoint. */
function audienceOf(endpoint) {
  switch (endpoint) {
    case 'consultation/view':
    case 'consultation/dashboard':
    case 'consultation/specific':
    case 'followup/view':
    case 'followup/dashboard':
    case 'followup/specific':
    case 'followup/plan':
    case 'administration/franchise-management':
    case 'administration/franchise-onboarding':
    case 'administration/franchise-offboarding':
    case 'statistics':
      return 'clinician';
    case 'consultation/answer':
      return 'patient';
    default:
      return undefined;
  }
}

function needsPatient(endpoint) {
  return endpoint === 'consultation/view' || endpoint === 'followup/view';
}

function isParameter(name) {
  return (
    name === 'patientKey' ||
    name === 'locale' ||
    name === 'accessKey' ||
    name === 'consultationKey' ||
    name === 'followupKey'
  );
}

function isIntent(text) {
  return text === 'owner' || text === 'existing' || text === 'upsert' || text === 'new' || text === 'clone';
}

const KEY = /^[!-~]+$/;
const BEARER = /^bearer /i;
const BASE64 = /^[A-Za-z0-9+\/]+={0,2}$/;
const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+\/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
// The characters of the categories in question that exist outside of rare scripts.
const INVISIBLE = /[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff]/;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const OUTER_SPACE = /^\s|\s$/;
const UNSAFE = /[\x00-\x20\x7f-\xa0\\]/;
const EMBED = /^https:\/\/([^\/?#]+)/;
const JSON_MEDIA = /^application\/json(?:;\s*charset=utf-8)?$/i;
const TAKES_JSON = /\bapplication\/(?:json|\*)/;
const TAKES_TEXT = /text\/(?:plain|\*)|\*\/\*/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Code to status, source, whether trying again may help, and sentence. */
function codes() {
  const badHeader = 'Invalid x-integration-user header format';
  return {
    host_unauthenticated: [401, 'caller', false, 'Authentication failed'],
    origin_denied: [403, 'gateway', false, "This origin may not use this host's credential"],
    reserved_header: [400, 'caller', false, 'A reserved header was sent'],
    not_found: [404, 'caller', false, 'Not Found'],
    method_not_allowed: [405, 'caller', false, 'Method Not Allowed'],
    payload_too_large: [413, 'caller', false, 'Payload Too Large'],
    unsupported_media_type: [415, 'caller', false, 'Unsupported Media Type'],
    header_too_large: [400, 'caller', false, badHeader],
    header_not_base64: [400, 'caller', false, badHeader],
    header_not_utf8: [400, 'caller', false, badHeader],
    header_not_json: [400, 'caller', false, badHeader],
    header_schema: [400, 'caller', false, badHeader],
    user_fields_missing: [400, 'caller', false, 'User creation failed - missing required fields'],
    invalid_request: [400, 'caller', false, 'The request breaks a rule'],
    identity_required: [400, 'caller', false, 'Nobody is named'],
    intent_required: [400, 'caller', false, 'An intent is required'],
    intent_conflict: [400, 'caller', false, 'Intent and clinician contradict each other'],
    owner_session_denied: [403, 'gateway', false, "Sessions of the key's owner are denied"],
    owner_clone_denied: [403, 'gateway', false, "Clones of the key's owner are denied"],
    upstream_authentication_failed: [401, 'upstream', false, 'Authentication failed'],
    upstream_rejected: [400, 'upstream', false, 'Empego refused the request'],
    upstream_error: [502, 'upstream', false, 'Empego answered with an error'],
    upstream_bad_body: [502, 'upstream', false, "Empego did not answer 200 with an embed URL"],
    upstream_bad_url: [502, 'upstream', false, "Empego's answer holds a URL that may not be embedded"],
    upstream_unreachable: [502, 'upstream', false, 'Empego could not be reached'],
    upstream_busy: [503, 'upstream', true, 'Empego is busy'],
    upstream_timeout: [504, 'upstream', false, 'Empego did not respond in time'],
    internal: [500, 'gateway', false, 'Internal error'],
  };
}

function reasons() {
  return {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    405: 'Method Not Allowed',
    413: 'Payload Too Large',
    415: 'Unsupported Media Type',
    500: 'Internal Server Error',
    502: 'Bad Gateway',
    503: 'Service Unavailable',
    504: 'Gateway Timeout',
  };
}

function sentenceOf(code) {
  const sentences = {
    required: 'Required',
    unknown: 'This name is not accepted here',
    wrong_type: 'Must be of another type',
    empty: 'Must not be empty or blank: leave it out instead',
    too_long: 'Too long',
    bad_character: 'Contains a control, format, private-use or unassigned character',
    outer_space: 'Must not start or end with white space',
    bad_email: 'Must be an e-mail address with an ASCII domain name',
    bad_value: 'None of the values that are known',
    repeated: 'Appears more than once: send it once',
    no_equals_sign: 'Every query parameter must be written name=value',
    bad_percent: 'A percent sign must be followed by two hexadecimal digits',
    not_json: 'Not valid JSON',
    not_base64: 'Not base64',
    not_utf8: 'Must be UTF-8',
    too_large: 'Too large',
    not_accepted: 'Not accepted here',
  };
  return sentences[code];
}

function upstreamCodes() {
  return {
    400: 'upstream_rejected',
    401: 'upstream_authentication_failed',
    403: 'upstream_rejected',
    404: 'upstream_rejected',
    409: 'upstream_rejected',
    410: 'upstream_rejected',
    422: 'upstream_rejected',
    429: 'upstream_busy',
    502: 'upstream_unreachable',
    503: 'upstream_busy',
    504: 'upstream_timeout',
  };
}

function refuse(code, errors) {
  throw { code: code, errors: errors || [] };
}

function fault(errors, field, code) {
  errors.push({ field: field, code: code, message: sentenceOf(code) });
}

/** For a body that is not said to be JSON. */
function mediaTypeErrors() {
  const errors = [];
  fault(errors, '/header/content-type', 'bad_value');
  return errors;
}

/** What is wrong with a text of a clinician, or nothing. */
function mistake(text, max) {
  if (text.trim() === '') {
    return 'empty';
  }
  if (text.length > max) {
    return 'too_long';
  }
  if (INVISIBLE.test(text)) {
    return 'bad_character';
  }
  return OUTER_SPACE.test(text) ? 'outer_space' : null;
}

function emailMistake(text, max) {
  return mistake(text, max) || (EMAIL.test(text) ? null : 'bad_email');
}

function languageMistake(text) {
  const language = text.toUpperCase();
  return language === 'FR' || language === 'EN' ? null : 'bad_value';
}

/** Takes one field over if it is valid. Tells whether it was stated, rightly or wrongly. */
function take(raw, name, check, max, clinician, place, errors) {
  const value = raw[name];
  if (value === undefined) {
    return 0;
  }
  if (typeof value === 'string') {
    const wrong = check(value, max);
    if (wrong) {
      fault(errors, `${place}/${name}`, wrong);
    } else {
      clinician[name] = value;
    }
  } else if (value !== null) {
    fault(errors, `${place}/${name}`, 'wrong_type');
  }
  return 1;
}

/** The valid fields of a clinician, in the order in which they are sent; every mistake is noted. */
function readClinician(raw, place, errors) {
  const clinician = {};
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    fault(errors, place, 'wrong_type');
    return clinician;
  }
  let known = take(raw, 'userId', mistake, 128, clinician, place, errors);
  known += take(raw, 'firstName', mistake, 100, clinician, place, errors);
  known += take(raw, 'lastName', mistake, 100, clinician, place, errors);
  known += take(raw, 'email', emailMistake, 254, clinician, place, errors);
  known += take(raw, 'licenseNumber', mistake, 64, clinician, place, errors);
  known += take(raw, 'preferredLanguage', languageMistake, 2, clinician, place, errors);
  if (raw.userId === undefined || raw.userId === null) {
    fault(errors, `${place}/userId`, 'required');
  }
  if (Object.keys(raw).length > known) {
    fault(errors, `${place}/*`, 'unknown');
  }
  if (clinician.preferredLanguage !== undefined) {
    clinician.preferredLanguage = clinician.preferredLanguage.toUpperCase();
  }
  return clinician;
}

function checkValue(value, place, errors) {
  if (value === '') {
    fault(errors, place, 'empty');
  } else if (value.length > MAX_VALUE) {
    fault(errors, place, 'too_long');
  } else if (CONTROL.test(value)) {
    fault(errors, place, 'bad_character');
  }
}

function readLocale(value, place, errors) {
  const locale = value.toLowerCase();
  if (locale !== 'fr' && locale !== 'en') {
    fault(errors, place, 'bad_value');
  }
  return locale;
}

function decode(text) {
  return decodeURIComponent(text.indexOf('+') < 0 ? text : text.replace(/\+/g, ' '));
}

/** Reads a query strictly into the launch. */
function readQuery(query, launch, errors) {
  const stated = launch.stated;
  const pairs = query ? query.split('&') : [];
  for (let at = 0; at < pairs.length; at += 1) {
    const pair = pairs[at];
    const equals = pair.indexOf('=');
    if (equals < 0) {
      fault(errors, '/query/*', 'no_equals_sign');
      continue;
    }
    let name;
    let value;
    try {
      name = decode(pair.slice(0, equals));
      value = decode(pair.slice(equals + 1));
    } catch (error) {
      fault(errors, '/query/*', 'bad_percent');
      continue;
    }
    if (!isParameter(name)) {
      fault(errors, '/query/*', 'unknown');
    } else if (stated[name] !== undefined) {
      fault(errors, `/query/${name}`, 'repeated');
    } else {
      checkValue(value, `/query/${name}`, errors);
      stated[name] = name === 'locale' ? readLocale(value, '/query/locale', errors) : value;
    }
  }
}

/** The query that is sent: everything in the order stated, the locale at the end. */
function writeQuery(stated) {
  let query = '';
  for (const name in stated) {
    if (name !== 'locale') {
      query += `${query === '' ? '' : '&'}${name}=${encodeURIComponent(stated[name])}`;
    }
  }
  if (stated.locale) {
    query += `${query === '' ? '' : '&'}locale=${stated.locale}`;
  }
  return query;
}

/** The host key of a request's credentials. */
function readKey(apiKey, authorization) {
  let key = apiKey;
  if (authorization !== undefined) {
    key = apiKey === undefined && BEARER.test(authorization) ? authorization.slice(7) : undefined;
  }
  if (key === undefined || key.length > MAX_KEY || !KEY.test(key)) {
    refuse('host_unauthenticated');
  }
  return key;
}

/** The host of a request, by the digest of its key; and what is refused before anything of the launch is read. */
function authenticate(request, settings) {
  const digest = settings.sha256(readKey(request.apiKey, request.authorization));
  const host = settings.hosts[digest];
  if (host === undefined) {
    refuse('host_unauthenticated');
  }
  if (request.origin !== undefined) {
    refuse('origin_denied');
  }
  if (request.managementKey !== undefined) {
    refuse('reserved_header');
  }
  return host;
}

function requirePatient(launch, errors, place) {
  if (needsPatient(launch.endpoint) && launch.stated.patientKey === undefined) {
    fault(errors, place, 'required');
  }
}

/** Reads Empego's form: `userHeader`, `intentHeader`, `query`. */
function readDropIn(request, endpoint, textOf) {
  const errors = [];
  const launch = { endpoint: endpoint, clinician: null, place: '', intent: null, stated: {} };
  let code = 'invalid_request';
  const value = request.userHeader;
  if (value !== undefined) {
    const place = '/header/x-integration-user';
    if (value.length > MAX_HEADER) {
      refuse('header_too_large', [{ field: place, code: 'too_large', message: sentenceOf('too_large') }]);
    }
    if (!BASE64.test(value) || value.length % 4 === 1) {
      code = 'header_not_base64';
      fault(errors, place, 'not_base64');
    } else {
      let raw;
      const text = textOf(value);
      if (text === null) {
        code = 'header_not_utf8';
        fault(errors, place, 'not_utf8');
      } else {
        try {
          raw = JSON.parse(text);
        } catch (error) {
          code = 'header_not_json';
          fault(errors, place, 'not_json');
        }
      }
      if (raw !== undefined) {
        launch.clinician = readClinician(raw, '', errors);
        if (errors.length > 0) {
          code = 'header_schema';
        }
      }
    }
  }
  const intent = request.intentHeader;
  if (intent !== undefined && !isIntent(intent)) {
    fault(errors, '/header/x-integration-intent', 'bad_value');
  }
  launch.intent = intent || (launch.clinician ? 'upsert' : 'owner');
  readQuery(request.query, launch, errors);
  requirePatient(launch, errors, '/query/patientKey');
  if (errors.length > 0) {
    refuse(code, errors);
  }
  return launch;
}

/** Reads the gateway's form: `contentType`, `body` as text or already parsed. */
function readNative(request, endpoint) {
  const errors = [];
  const launch = { endpoint: endpoint, clinician: null, place: '/clinician', intent: null, stated: {} };
  if (request.userHeader !== undefined || request.intentHeader !== undefined) {
    fault(errors, '/header/x-integration-user', 'not_accepted');
  }
  if (request.query) {
    fault(errors, '/query/*', 'not_accepted');
  }
  let body = request.body;
  if (typeof body === 'string') {
    try {
      body = JSON.parse(body);
    } catch (error) {
      body = undefined;
    }
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    fault(errors, '', 'not_json');
    refuse('invalid_request', errors);
  }
  if (body.clinician !== undefined) {
    launch.clinician = readClinician(body.clinician, '/clinician', errors);
  }
  if (body.intent !== undefined && !isIntent(body.intent)) {
    fault(errors, '/intent', 'bad_value');
  }
  const stated = launch.stated;
  if (typeof body.patientKey === 'string') {
    checkValue(body.patientKey, '/patientKey', errors);
    stated.patientKey = body.patientKey;
  } else if (body.patientKey !== undefined) {
    fault(errors, '/patientKey', 'wrong_type');
  }
  if (typeof body.locale === 'string') {
    stated.locale = readLocale(body.locale, '/locale', errors);
  } else if (body.locale !== undefined) {
    fault(errors, '/locale', 'wrong_type');
  }
  if (typeof body.params === 'object' && body.params !== null) {
    for (const name in body.params) {
      const value = body.params[name];
      if (!isParameter(name) || name === 'patientKey' || name === 'locale' || typeof value !== 'string') {
        fault(errors, '/params/*', 'unknown');
      } else {
        checkValue(value, `/params/${name}`, errors);
        stated[name] = value;
      }
    }
  } else if (body.params !== undefined) {
    fault(errors, '/params', 'wrong_type');
  }
  let known = 0;
  known += body.clinician !== undefined ? 1 : 0;
  known += body.intent !== undefined ? 1 : 0;
  known += body.patientKey !== undefined ? 1 : 0;
  known += body.locale !== undefined ? 1 : 0;
  known += body.params !== undefined ? 1 : 0;
  if (Object.keys(body).length > known) {
    fault(errors, '/*', 'unknown');
  }
  requirePatient(launch, errors, '/patientKey');
  if (errors.length > 0) {
    refuse('invalid_request', errors);
  }
  if (launch.clinician === null && body.intent === undefined) {
    refuse('identity_required');
  }
  launch.intent = body.intent || 'upsert';
  const language = launch.clinician && launch.clinician.preferredLanguage;
  if (stated.locale === undefined && language && audienceOf(endpoint) === 'clinician') {
    stated.locale = language.toLowerCase();
  }
  return launch;
}

function refuseMissing(launch) {
  const errors = [];
  const needed = ['firstName', 'lastName', 'email'];
  for (let at = 0; at < needed.length; at += 1) {
    if (launch.clinician[needed[at]] === undefined) {
      fault(errors, `${launch.place}/${needed[at]}`, 'required');
    }
  }
  refuse('user_fields_missing', errors);
}

/** Decides whose session it will be, and the warnings. */
function decide(launch) {
  const intent = launch.intent;
  const clinician = launch.clinician;
  if (clinician === null) {
    if (intent !== 'owner') {
      refuse('identity_required');
    }
    if (!POLICY.ownerSession) {
      refuse('owner_session_denied');
    }
    return { identity: 'owner', warnings: [] };
  }
  const isComplete =
    clinician.firstName !== undefined && clinician.lastName !== undefined && clinician.email !== undefined;
  const isBare =
    clinician.firstName === undefined &&
    clinician.lastName === undefined &&
    clinician.email === undefined &&
    clinician.licenseNumber === undefined &&
    clinician.preferredLanguage === undefined;
  if (intent === 'owner' || (intent === 'clone' && !isBare)) {
    refuse('intent_conflict');
  }
  if (intent === 'existing') {
    return isBare
      ? { identity: 'clinician_or_clone', warnings: ['may_clone_owner'] }
      : { identity: 'clinician', warnings: [] };
  }
  if (intent === 'clone') {
    if (!POLICY.ownerClone) {
      refuse('owner_clone_denied');
    }
    return { identity: 'clone', warnings: [] };
  }
  if (intent === 'new' && !isComplete) {
    refuseMissing(launch);
  }
  if (isBare) {
    if (!POLICY.ownerClone) {
      refuse('intent_required');
    }
    return { identity: 'clinician_or_clone', warnings: ['may_clone_owner'] };
  }
  const warnings = [];
  if (!isComplete) {
    if (!POLICY.partialProfile) {
      refuseMissing(launch);
    }
    warnings.push('may_be_rejected_if_new');
  }
  if (clinician.licenseNumber === undefined) {
    warnings.push('licence_may_be_inherited');
  }
  return { identity: 'clinician', warnings: warnings };
}

/** The user header of a launch: base64 of compact JSON in the order of the fields. */
function userHeader(clinician) {
  return Buffer.from(JSON.stringify(clinician)).toString('base64');
}

/** The URL in an answer, and its origin: text, a JSON string, or an object that holds it. */
function readUrl(status, body, embedHosts) {
  if (status !== 200) {
    refuse(upstreamCodes()[status] || 'upstream_error');
  }
  let text = body.trim();
  const first = text[0];
  if (first === '"' || first === '{') {
    try {
      text = JSON.parse(text);
    } catch (error) {
      refuse('upstream_bad_body');
    }
    if (text !== null && typeof text === 'object') {
      text = text.url || text.iframeUrl;
    }
  }
  if (typeof text !== 'string' || text === '' || first === '<') {
    refuse('upstream_bad_body');
  }
  if (text.indexOf('://') < 0) {
    text = `https://${text}`;
  }
  if (text.length > MAX_URL || UNSAFE.test(text)) {
    refuse('upstream_bad_url');
  }
  const found = EMBED.exec(text);
  if (found === null || embedHosts[found[1]] !== true) {
    refuse('upstream_bad_url');
  }
  return { url: text, origin: `https://${found[1]}` };
}

function document(launch, plan, embed, requestId) {
  return {
    url: embed.url,
    origin: embed.origin,
    identity: plan.identity,
    audience: audienceOf(launch.endpoint),
    warnings: plan.warnings,
    requestId: requestId,
    frame: { referrerPolicy: 'strict-origin' },
  };
}

/** The error body, ready to be sent. It is put together as text, because njs keeps no order of that many members. */
function problem(code, errors, path, requestId) {
  const row = codes()[code];
  const status = row[0];
  const source = row[1];
  const body =
    `{"timestamp":"${new Date().toISOString()}","status":${status},"error":"${reasons()[status]}",` +
    `"message":"${row[3]}","path":${JSON.stringify(path)},"code":"${code}","source":"${source}",` +
    `"retryable":${row[2]},"requestId":"${requestId}",` +
    `${source === 'upstream' ? '"upstream":{"status":null},' : ''}"errors":${JSON.stringify(errors)}}`;
  return { code: code, status: status, source: source, body: body };
}

function takesJsonOnly(accept) {
  return accept !== undefined && TAKES_JSON.test(accept) && !TAKES_TEXT.test(accept);
}

function isEndpoint(tail) {
  return audienceOf(tail) !== undefined;
}

function isJson(contentType) {
  return contentType !== undefined && JSON_MEDIA.test(contentType);
}

function isUuid(text) {
  return text !== undefined && text.length === 36 && UUID.test(text);
}

export default {
  DROP_IN_PREFIX,
  NATIVE_PREFIX,
  authenticate,
  decide,
  document,
  isEndpoint,
  isJson,
  isUuid,
  problem,
  readDropIn,
  readNative,
  readUrl,
  mediaTypeErrors,
  refuse,
  takesJsonOnly,
  userHeader,
  writeQuery,
};
