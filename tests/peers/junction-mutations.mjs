// Every way in which a call of Junction, or its answer, can break the contract: what shows that Prism would notice.

import { MEMBER_ID, PATIENT_ID, TEAM_ID } from './junction-scene.mjs';

const ANSWERED_WRONGLY = { contentType: 'application/json', status: 200 };

/** Calls that break a rule, or whose answer does, and how Prism tells it. */
export const MUTATIONS = [
  {
    title: 'a call without its key',
    call: (caller) => caller.manage('GET', `team/${TEAM_ID}`, undefined, {}),
    told: /Invalid security scheme/,
  },
  {
    title: 'a path that there is not',
    call: (caller) => caller.manage('POST', `team/${TEAM_ID}/create_access_token`, { env: 'sandbox' }),
    told: /no path matched/,
  },
  {
    title: 'a method that there is not',
    call: (caller) => caller.manage('PUT', `ehr_integration/member/${MEMBER_ID}`, {}),
    told: /no method matched/,
  },
  {
    title: 'a member of a body that is missing',
    call: (caller) => caller.manage('POST', `team/${TEAM_ID}/create_api_access_token`, {}),
    told: /required property 'env'/,
  },
  {
    title: 'a member of a body that there is not',
    call: (caller) => caller.manage('POST', 'team', { name: 'A', region: 'us', environment: 'sandbox' }),
    told: /additional properties/,
  },
  {
    title: 'a text that is too long',
    call: (caller) => caller.manage('POST', 'resolve_team', { integration_team_id: 'x'.repeat(257) }),
    told: /more than 256 characters/,
  },
  {
    title: 'an id that is none',
    call: (caller) => caller.manage('GET', 'ehr_integration/member/emp123'),
    told: /format "uuid"/,
  },
  {
    title: 'a word that is not one of the list',
    call: (caller) => caller.manage('POST', `team/${TEAM_ID}/create_api_access_token`, { env: 'test' }),
    told: /one of the allowed values/,
  },
  {
    title: 'a call of a team without its token',
    call: (caller) => caller.ofTeam('', 'GET', `/v2/user/${PATIENT_ID}`),
    told: /Invalid security scheme/,
  },
  {
    title: 'an answer that lacks a member',
    fault: { ...ANSWERED_WRONGLY, body: '{"url":"https://junction.example/"}' },
    call: (caller) =>
      caller.manage('POST', 'ehr_integration/create_dashboard_url', {
        member_id: MEMBER_ID,
        team_id: TEAM_ID,
        feature: 'team_panels',
        modality: 'link_out',
        environment: 'sandbox',
      }),
    told: /required property 'expires_in'/,
  },
  {
    title: 'an answer of a wrong type',
    fault: { ...ANSWERED_WRONGLY, body: '{"access_token":"t","expires_in":"600"}' },
    call: (caller) => caller.manage('POST', `team/${TEAM_ID}/create_api_access_token`, { env: 'sandbox' }),
    told: /expires_in must be integer/,
  },
  {
    title: 'an answer of success that is not declared',
    fault: { ...ANSWERED_WRONGLY, status: 201, body: '{}' },
    call: (caller) => caller.manage('POST', 'resolve_team', { integration_team_id: 'clinic-7' }),
    told: /Unable to match the returned status code/,
  },
  {
    title: 'an answer of trouble that is not declared',
    fault: { ...ANSWERED_WRONGLY, status: 418, body: '{}' },
    call: (caller) => caller.manage('POST', 'resolve_team', { integration_team_id: 'clinic-7' }),
    told: /Unable to match the returned status code/,
  },
];
