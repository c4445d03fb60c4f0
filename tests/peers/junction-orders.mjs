// Junction's own OpenAPI documents between the stand-in and a caller that orders at-home tests, with Prism to hold both to
// them.
//
//   node junction-orders.mjs PATH_TO_THE_GATEWAYS_BINARY [FOLDER_OF_JUNCTIONS_OPENAPI_DOCUMENTS]

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { JunctionCaller } from './junction-caller.mjs';
import { junctionContract } from './junction-contract.mjs';
import { DEMOGRAPHICS, MEMBER_ID, PATIENT_ID, SCENE, TEAM_ID, UNKNOWN_ID } from './junction-scene.mjs';
import { JunctionStandIn, ORDER_OPERATIONS } from './junction-stand-in.mjs';
import { Prism } from './prism.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const [binary, documents] = process.argv.slice(2);
assert.ok(binary, "name the gateway's binary");

const folder = await temporaryFolder();
const contract = await junctionContract(documents, folder.path);
if (contract === undefined) {
  console.log("Junction's OpenAPI documents are not on this machine: nothing is held to them");
  process.exit(0);
}

const TEST_ID = '0b9c1de5-6f4a-4d0e-9a63-2f5d1c7e8b40';
const { address, ...details } = DEMOGRAPHICS;
const { zip, country, ...place } = address;
/** A visit's address: its ZIP has another name than an order's. */
const VISIT_ADDRESS = { ...place, second_line: 'Apt 4', zip_code: zip };
const ORDER = {
  user_id: PATIENT_ID,
  order_set: { lab_test_ids: [TEST_ID] },
  collection_method: 'at_home_phlebotomy',
  creator_member_id: MEMBER_ID,
  aoe_answers: [{ marker_id: 1001, question_id: 1_234_567_890_251, answer: 'Y' }],
  patient_details: { ...details, first_name: 'Zoe', race: 'other' },
  patient_address: { ...place, zip, country, second_line: 'Apt 4', access_notes: 'Gate 4' },
  physician: { first_name: 'Ana', last_name: 'Roy', npi: '1234567890' },
  icd_codes: ['E11.9'],
  consents: [{ consentType: 'terms-of-use' }],
  clinical_notes: 'None',
  priority: true,
};

