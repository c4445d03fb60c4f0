// The launches that are asked for, and what should come of them.

import { requestBytes } from './client.mjs';

export const KINDS = ['drop-in', 'native'];

export const ENDPOINT = 'consultation/view';
export const EMBED_HOST = 'app.empego.ca';
export const EMBED_URL = `https://${EMBED_HOST}/fr/embed/consultation/view?session=${'5f2b8c1e7d344a69'.repeat(4)}`;
export const URL_ELSEWHERE = EMBED_URL.replace(EMBED_HOST, 'app.elsewhere.example');

/** Whose launch it is, unless a check says otherwise: every field is there. */
export const COMPLETE = {
  userId: 'emp123',
  firstName: 'Élodie',
  lastName: 'Côté',
  email: 'elodie.cote@clinic.ca',
  licenseNumber: 'MD123456',
  preferredLanguage: 'FR',
};

/** Nothing but the identifier. */
export const BARE = { userId: 'emp123' };

/** Every field as long as it may be. */
export const MAXIMAL = {
  userId: 'u'.repeat(128),
  firstName: 'É'.repeat(100),
  lastName: 'Ô'.repeat(100),
  email: `${'e'.repeat(64)}@${`${'d'.repeat(62)}.`.repeat(2)}${'c'.repeat(60)}.ca`,
  licenseNumber: 'M'.repeat(64),
  preferredLanguage: 'FR',
};

/** Base64 of compact JSON, as it comes and as it must be sent on. */
export function userHeader(clinician) {
  return Buffer.from(JSON.stringify(clinician)).toString('base64');
}

/** A launch of this kind. `header` and `body` are what they are; `more` are further parameters. */
export function launch(kind, asked = {}) {
  const { key, isBearer, clinician = COMPLETE, intent, header, body, patient = 'patient123', more, headers } = asked;
  const credentials = key === null ? {} : isBearer ? { Authorization: `Bearer ${key}` } : { 'Api-Key': key };
  if (kind === 'native') {
    return requestBytes({
      method: 'POST',
      target: `/v1/embeddable/${ENDPOINT}`,
      headers: { ...credentials, 'Content-Type': 'application/json', ...headers },
      body: body ?? JSON.stringify({ clinician, intent, patientKey: patient, params: more }),
    });
  }
  const parameters = { patientKey: patient, locale: 'en', ...more };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return requestBytes({
    method: 'GET',
    target: `/empego-integrations/R4/embeddable/${ENDPOINT}?${query.join('&')}`,
    headers: {
      ...credentials,
      'x-integration-user': header ?? userHeader(clinician),
      ...(intent && { 'x-integration-intent': intent }),
      ...headers,
    },
  });
}

/** What should arrive at the upstream for a launch of this kind. */
export function expectedTarget(kind, patient, clinician) {
  // Who states no locale gets the clinician's language, in the native form only.
  const native = clinician.preferredLanguage ? `&locale=${clinician.preferredLanguage.toLowerCase()}` : '';
  const locale = kind === 'native' ? native : '&locale=en';
  return `/empego-integrations/R4/embeddable/${ENDPOINT}?patientKey=${patient}${locale}`;
}
