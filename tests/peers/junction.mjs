// Junction's own OpenAPI documents between the stand-in and the gateway, with Prism to hold both to them.
//
//   node junction.mjs PATH_TO_THE_GATEWAYS_BINARY [FOLDER_OF_JUNCTIONS_OPENAPI_DOCUMENTS]

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { JunctionCaller } from './junction-caller.mjs';
import { junctionContract } from './junction-contract.mjs';
import { JunctionGateway } from './junction-gateway.mjs';
import { MUTATIONS } from './junction-mutations.mjs';
import {
  BINDING,
  DEMOGRAPHICS,
  MEMBER,
  MEMBER_ID,
  ORDER_ID,
  OTHER_BINDING,
  PATIENT_ID,
  SCENE,
  TEAM_ID,
  UNKNOWN_ID,
} from './junction-scene.mjs';
import { JunctionStandIn, OPERATIONS } from './junction-stand-in.mjs';
import { Prism } from './prism.mjs';
import { shownBy } from './simulator.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const [binary, documents] = process.argv.slice(2);
assert.ok(binary, "name the gateway's binary");

const folder = await temporaryFolder();
const contract = await junctionContract(documents, folder.path);
if (contract === undefined) {
  console.log("Junction's OpenAPI documents are not on this machine: nothing is held to them");
  process.exit(0);
}

const API_KEY = 'api-key-of-the-clinic';

let standIn;
let management;
let team;

before(async () => {
  standIn = await JunctionStandIn.start(binary, API_KEY);
  management = await Prism.start(contract.management, standIn.facts.managementUrl);
  team = await Prism.start(contract.team, standIn.facts.apiUrl);
});

after(async () => {
  await Promise.all([management?.stop(), team?.stop()]);
  await standIn?.stop();
});

beforeEach(async () => {
  exchanges();
  await standIn.restart(SCENE);
});

function junctionCaller() {
  const { orgId, managementKey: key } = standIn.facts;
  return new JunctionCaller({ management: management.origin, team: team.origin, orgId, key });
}

function exchanges() {
  return [...management.exchanges(), ...team.exchanges()];
}

/** Calls were made, all of them passed, and so did what was answered. */
async function assertAllKept() {
  const all = exchanges();
  for (const { method, path, status, violations } of all) {
    assert.deepEqual(violations, [], `${method} ${path}: ${status}`);
  }
  const journal = await standIn.journal();
  assert.ok(journal.length > 0);
  assert.equal(all.length, journal.length, 'what arrived was seen, and what was seen arrived');
}