describe("Junction's stand-in", () => {
  let standIn;
  let management;
  let team;
  let caller;
  let token;
  const called = new Set();

  before(async () => {
    standIn = await JunctionStandIn.start(binary, 'api-key-of-the-clinic');
    management = await Prism.start(contract.management, standIn.facts.managementUrl);
    team = await Prism.start(contract.team, standIn.facts.apiUrl);
    const { orgId, managementKey: key } = standIn.facts;
    caller = new JunctionCaller({ management: management.origin, team: team.origin, orgId, key });
  });

  after(async () => {
    await Promise.all([management?.stop(), team?.stop()]);
    await standIn?.stop();
  });

  beforeEach(async () => {
    await standIn.restart(SCENE);
    token = await caller.token(TEAM_ID);
  });

  afterEach(async () => {
    const exchanges = [...management.exchanges(), ...team.exchanges()];
    assert.ok(exchanges.length > 1);
    for (const { method, path, status, violations } of exchanges) {
      assert.deepEqual(violations, [], `${method} ${path}: ${status}`);
    }
    for (const operation of await standIn.operations()) {
      called.add(operation);
    }
  });

  after(() => assert.deepEqual(ORDER_OPERATIONS.filter((operation) => !called.has(operation)), [], 'none is left out'));

  it('keeps to the contract about tests and areas', async () => {
    const { data } = await get('/v3/lab_test?collection_method=at_home_phlebotomy&status=active&lab_test_limit=1');
    assert.equal(data[0].id, TEST_ID);
    await get(`/v3/lab_tests/${TEST_ID}`);
    await get(`/v3/lab_tests/${TEST_ID}/markers?page=1&size=100`);
    for (const area of ['85004', '54650', '10001', '99999']) {
      await get(`/v3/order/area/info?zip_code=${area}`);
    }
    await get('/v3/order/phlebotomy/appointment/cancellation-reasons');
  });

  it('keeps to the contract from an order to its results', async () => {
    const { order } = await post('/v3/order', ORDER);
    const path = `/v3/order/${order.id}`;
    await standIn.advance(31);
    await pdf(`${path}/requisition/pdf`);
    const [first, second] = await bookingKeys();
    const visit = `${path}/phlebotomy/appointment`;
    await post(`${visit}/book`, { booking_key: first, appointment_notes: 'Ring twice' });
    await call(200, 'PATCH', `${visit}/reschedule`, { booking_key: second });
    await get(visit);
    await get(path);
    for (const status of ['sample_with_lab.at_home_phlebotomy.partial_results', 'completed.at_home_phlebotomy.corrected']) {
      await post(`${path}/test?final_status=${status}`, { interpretation: 'critical', has_missing_results: true });
      await get(path);
      await get(`${path}/result`);
      await get(`${path}/result/metadata`);
    }
    await pdf(`${path}/result/pdf`);
    const transaction = `/v3/order_transaction/${order.order_transaction.id}`;
    await get(transaction);
    await get(`${transaction}/result`);
    await pdf(`${transaction}/result/pdf`);
    const { total } = await get(`/v3/orders?user_id=${PATIENT_ID}&status=ordered&status=corrected&size=1`);
    assert.equal(total, 2);
    await post('/v3/order/resend_events', { order_ids: [order.id] });
  });

  it('keeps to the contract about visits that are requested and cancelled', async () => {
    const { order } = await post('/v3/order', { ...ORDER, passthrough: 'a', billing_type: 'patient_bill' });
    const visit = `/v3/order/${order.id}/phlebotomy/appointment`;
    await call(404, 'GET', visit);
    await call(404, 'GET', `/v3/order/${UNKNOWN_ID}`);
    await standIn.advance(31);
    await post(`${visit}/request`, { address: VISIT_ADDRESS, provider: 'phlebfinders' });
    const [{ id: reason }] = await get('/v3/order/phlebotomy/appointment/cancellation-reasons');
    await call(200, 'PATCH', `${visit}/cancel`, { cancellation_reason_id: reason, notes: null });
    await call(200, 'POST', `/v3/order/${order.id}/cancel`);
    await get(visit);
    await call(422, 'POST', '/v3/order', { ...ORDER, patient_details: { ...ORDER.patient_details, first_name: 'Zoé' } });
  });

  it('keeps to the contract about webhooks', async () => {
    const path = `team/${TEAM_ID}/sandbox/webhook`;
    const everything = {
      url: 'http://127.0.0.1:9/',
      description: 'orders',
      rate_limit: 10,
      disabled: true,
      filter_types: ['labtest.order.updated'],
      secret: 'whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=',
    };
    const created = await manage(200, 'POST', path, everything);
    const webhook = `${path}/${created.id}`;
    assert.deepEqual(await manage(200, 'GET', webhook), created);
    await manage(200, 'PATCH', webhook, { disabled: false });
    await manage(200, 'GET', path);
    const { key } = await manage(200, 'GET', `${webhook}/secret`);
    assert.equal(key, everything.secret);
    await manage(204, 'POST', `${webhook}/secret/rotate`, {});
    await manage(204, 'PUT', `${webhook}/headers`, { headers: { 'x-route': 'a' } });
    await manage(200, 'GET', `${webhook}/headers`);
    await manage(204, 'DELETE', webhook);
    await manage(404, 'GET', webhook);
  });

  async function bookingKeys() {
    const { slots } = await post('/v3/order/phlebotomy/appointment/availability', VISIT_ADDRESS);
    return slots.flatMap((day) => day.slots).map((slot) => slot.booking_key);
  }

  function get(path) {
    return call(200, 'GET', path);
  }

  function post(path, body) {
    return call(200, 'POST', path, body);
  }

  async function pdf(path) {
    const { status, bytes } = await caller.ofTeam(token, 'GET', path);
    assert.deepEqual([status, bytes.subarray(0, 5).toString()], [200, '%PDF-']);
  }

  async function call(expected, method, path, body) {
    return answered(expected, await caller.ofTeam(token, method, path, body));
  }

  async function manage(expected, method, path, body) {
    return answered(expected, await caller.manage(method, path, body));
  }

  function answered(expected, { status, json }) {
    assert.equal(status, expected, JSON.stringify(json));
    return json;
  }
});
