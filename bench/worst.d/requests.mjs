// The requests: a usual one, one for each limit at its end, and one that is at the end of all that go together.

import { randomUUID } from 'node:crypto';

const DROP_IN = '/empego-integrations/R4/embeddable/statistics';
const NATIVE = '/v1/embeddable/statistics';

/** A little below the limits: what else is in a request counts too. */
const BODY = 16 * 1024;
const QUERY = 8 * 1024;
const HEAD = 126 * 1024;
const PARAMETERS = 64;
/** No parameter's value may be longer. */
const VALUE = 500;

const CLINICIAN = {
  userId: 'emp123',
  firstName: 'Élodie',
  lastName: 'Côté',
  email: 'elodie.cote@clinic.ca',
  licenseNumber: 'MD123456',
  preferredLanguage: 'FR',
};

/** The first is the usual one. */
export function requests({ key, issuer, audience }) {
  const byKey = { Authorization: `Bearer ${key}` };
  const person = {
    aud: audience,
    sub: CLINICIAN.userId,
    given_name: CLINICIAN.firstName,
    family_name: CLINICIAN.lastName,
    email: CLINICIAN.email,
  };
  const byToken = (claims) => ({ Authorization: `Bearer ${issuer.token({ ...person, ...claims })}` });
  const user = Buffer.from(JSON.stringify(CLINICIAN)).toString('base64');
  const usual = JSON.stringify({ clinician: CLINICIAN });
  return [
    native('a usual launch', byKey, usual),
    {
      name: `${PARAMETERS} parameters, ${QUERY / 1024} KiB of query`,
      method: 'GET',
      path: `${DROP_IN}?${query()}`,
      headers: { ...byKey, 'x-integration-user': user },
    },
    native(`a body of ${BODY / 1024} KiB`, byKey, body({ clinician: CLINICIAN })),
    native('a head of 128 KiB', { ...byKey, 'x-filler': 'a'.repeat(HEAD - 1024) }, usual),
    native('a token without `kid`, 100 keys of 4,096 bits', byToken({}), '{}'),
    native('the same token with groups, 128 KiB', byToken({ groups: groups(HEAD - 2048) }), '{}'),
    native('that token and a body of 16 KiB', byToken({ groups: groups(HEAD - 2048) }), body({})),
  ];
}

function native(name, headers, text) {
  const more = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  return { name, method: 'POST', path: NATIVE, headers: { ...headers, ...more }, body: text };
}

/** Parameters up to the limit. */
function query() {
  const length = Math.floor(QUERY / PARAMETERS) - 'p00=&'.length;
  const value = 'v'.repeat(length);
  return Array.from({ length: PARAMETERS }, (_, at) => `p${String(at).padStart(2, '0')}=${value}`).join('&');
}

/** A body of as many bytes as may be. */
function body(rest) {
  const params = {};
  const text = () => JSON.stringify({ ...rest, params });
  const isFull = (more) => Buffer.byteLength(text()) + more > BODY;
  for (let at = 0; at < PARAMETERS && !isFull(VALUE + 16); at += 1) {
    params[`p${at}`] = 'v'.repeat(VALUE);
  }
  return text().padEnd(BODY - 8, ' ');
}

/** Ids of groups that fill a token of so many bytes. */
function groups(bytes) {
  const each = randomUUID().length + '"",'.length;
  // Base64 makes four bytes of three.
  return Array.from({ length: Math.floor(((bytes / 4) * 3) / each) }, () => randomUUID());
}
