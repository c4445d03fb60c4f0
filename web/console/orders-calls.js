// The calls about orders, as the EHR's server sends them.

import { send } from './calls.js';

const ORDERS = '/v1/junction/orders';

/** The clinic whose orders these are. */
export const TEAM = 'clinic-7';

export class OrderCalls {
  #headers;

  constructor(credential) {
    this.#headers = { Authorization: `Bearer ${credential}`, 'x-junction-team': TEAM };
  }

  coverage(zip) {
    return this.#post('/v1/junction/coverage', { zip });
  }

  tests() {
    return this.#get('/v1/junction/tests');
  }

  reasons() {
    return this.#get('/v1/junction/cancellation-reasons');
  }

  /** Asks whether this could be placed; nothing is sent to Junction. */
  explain(body, signal) {
    return this.#post('/v1/explain/junction/orders', body, {}, signal);
  }

  /** Under one key, an order is placed once. */
  place(body, key) {
    return this.#post(ORDERS, body, key === undefined ? {} : { 'Idempotency-Key': key });
  }

  read(order) {
    return this.#get(`${ORDERS}/${order}`);
  }

  search(clientUserId) {
    return this.#post(`${ORDERS}/search`, { patient: { clientUserId } });
  }

  slots(order) {
    return this.#post(`${ORDERS}/${order}/slots`, {});
  }

  /** Books a time, or requests a visit without one. */
  arrange(order, visit) {
    return this.#post(`${ORDERS}/${order}/visit`, visit);
  }

  reschedule(order, visit) {
    return this.#post(`${ORDERS}/${order}/visit/reschedule`, visit);
  }

  cancelVisit(order, cancellation) {
    return this.#post(`${ORDERS}/${order}/visit/cancel`, cancellation);
  }

  cancelOrder(order, cancellation) {
    return this.#post(`${ORDERS}/${order}/cancel`, cancellation);
  }

  results(order) {
    return this.#get(`${ORDERS}/${order}/results`);
  }

  /** A document: its bytes, or the answer that refuses it. */
  async pdf(order, name) {
    const begin = performance.now();
    const answer = await fetch(`${ORDERS}/${order}/${name}`, { headers: this.#headers });
    if (answer.status === 200) {
      return { status: 200, bytes: await answer.blob() };
    }
    const text = await answer.text();
    const took = performance.now() - begin;
    const retryAfter = answer.headers.get('Retry-After');
    return { status: answer.status, document: JSON.parse(text), text, took, retryAfter };
  }

  /** What has changed since, waiting so many seconds for the first of it. */
  events(after, wait) {
    return this.#get(`/v1/junction/events?after=${after}&wait=${wait}`);
  }

  #get(path) {
    return send(path, { headers: this.#headers });
  }

  #post(path, body, headers = {}, signal) {
    return send(path, {
      method: 'POST',
      headers: { ...this.#headers, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    });
  }
}

/** Moves the gateway's clock and the stand-in's together; says what time it is then. */
export async function turnClock(advanceSecs) {
  const { status, document } = await send('clock', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ advanceSecs }),
  });
  if (status !== 200) {
    throw new Error(`the clock was answered with ${status}`);
  }
  return document;
}