describe("Junction's stand-in", () => {
  let caller;
  const called = new Set();

  before(() => (caller = junctionCaller()));

  afterEach(async () => {
    for (const operation of await standIn.operations()) {
      called.add(operation);
    }
    await assertAllKept();
  });

  after(() => assert.deepEqual([...called].toSorted(), OPERATIONS.toSorted(), 'no operation was left out'));

  it('keeps to the contract about teams', async () => {
    const everything = {
      name: 'Clinique du Nord',
      region: 'us',
      id: UNKNOWN_ID,
      integration_team_id: 'clinic-9',
      lab_tests_patient_sms_communication_enabled: false,
      lab_tests_patient_email_communication_enabled: true,
      critical_result_notification_email: 'results@clinic.ca',
      brand_information: { company_name: 'Nord', support_email: 'support@clinic.ca' },
      logo_url: 'https://clinic.ca/logo.png',
      partial_webhooks_enabled: null,
      minor_ordering_enabled: true,
    };
    await answers(200, caller.manage('POST', 'team', { name: '', region: 'eu' }));
    const { id } = await answers(200, caller.manage('POST', 'team', everything));
    assert.equal(id, UNKNOWN_ID);
    for (const environments of [[], ['sandbox'], ['production', 'sandbox']]) {
      const query = new URLSearchParams(environments.map((environment) => ['include_environment', environment]));
      await answers(200, caller.manage('GET', `team/${id}?${query}`));
    }
    await answers(200, caller.manage('POST', 'resolve_team', { integration_team_id: 'clinic-9' }));
    const conflict = await answers(409, caller.manage('POST', 'team', { ...everything, id: null }));
    assert.deepEqual(conflict, { team_id: id });
    await answers(404, caller.manage('POST', 'resolve_team', { integration_team_id: 'clinic-0' }));
    await answers(404, caller.manage('GET', `team/${MEMBER_ID}`));
  });

  it('keeps to the contract about members', async () => {
    const path = 'ehr_integration/member';
    const person = { integration_member_id: 'emp456', name: 'Noah Singh', email: 'noah.singh@clinic.ca' };
    const { id } = await answers(200, caller.manage('POST', path, person));
    const guided = { ...person, integration_member_id: 'emp789', avatar: null };
    guided.team_role_bindings = [{ ...BINDING, role: 'admin' }];
    await answers(200, caller.manage('POST', path, guided));
    assert.deepEqual(await answers(409, caller.manage('POST', path, person)), { member_id: id });
    const stray = { ...person, integration_member_id: 'emp000', team_role_bindings: [{ team_id: UNKNOWN_ID }] };
    await answers(404, caller.manage('POST', path, stray));
    await answers(200, caller.manage('POST', 'ehr_integration/resolve_member', { integration_member_id: 'emp456' }));
    await answers(404, caller.manage('POST', 'ehr_integration/resolve_member', { integration_member_id: 'emp000' }));
    await answers(200, caller.manage('GET', `${path}/${id}`));
    await answers(404, caller.manage('GET', `${path}/${UNKNOWN_ID}`));
    for (const change of [{}, { name: 'Noé', email: null }, { team_role_bindings: [BINDING, OTHER_BINDING] }]) {
      await answers(200, caller.manage('PATCH', `${path}/${id}`, change));
    }
    await answers(404, caller.manage('PATCH', `${path}/${UNKNOWN_ID}`, {}));
  });

  it('keeps to the contract about the integration', async () => {
    const { slug } = await answers(200, caller.manage('GET', 'ehr_integration/configuration'));
    assert.equal(slug, 'my-ehr');
  });

  it('keeps to the contract about dashboard URLs', async () => {
    const path = 'ehr_integration/create_dashboard_url';
    const launch = {
      integration_member_id: 'emp123',
      integration_team_id: 'clinic-7',
      feature: 'order_creation',
      modality: 'feature_embed',
      environment: 'sandbox',
    };
    const ids = { member_id: MEMBER_ID, team_id: TEAM_ID };
    const byIds = { ...launch, integration_member_id: null, integration_team_id: null, ...ids };
    const ofTheTeam = ['order_creation', 'team_panels', 'team_config'];
    const features = [...ofTheTeam, `order_creation:${PATIENT_ID}`, `order:${ORDER_ID}`];
    for (const feature of features) {
      await answers(200, caller.manage('POST', path, { ...launch, feature }));
    }
    await answers(200, caller.manage('POST', path, { ...byIds, modality: 'link_out', environment: 'production' }));
    await answers(422, caller.manage('POST', path, { ...byIds, integration_team_id: 'clinic-7' }));
    await answers(422, caller.manage('POST', path, { ...launch, integration_member_id: null, feature: 'orders' }));
    await answers(403, caller.manage('POST', path, { ...launch, integration_team_id: 'clinic-8' }));
    await answers(404, caller.manage('POST', path, { ...launch, integration_member_id: 'emp000' }));
    await answers(404, caller.manage('POST', path, { ...launch, feature: `order:${UNKNOWN_ID}` }));
  });

  it('keeps to the contract about patients', async () => {
    const token = await caller.token(TEAM_ID);
    const full = {
      client_user_id: 'patient456',
      fallback_time_zone: 'America/Toronto',
      fallback_birth_date: '1986-03-09',
      ingestion_start: '2026-01-01',
      ingestion_end: null,
    };
    const created = await answers(200, caller.ofTeam(token, 'POST', '/v2/user', full));
    const { user_id: id, created_on: createdOn } = created;
    const { detail } = await answers(400, caller.ofTeam(token, 'POST', '/v2/user', full));
    assert.deepEqual([detail.user_id, detail.created_on], [id, createdOn]);
    assert.deepEqual(await answers(200, caller.ofTeam(token, 'GET', '/v2/user/resolve/patient456')), created);
    assert.deepEqual(await answers(200, caller.ofTeam(token, 'GET', `/v2/user/${id}`)), created);
    await answers(200, caller.ofTeam(token, 'POST', '/v2/user', { client_user_id: 'a/b é?' }));
    await answers(200, caller.ofTeam(token, 'GET', `/v2/user/resolve/${encodeURIComponent('a/b é?')}`));
    await answers(404, caller.ofTeam(token, 'GET', '/v2/user/resolve/patient000'));
    await answers(404, caller.ofTeam(token, 'GET', `/v2/user/${UNKNOWN_ID}`));
    const { address } = DEMOGRAPHICS;
    const more = {
      ...DEMOGRAPHICS,
      address: { ...address, second_line: 'Apt 2', access_notes: null },
      medical_proxy: { first_name: 'Ana', last_name: 'Roy', address, phone_number: '+14155550124' },
      race: 'other',
      ethnicity: null,
    };
    for (const info of [DEMOGRAPHICS, more]) {
      await answers(200, caller.ofTeam(token, 'PATCH', `/v2/user/${id}/info`, info));
    }
    await answers(404, caller.ofTeam(token, 'PATCH', `/v2/user/${UNKNOWN_ID}/info`, DEMOGRAPHICS));
    await answers(422, caller.ofTeam(token, 'PATCH', '/v2/user/patient456/info', DEMOGRAPHICS));
    await answers(401, caller.ofTeam('other', 'GET', `/v2/user/${id}`));
  });

  it('keeps to the contract about orders', async () => {
    const token = await caller.token(TEAM_ID);
    await answers(200, caller.ofTeam(token, 'GET', `/v3/order/${ORDER_ID}`));
    await answers(200, caller.ofTeam(token, 'PATCH', `/v2/user/${PATIENT_ID}/info`, DEMOGRAPHICS));
    await answers(200, caller.ofTeam(token, 'GET', `/v3/order/${ORDER_ID}`));
    await answers(404, caller.ofTeam(token, 'GET', `/v3/order/${UNKNOWN_ID}`));
  });

  async function answers(expected, answer) {
    const { status, json } = await answer;
    assert.equal(status, expected, JSON.stringify(json));
    return json;
  }
});

