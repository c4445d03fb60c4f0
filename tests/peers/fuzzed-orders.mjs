// Orders that are there before the fuzzer comes, each as far as one operation needs it: what a schema cannot say is which
// orders there are, and what may be done about them.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

/** How many orders an operation has. What it changes, it changes once; its other requests find it done. */
const OF_EACH = 4;

/** How the stand-in treats them: at once, and with room for the visits of all runs. */
const BEHAVIOUR = { requisitionAfterSecs: 0, slots: { capacity: 1000, keyLifeSecs: null } };

const CLINICIAN = { userId: 'emp789', firstName: 'Noah', lastName: 'Singh', email: 'noah.singh@clinic.ca' };
const DEMOGRAPHICS = {
  firstName: 'Zoe',
  lastName: 'Roy',
  email: 'zoe.roy@example.com',
  phoneNumber: '+16025550123',
  gender: 'female',
  dob: '1986-03-09',
};
const ADDRESS = { firstLine: '1 West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004' };
const TEST = '2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512';
/** Who takes requests for visits there. */
const PROVIDER = 'phlebfinders';

/** Reads and writes orders as one host does, and has things happen to them at the stand-in. */
export class FuzzedOrders {
  #origin;
  #headers;
  #standIn;
  #isOfToken;
  #team;

  /** `credentials` are lines of headers; `standIn` controls Junction's; `team` is what the host calls its own. */
  constructor({ origin, credentials, standIn, isOfToken, team }) {
    this.#origin = origin;
    this.#headers = Object.fromEntries(credentials.map((line) => line.split(': ')));
    this.#standIn = standIn;
    this.#isOfToken = isOfToken;
    this.#team = team;
  }

  /** The orders by what they are for, each of a patient of its own; and what there is to order, where, and to cancel for. */
  async prepare() {
    const purposes = ['read', 'bookable', 'movable', 'booked', 'cancellable', 'simulated', 'resulted'];
    const orders = {};
    await this.#standIn('PUT', 'junction/orders-behaviour', BEHAVIOUR);
    for (const purpose of purposes) {
      orders[purpose] = await this.#several(() => this.#place());
    }
    for (const order of orders.bookable) {
      order.slot = (await this.#slots(order)).at(-1);
    }
    for (const order of [...orders.movable, ...orders.booked]) {
      const slots = await this.#slots(order);
      await this.#call('POST', `/v1/junction/orders/${order.id}/visit`, { slot: slots.at(-1) });
      order.slot = slots.at(-2);
    }
    for (const { id } of orders.resulted) {
      for (const step of ['draw', 'final', 'pdf_ready']) {
        await this.#standIn('POST', `junction/orders/${id}/${step}`, {});
      }
    }
    const { reasons } = await this.#call('GET', '/v1/junction/cancellation-reasons');
    const reason = reasons.find(({ name }) => name.toLowerCase() !== 'other').reasonId;
    return { orders, reason, test: TEST, address: ADDRESS, provider: PROVIDER };
  }

  async #several(place) {
    const placed = [];
    while (placed.length < OF_EACH) {
      placed.push(await place());
    }
    return placed;
  }

  async #place() {
    const whose = this.#isOfToken
      ? {}
      : { clinician: CLINICIAN, team: { integrationTeamId: this.#team, name: 'Clinic' } };
    const patient = { clientUserId: randomUUID(), demographics: DEMOGRAPHICS };
    const order = { ...whose, patient, address: ADDRESS, tests: [TEST] };
    const { orderId } = await this.#call('POST', '/v1/junction/orders', order, { 'Idempotency-Key': randomUUID() });
    return { id: orderId };
  }

  /** What books the times that there are, the first one first. */
  async #slots({ id }) {
    const { days } = await this.#call('POST', `/v1/junction/orders/${id}/slots`, {});
    return days.flatMap(({ slots }) => slots).map(({ slot }) => slot).filter(Boolean);
  }

  async #call(method, path, body, more = {}) {
    const team = this.#isOfToken || path === '/v1/junction/orders' ? {} : { 'x-junction-team': this.#team };
    const content = body && { 'Content-Type': 'application/json' };
    const response = await fetch(new URL(path, this.#origin), {
      method,
      headers: { ...this.#headers, ...team, ...content, ...more },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
