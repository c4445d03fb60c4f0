// Events of Junction's, each kept before it is acknowledged: how many, and how soon.

import { createHmac, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';

import { sleep } from '../compare.d/time.mjs';
import { exchange } from './client.mjs';
import { TEAM } from './scene.mjs';
import { receipts } from './store.mjs';

const ORDERS = 200;
const CONNECTIONS = 64;
const STEADY_PER_SECOND = 200;

export async function webhooks(scene, { throughputMs, steadyMs }) {
  const orders = await scene.orders(ORDERS);
  const folder = scene.instanceFolder();
  const gateway = await scene.serve(folder);
  const sender = new Sender(scene, gateway, orders);
  await sender.flood(500);
  const flooded = await sender.flood(throughputMs);
  const waits = await sender.steady(steadyMs);
  await gateway.stop();
  const kept = receipts(folder);
  if (kept !== sender.acknowledged) {
    throw new Error(`${sender.acknowledged} events were acknowledged, and ${kept} were kept`);
  }
  waits.sort((one, other) => one - other);
  const share = (part) => waits[Math.floor(part * (waits.length - 1))];
  return [
    { name: 'events kept a second, 64 connections', found: flooded, unit: 'a second', atLeast: 1000 },
    { name: 'p50 from an event to its 204, 200 a second', found: share(0.5), unit: 'ms', atMost: 50 },
    { name: 'p99 from an event to its 204, 200 a second', found: share(0.99), unit: 'ms', atMost: 50 },
  ];
}

class Sender {
  acknowledged = 0;
  #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  #scene;
  #gateway;
  #orders;
  #sent = 0;

  constructor(scene, gateway, orders) {
    this.#scene = scene;
    this.#gateway = gateway;
    this.#orders = orders;
  }

  /** As many as the gateway takes; how many that is in a second. */
  async flood(ms) {
    const [began, before] = [performance.now(), this.acknowledged];
    const send = async () => {
      while (performance.now() - began < ms) {
        await this.#send();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, send));
    return ((this.acknowledged - before) * 1000) / (performance.now() - began);
  }

  /** So many a second, whether or not earlier ones have come back; the milliseconds that each took since it was due. */
  async steady(ms) {
    const began = performance.now();
    const waits = [];
    const open = [];
    for (let number = 0; (number * 1000) / STEADY_PER_SECOND < ms; number += 1) {
      const due = began + (number * 1000) / STEADY_PER_SECOND;
      const early = due - performance.now();
      if (early > 0) {
        await sleep(early);
      }
      open.push(this.#send().then(() => waits.push(performance.now() - due)));
    }
    await Promise.all(open);
    return waits;
  }

  async #send() {
    this.#sent += 1;
    const order = this.#orders[this.#sent % this.#orders.length];
    const body = JSON.stringify({ event_type: 'labtest.order.updated', team_id: TEAM, data: { id: order } });
    const id = `msg_${randomUUID()}`;
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', this.#scene.signingKey).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': String(timestamp),
      'svix-signature': `v1,${signature}`,
    };
    const options = { port: this.#gateway.port, method: 'POST', path: '/junction/webhooks/cardio', headers };
    const { status, text } = await exchange(this.#agent, options, body);
    if (status !== 204) {
      throw new Error(`the response to an event was ${status}: ${text}`);
    }
    this.acknowledged += 1;
  }
}