describe('Prism catches', () => {
  for (const { title, fault, call, told } of MUTATIONS) {
    it(title, async () => {
      if (fault !== undefined) {
        await standIn.fault(fault);
      }
      await call(junctionCaller());
      const [{ violations }] = exchanges();
      assert.match(violations.join('\n'), told);
      const arrived = fault === undefined ? 0 : 1;
      assert.equal((await standIn.journal()).length, arrived, 'a wrong call goes no further');
    });
  }
});

/** Each of these arrived before the next. */
function assertOrder(operations, ...names) {
  const places = names.map((name) => operations.indexOf(name));
  assert.deepEqual(places, places.toSorted((one, other) => one - other), `${names} in ${operations}`);
  assert.ok(!places.includes(-1), `${names} in ${operations}`);
}

describe('the gateway', () => {
  const CLINICIAN = { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' };
  const LAUNCH_TEAM = { integrationTeamId: 'clinic-7', name: 'Clinique de l’Ouest' };
  const LAUNCH_PATIENT = {
    clientUserId: 'patient123',
    demographics: {
      firstName: 'Zoé',
      lastName: 'Roy',
      email: 'zoe.roy@example.com',
      phoneNumber: '+14155550123',
      gender: 'female',
      dob: '1986-03-09',
      address: { firstLine: '1 Main St', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
    },
  };
  const LAUNCH = { clinician: CLINICIAN, team: LAUNCH_TEAM, feature: 'order_creation', modality: 'feature_embed' };

  const FEATURES = [
    { title: 'an order for whom the clinician chooses', launch: {}, opens: 'order_creation' },
    {
      title: "an order for the host's patient",
      launch: { patient: LAUNCH_PATIENT },
      opens: `order_creation:${PATIENT_ID}`,
    },
    { title: 'an order for a patient by their own id', feature: `order_creation:${PATIENT_ID}` },
    { title: 'an order that there is', feature: `order:${ORDER_ID}` },
    {
      title: "an order of the host's patient",
      feature: `order:${ORDER_ID}`,
      launch: { patient: { clientUserId: 'patient123' } },
    },
    { title: 'panels', feature: 'team_panels' },
    { title: 'the configuration', feature: 'team_config' },
  ];

  const STRANGE_PATIENTS = ['a/b', 'é ü', '50%?#&+;', '%2F', 'info'];

  /** Whatever it asks of Junction: a team by Junction's id is never read, and the integration is only read by `doctor`. */
  const NEVER_ASKED = ['get_team', 'get_configuration'];
  const ASKED = OPERATIONS.filter((operation) => !NEVER_ASKED.includes(operation));

  let gateway;
  const asked = new Set();

  beforeEach(async () => {
    gateway = await startGateway();
  });

  afterEach(async () => {
    await gateway.stop();
    for (const operation of await standIn.operations()) {
      asked.add(operation);
    }
    await assertAllKept();
  });

  after(() => assert.deepEqual([...asked].toSorted(), ASKED.toSorted(), 'every call that it can make was seen'));

  for (const { title, feature = 'order_creation', launch = {}, opens = feature } of FEATURES) {
    for (const modality of ['feature_embed', 'link_out']) {
      it(`keeps to the contract for ${title}, as ${modality}`, async () => {
        const answer = await launched({ ...LAUNCH, ...launch, feature, modality });
        assert.deepEqual([answer.feature, answer.modality, answer.expiresIn], [opens, modality, 300]);
        assert.equal(answer.origin, new URL(standIn.facts.embedUrl).origin);
        const page = await fetch(answer.url);
        assert.equal(page.status, 200);
        const shown = shownBy(await page.text());
        assert.deepEqual(
          [shown.member, shown.team, shown.feature, shown.modality, shown.environment],
          ['Élodie Côté', 'Clinique de l’Ouest', opens, modality, 'sandbox'],
        );
      });
    }
  }

  it('keeps to the contract when team, clinician and patient are new', async () => {
    await standIn.restart();
    const { feature } = await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
    const operations = await standIn.operations();
    // What does not depend on each other is asked at once, and arrives in any order.
    assert.deepEqual(operations.toSorted(), [
      ...['create_api_access_token', 'create_dashboard_url', 'create_member', 'create_team', 'create_user'],
      ...['resolve_member', 'resolve_team', 'resolve_user', 'update_user_info'],
    ]);
    assertOrder(operations, 'resolve_team', 'create_team', 'create_api_access_token', 'resolve_user');
    for (const created of ['create_member', 'create_user']) {
      assertOrder(operations, 'resolve_member', created, 'create_dashboard_url');
      assertOrder(operations, 'resolve_user', created);
    }
    assertOrder(operations, 'create_user', 'update_user_info', 'create_dashboard_url');
    const { teams, members, users } = await standIn.state();
    assert.equal(teams[0].name, LAUNCH_TEAM.name);
    assert.equal(members[0].name, 'Élodie Côté');
    assert.deepEqual(members[0].team_role_bindings, [{ team_id: teams[0].id }]);
    assert.equal(feature, `order_creation:${users[0].user_id}`);
    assert.deepEqual(users[0].info, DEMOGRAPHICS);
  });

  it('keeps to the contract when everything is known', async () => {
    await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
    await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
    const operations = await standIn.operations();
    const first = operations.slice(0, 6);
    assert.deepEqual(first.toSorted(), [
      ...['create_api_access_token', 'create_dashboard_url', 'resolve_member', 'resolve_team', 'resolve_user'],
      'update_user_info',
    ]);
    assertOrder(first, 'resolve_team', 'create_api_access_token', 'resolve_user', 'update_user_info', 'create_dashboard_url');
    assertOrder(first, 'resolve_member', 'update_user_info');
    // What it learned is not asked for again.
    assert.deepEqual(operations.slice(6), ['update_user_info', 'create_dashboard_url']);
  });

  it('keeps to the contract when the team is named by its own id', async () => {
    await launched({ ...LAUNCH, team: { teamId: TEAM_ID } });
  });

  for (const bindings of ['replace', 'merge']) {
    it(`keeps to the contract, and a clinician all teams, when one is missing and updates ${bindings}`, async () => {
      await standIn.arrange({ bindings, members: [{ ...MEMBER, team_role_bindings: [OTHER_BINDING] }] });
      await launched(LAUNCH);
      assert.ok((await standIn.operations()).includes('update_member'));
      const { members } = await standIn.state();
      assert.deepEqual(members[0].team_role_bindings, [OTHER_BINDING, BINDING]);
    });
  }

  it('keeps to the contract when its token is revoked', async () => {
    await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
    await standIn.revokeTokens();
    await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
    const operations = await standIn.operations();
    assert.equal(operations.filter((operation) => operation === 'create_api_access_token').length, 2);
  });

  it('keeps to the contract when what it knows is gone', async () => {
    await standIn.restart();
    await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
    await standIn.restart();
    exchanges();
    await launched({ ...LAUNCH, patient: LAUNCH_PATIENT });
  });

  it('keeps to the contract for patients with strange names', async () => {
    for (const clientUserId of STRANGE_PATIENTS) {
      const patient = { clientUserId };
      const first = await launched({ ...LAUNCH, patient });
      const { users } = await standIn.state();
      const { user_id: id } = users.find((user) => user.client_user_id === clientUserId);
      assert.equal(first.feature, `order_creation:${id}`, 'it was made by its name');
    }
    await gateway.stop();
    gateway = await startGateway();
    for (const clientUserId of STRANGE_PATIENTS) {
      await launched({ ...LAUNCH, patient: { clientUserId } });
    }
    const { users } = await standIn.state();
    assert.equal(users.length, 1 + STRANGE_PATIENTS.length, 'it was found by its name');
  });

  function startGateway() {
    const apis = { management: management.origin, team: team.origin };
    return JunctionGateway.start(binary, folder.path, standIn, apis);
  }

  async function launched(launch) {
    const { status, json } = await gateway.launch(launch);
    assert.equal(status, 200, JSON.stringify(json));
    return json;
  }
});
