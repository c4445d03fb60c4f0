// What Empego documents, as an integrator reads it: the endpoints, and the ways to say whose session it is.

export const API_PATH = '/empego-integrations/R4';

export const ENDPOINTS = [
  { path: 'consultation/view', params: { patientKey: 'patient123', locale: 'en' } },
  { path: 'consultation/dashboard', params: {} },
  { path: 'consultation/specific', params: { consultationKey: 'consultation123', locale: 'fr' } },
  { path: 'consultation/answer', params: { accessKey: 'access123' } },
  { path: 'followup/view', params: { patientKey: 'patient456', locale: 'en' } },
  { path: 'followup/dashboard', params: { locale: 'en' } },
  { path: 'followup/specific', params: { followupKey: 'followup123' } },
  { path: 'followup/plan', params: { patientKey: 'patient789', locale: 'fr' } },
  { path: 'administration/franchise-management', params: {} },
  { path: 'administration/franchise-onboarding', params: {} },
  { path: 'administration/franchise-offboarding', params: {} },
  { path: 'statistics', params: {} },
];

const OWNER = {
  firstName: 'Odile',
  lastName: 'Tremblay',
  email: 'odile.tremblay@clinic.ca',
  licenseNumber: 'MD000001',
  preferredLanguage: 'FR',
};
const NOAH = {
  firstName: 'Noah',
  lastName: 'Singh',
  email: 'noah.singh@clinic.ca',
  licenseNumber: 'MD654321',
  preferredLanguage: 'EN',
};
const ELODIE = {
  firstName: 'Élodie',
  lastName: 'Côté',
  email: 'elodie.cote@clinic.ca',
  licenseNumber: 'MD123456',
  preferredLanguage: 'FR',
};

const KNOWN_ID = 'emp456';
const UNKNOWN_ID = 'emp123';
const RENAMED_USER = { userId: KNOWN_ID, ...ELODIE };

/** Everybody Empego knows before a launch. */
export const KNOWN_USERS = { owner: OWNER, users: { [KNOWN_ID]: NOAH } };

export const BARE_KNOWN_USER = { userId: KNOWN_ID };
export const BARE_UNKNOWN_USER = { userId: UNKNOWN_ID };
export const PARTIAL_UNKNOWN_USER = { userId: UNKNOWN_ID, firstName: ELODIE.firstName };
export const COMPLETE_UNKNOWN_USER = { userId: UNKNOWN_ID, ...ELODIE };

/** What a partial profile lacks, as JSON pointers. */
export const MISSING_FROM_PARTIAL = ['/lastName', '/email'];

/** The documented options: the user sent, whose session that gives, and what Empego then stores, if anything. */
export const USER_OPTIONS = [
  { title: "as the key's owner, without a header", actsAs: OWNER },
  { title: 'as an existing user, by userId alone, writing nothing', user: BARE_KNOWN_USER, actsAs: NOAH },
  { title: 'as a new user with a complete profile', user: COMPLETE_UNKNOWN_USER, actsAs: ELODIE, stores: ELODIE },
  { title: 'as an existing user whose profile it updates', user: RENAMED_USER, actsAs: ELODIE, stores: ELODIE },
  { title: 'as a clone of the owner, by an unknown userId', user: BARE_UNKNOWN_USER, actsAs: OWNER, stores: OWNER },
];
