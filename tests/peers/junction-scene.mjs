// What is at Junction before a test: two teams, a member of one, and its patient.

export const TEAM_ID = '11111111-1111-4111-8111-111111111111';
const OTHER_TEAM_ID = '22222222-2222-4222-8222-222222222222';
export const MEMBER_ID = '33333333-3333-4333-8333-333333333333';
export const PATIENT_ID = '44444444-4444-4444-8444-444444444444';
export const ORDER_ID = '55555555-5555-4555-8555-555555555555';
/** Nothing has it. */
export const UNKNOWN_ID = '99999999-9999-4999-8999-999999999999';

const TEAM = { id: TEAM_ID, name: 'Clinique de l’Ouest', integration_team_id: 'clinic-7' };
const OTHER_TEAM = { id: OTHER_TEAM_ID, name: 'Clinique de l’Est', integration_team_id: 'clinic-8', region: 'eu' };
export const BINDING = { team_id: TEAM_ID };
export const OTHER_BINDING = { team_id: OTHER_TEAM_ID };
export const MEMBER = {
  id: MEMBER_ID,
  integration_member_id: 'emp123',
  name: 'Élodie Côté',
  email: 'elodie.cote@clinic.ca',
  team_role_bindings: [BINDING],
};
const PATIENT = { user_id: PATIENT_ID, team_id: TEAM_ID, client_user_id: 'patient123' };
const ORDER = { id: ORDER_ID, user_id: PATIENT_ID, team_id: TEAM_ID };

/** A member of one of two teams, and a patient of that team who has an order. */
export const SCENE = { teams: [TEAM, OTHER_TEAM], members: [MEMBER], users: [PATIENT], orders: [ORDER] };

/** A patient's, as Junction takes them. */
export const DEMOGRAPHICS = {
  first_name: 'Zoé',
  last_name: 'Roy',
  email: 'zoe.roy@example.com',
  phone_number: '+14155550123',
  gender: 'female',
  dob: '1986-03-09',
  address: { first_line: '1 Main St', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
};
