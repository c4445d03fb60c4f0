// Junction's own clients for Node and Python, under their current and their former names, against the gateway in Junction's place.
//
//   node junction-sdks.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_THE_FOLDER_OF_REQUIREMENTS

import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { run } from './children.mjs';
import { JunctionGateway } from './junction-gateway.mjs';
import { ClientError, clients } from './junction-sdks/clients.mjs';
import { SCENE } from './junction-scene.mjs';
import { JunctionStandIn } from './junction-stand-in.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const [binary, folderOfRequirements] = process.argv.slice(2);
assert.ok(binary && folderOfRequirements, "name the gateway's binary, and the folder of what requirements.txt lists");

const HOST = `
junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results", "simulate"]
junction_api = true
`;

/** A test that asks nothing. */
const TEST = '2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512';

const DAY = 24 * 60 * 60;

const folder = await temporaryFolder();
const keyring = `${folder.path}/keyring`;
const made = await run(binary, ['audit', 'key', 'new', '--keyring', keyring]);
assert.equal(made.code, 0, made.output);
const STORE = `
[store]
engine = "sqlite"
file = "${folder.path}/store.sqlite3"

[audit]
sink = "off"
keyring_file = "${keyring}"
`;

let standIn;
let gateway;
let all;

before(async () => {
  standIn = await JunctionStandIn.start(binary, 'api-key-of-the-clinic');
  await standIn.restart(SCENE);
  const { managementUrl: management, apiUrl: team } = standIn.facts;
  gateway = await JunctionGateway.start(binary, folder.path, standIn, { management, team }, { host: HOST, more: STORE });
  const address = new URL('/junction-api/t/clinic-7', gateway.address).href;
  all = clients(address, gateway.hostKey, resolve(folderOfRequirements));
});

after(async () => {
  await Promise.all((all ?? []).map((client) => client.stop()));
  await gateway?.stop();
  await standIn?.stop();
});

for (const [number, name] of ['@junction-api/sdk', '@tryvital/vital-node', 'junction-api-sdk', 'vital'].entries()) {
  describe(name, () => {
    let client;
    let user;

    before(() => {
      client = all[number];
    });

    /** An order that has its requisition. */
    async function placed(firstName) {
      const order = await client.placeOrder(user, TEST, firstName);
      await standIn.advance(60);
      return order;
    }

    it('is the one that it should be', () => assert.equal(client.name, name));

    it('creates a patient, and finds them', async () => {
      user = await client.createUser(`patient of ${number}`);
      assert.equal(await client.resolveUser(`patient of ${number}`), user);
    });

    it('asks what there is', async () => {
      assert.equal(await client.isServed('85004'), true);
      assert.equal(await client.isServed('99501'), false);
      assert.ok((await client.tests()).includes(TEST));
    });

    it('goes the whole way of an order', async () => {
      const order = await placed('Zoe');
      assert.deepEqual(await client.order(order), { id: order, url: null });
      assert.equal(await client.requisitionPdf(order), '%PDF');
      const slots = await client.slots();
      const booked = await client.book(order, slots[20].key);
      assert.equal(time(booked.start), time(slots[20].start));
      const moved = await client.reschedule(order, slots[21].key);
      assert.equal(time(moved.start), time(slots[21].start));
      const [reason] = await client.reasons();
      const cancelled = await client.cancelVisit(order, reason, false);
      assert.equal(cancelled.status, 'cancelled');
      assert.equal(await client.cancelOrder(order), order);
      assert.ok((await client.orders(user)).includes(order));
    });

    it('reads results', async () => {
      const order = await placed('Rosa');
      await fails(client.results(order), 404, 'results_not_ready');
      await fails(client.resultsPdf(order), 404, 'results_not_ready');
      await client.book(order, (await client.slots())[20].key);
      await client.simulate(order, 'completed.at_home_phlebotomy.completed');
      await standIn.advance(30 * DAY);
      assert.ok((await client.results(order)) > 0);
      assert.equal(await client.resultsPdf(order), '%PDF');
      // The gateway's clock did not go on: it would take a visit of tomorrow for one that is far away.
      await standIn.setClock(new Date());
    });

    it('makes one visit of a booking that fails after it was made', async () => {
      for (const what of ['done_but_500', 'done_but_503', 'done_but_reset']) {
        const order = await placed(`Ada ${what.length}${what.at(-1)}`);
        const slot = (await client.slots())[10];
        await standIn.next({ book: what });
        const calls = await callsSinceNow();
        const booked = await client.book(order, slot.key);
        assert.equal(time(booked.start), time(slot.start), what);
        assert.equal(await calls('book_appointment'), 1, what);
        assert.equal((await client.visit(order)).id, booked.id);
        await client.cancelVisit(order, (await client.reasons())[0], true);
      }
    });

    it('makes one visit of a request that fails after it was made', async () => {
      const order = await placed('Emmy');
      await standIn.next({ request: 'done_but_503' });
      const calls = await callsSinceNow();
      const requested = await client.request(order, 'phlebfinders');
      assert.equal((await client.request(order, 'phlebfinders')).id, requested.id, 'once more');
      assert.equal(await calls('request_appointment'), 1);
      await fails(client.book(order, (await client.slots())[10].key), 400, 'visit_active');
      await client.cancelVisit(order, (await client.reasons())[0], true);
    });

    it('makes one order of one that fails after it was made', async () => {
      const before = await client.orders(user);
      await standIn.next({ place: 'done_but_500' });
      const order = await client.placeOrder(user, TEST, 'Grace');
      assert.equal(await client.placeOrder(user, TEST, 'Grace'), order, 'the same bytes again');
      assert.deepEqual((await client.orders(user)).filter((id) => !before.includes(id)), [order]);
    });

    it('is told why something cannot be done, and does not ask again', async () => {
      const none = await callsSinceNow();
      const refused = await fails(client.placeOrder(user, TEST, 'Élodie'), 422, 'name_not_orderable');
      assert.deepEqual(refused.detail[0].loc, ['body', 'patient_details', 'first_name']);
      assert.equal(await none('create_order'), 0);
      const order = await client.placeOrder(user, TEST, 'Mary');
      await fails(client.book(order, (await client.slots())[0].key), 400, 'requisition_pending');
      await standIn.advance(60);
      const slots = await client.slots();
      await client.book(order, slots[0].key);
      await fails(client.book(order, slots[30].key), 400, 'visit_active');
      const [reason] = await client.reasons();
      await fails(client.cancelVisit(order, reason, false), 400, 'late_cancellation');
      const calls = await callsSinceNow();
      const cancelled = await client.cancelVisit(order, reason, true);
      assert.equal(cancelled.status, 'cancelled');
      assert.equal(await calls('cancel_appointment'), 1);
    });
  });
}

/** How often Junction is called by a name from now on. */
async function callsSinceNow() {
  const { length } = await standIn.operations();
  return async (name) => (await standIn.operations()).slice(length).filter((call) => call === name).length;
}

function time(text) {
  return new Date(text).toISOString();
}

/** The body of the error that a call ends with. A client for Python shows what it could read of it. */
async function fails(call, status, code) {
  let error;
  try {
    await call;
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof ClientError, String(error));
  assert.equal(error.status, status, error.message);
  if (error.body.code !== undefined) {
    assert.equal(error.body.code, code);
  }
  return error.body;
}
