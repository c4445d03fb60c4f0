// The ways that Empego documents to say whose session it is to be, each with a clinician to try it with.

const ELODIE = {
  userId: 'emp123',
  firstName: 'Élodie',
  lastName: 'Côté',
  email: 'elodie.cote@clinic.ca',
  licenseNumber: 'MD123456',
  preferredLanguage: 'FR',
};

export const OPTIONS = [
  { id: 'owner', intent: 'owner', clinician: null },
  { id: 'existing', intent: 'existing', clinician: { userId: 'emp042' } },
  { id: 'upsert', intent: 'upsert', clinician: ELODIE },
  { id: 'clone', intent: 'clone', clinician: { userId: 'emp789' } },
];

/** What a clinician consists of, in the order of the header. */
export const FIELDS = ['userId', 'firstName', 'lastName', 'email', 'licenseNumber', 'preferredLanguage'];
