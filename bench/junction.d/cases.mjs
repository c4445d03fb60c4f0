// What is launched, in which world, and how many trips one after another that may take.

export const TEAM = '11111111-1111-4111-8111-111111111111';
const OTHER_TEAM = '22222222-2222-4222-8222-222222222222';
const PATIENT = '44444444-4444-4444-8444-444444444444';
const ORDER = '55555555-5555-4555-8555-555555555555';

/** What is at Junction before each launch. */
export const WORLD = {
  teams: [
    { id: TEAM, name: 'Cardiology', integration_team_id: 'cardio' },
    { id: OTHER_TEAM, name: 'Dermatology', integration_team_id: 'derma' },
  ],
  members: [
    {
      id: '33333333-3333-4333-8333-333333333333',
      integration_member_id: 'emp123',
      name: 'Élodie Côté',
      email: 'elodie@clinic.ca',
      team_role_bindings: [{ team_id: TEAM }],
    },
  ],
  users: [{ user_id: PATIENT, team_id: TEAM, client_user_id: 'patient123' }],
  orders: [{ id: ORDER, user_id: PATIENT, team_id: TEAM }],
};

const ELODIE = {
  clinician: { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie@clinic.ca' },
  team: { integrationTeamId: 'cardio' },
  feature: 'order_creation',
  modality: 'feature_embed',
};
const NOAH = { userId: 'emp999', firstName: 'Noah', lastName: 'Singh', email: 'noah.singh@clinic.ca' };
const KNOWN = { clientUserId: 'patient123' };
const NEW = { clientUserId: 'someone-new' };

/** `before` is launched first, so that the gateway remembers it. */
export const CASES = [
  { name: 'nothing remembered; the member exists', body: ELODIE, atMost: 3 },
  { name: 'nothing remembered; member and patient exist', body: { ...ELODIE, patient: KNOWN }, atMost: 4 },
  { name: 'nothing remembered; an order', body: { ...ELODIE, feature: `order:${ORDER}` }, atMost: 4 },
  {
    name: 'nothing remembered; an order, and whose it has to be',
    body: { ...ELODIE, feature: `order:${ORDER}`, patient: KNOWN },
    atMost: 5,
  },
  {
    name: 'nothing remembered; a member of another team',
    body: { ...ELODIE, team: { integrationTeamId: 'derma' } },
    atMost: 6,
  },
  { name: 'the first launch of a clinician and a patient', body: { ...ELODIE, clinician: NOAH, patient: NEW }, atMost: 5 },
  {
    name: 'the first launch of a team, a clinician and a patient',
    body: { ...ELODIE, team: { integrationTeamId: 'north', name: 'North' }, clinician: NOAH, patient: NEW },
    atMost: 6,
  },
  { name: 'a new patient of a busy clinic', before: { ...ELODIE, patient: KNOWN }, body: { ...ELODIE, patient: NEW }, atMost: 3 },
  { name: 'everything remembered', before: { ...ELODIE, patient: KNOWN }, body: { ...ELODIE, patient: KNOWN }, atMost: 1 },
];
