// Orders in the state that a refusal needs, each for a patient of its own: a patient has one visit at a time.

import { OrderCalls, TEAM, turnClock } from './orders-calls.js';

const CLINICIAN = { userId: 'emp321', firstName: 'Sam', lastName: 'Roy', email: 'sam.roy@clinic.ca' };
const PATIENT = {
  firstName: 'Ana',
  lastName: 'Diaz',
  email: 'ana.diaz@example.com',
  phoneNumber: '+16025550123',
  gender: 'female',
  dob: '1986-03-09',
};
const ADDRESS = { firstLine: '1 West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004' };

/** A test that asks nothing. */
const TEST = '2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512';

const REQUESTED_FROM = 'phlebfinders';

export class OrderDesk {
  #calls;
  #simulator;

  constructor({ scene, simulator }) {
    this.#calls = new OrderCalls(scene.credentials.documented);
    this.#simulator = simulator;
  }

  /** Places an order with something else about it. */
  place({ patient, address, ...others }, key = crypto.randomUUID()) {
    return this.#calls.place(body({ patient, address, ...others }), key);
  }

  /** Places an order, and under the same key another. */
  async placeTwice(change) {
    const key = crypto.randomUUID();
    const first = body({});
    await this.#calls.place(first, key);
    return this.#calls.place({ ...first, ...change }, key);
  }

  /** Places an order without a key. */
  placeWithoutKey() {
    return this.#calls.place(body({}), undefined);
  }

  /** The id of an order that was just placed. */
  async placed() {
    const { document } = await this.place({});
    return document.orderId;
  }

  /** The id of an order with its requisition, and two slots for it, far ahead. */
  async offered() {
    const order = await this.placed();
    await this.happens(order, 'requisition');
    const { document } = await this.slots(order);
    return [order, ...document.days.at(-1).slots.slice(0, 2).map(({ slot }) => slot)];
  }

  slots(order) {
    return this.#calls.slots(order);
  }

  book(order, slot) {
    return this.#calls.arrange(order, { slot });
  }

  request(order) {
    return this.#calls.arrange(order, { provider: REQUESTED_FROM });
  }

  reschedule(order, slot) {
    return this.#calls.reschedule(order, { slot });
  }

  cancel(order) {
    return this.#calls.cancelOrder(order, {});
  }

  results(order) {
    return this.#calls.results(order);
  }

  /** Has something happen to an order at Junction. */
  async happens(order, step, details = {}) {
    await this.#simulator.control('POST', `junction/orders/${order}/${step}`, details);
  }

  /** Arranges what goes wrong with the next call. */
  async next(mishaps) {
    await this.#simulator.control('PUT', 'junction/next', mishaps);
  }

  wait(seconds) {
    return turnClock(seconds);
  }

  /** A moment of the demo's clock. */
  async inHours(hours) {
    const { now } = await turnClock(0);
    return new Date(Date.parse(now) + hours * 3_600_000).toISOString();
  }
}

function body({ patient, address, ...others }) {
  return {
    clinician: CLINICIAN,
    team: { integrationTeamId: TEAM },
    patient: { clientUserId: `provoked-${crypto.randomUUID()}`, demographics: { ...PATIENT, ...patient } },
    address: { ...ADDRESS, ...address },
    tests: [TEST],
    ...others,
  };
}
