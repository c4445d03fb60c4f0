// Junction's four clients behind one set of methods. Whatever fails is thrown as a `ClientError`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import * as current from '@junction-api/sdk';
import * as former from '@tryvital/vital-node';

const SCRIPT = new URL('client.py', import.meta.url).pathname;

const PLACE = { firstLine: '1 West Lincoln Street', city: 'Phoenix', state: 'AZ', zipCode: '85004' };

const PAID = { headers: { 'x-gateway-accept-late-fee': 'true' } };

/** What a client throws: the status, and the body as the client read it. */
export class ClientError extends Error {
  constructor({ status, body, text }) {
    super(`${status}: ${JSON.stringify(body)} ${text}`);
    this.status = status;
    this.body = body;
  }
}

/** All four, for a gateway at this address and a host's key. `packages` is where Python finds its two. */
export function clients(baseUrl, key, packages) {
  const options = { baseUrl, apiKey: key };
  return [
    new NodeClient('@junction-api/sdk', new current.JunctionClient(options), (order, rest) => [
      { orderId: order, ...rest },
    ]),
    new NodeClient('@tryvital/vital-node', new former.VitalClient(options), (order, rest) => {
      if (rest === undefined) {
        return [order];
      }
      return [order, rest.body ?? rest];
    }),
    new PythonClient('junction-api-sdk', ['junction', 'Junction', baseUrl, key], packages),
    new PythonClient('vital', ['vital', 'Vital', baseUrl, key], packages),
  ];
}

class NodeClient {
  name;
  #client;
  #about;

  /** `about` writes the arguments of a call about an order. */
  constructor(name, client, about) {
    this.name = name;
    this.#client = client;
    this.#about = about;
  }

  async createUser(reference) {
    return (await this.#made(this.#client.user.create({ clientUserId: reference }))).userId;
  }

  async resolveUser(reference) {
    const [value] = this.name.startsWith('@j') ? [{ clientUserId: reference }] : [reference];
    return (await this.#made(this.#client.user.getByClientUserId(value))).userId;
  }

  async isServed(zipCode) {
    return (await this.#made(this.#tests.getAreaInfo({ zipCode }))).phlebotomy.isServed;
  }

  async tests() {
    return (await this.#made(this.#tests.getPaginated({ collectionMethod: 'at_home_phlebotomy', labTestLimit: 50 }))).data.map(({ id }) => id);
  }

  async placeOrder(userId, test, firstName) {
    const order = {
      userId,
      patientDetails: {
        firstName,
        lastName: "O'Connor",
        dob: '1986-03-09',
        gender: 'female',
        phoneNumber: '+16025550123',
        email: 'zoe@example.com',
      },
      patientAddress: {
        receiverName: 'Zoe',
        firstLine: '1 West Lincoln Street',
        city: 'Phoenix',
        state: 'AZ',
        zip: '85004',
        country: 'US',
      },
      orderSet: { labTestIds: [test] },
    };
    return (await this.#made(this.#tests.createOrder(order))).order.id;
  }

  async slots() {
    const { slots } = await this.#made(this.#tests.getPhlebotomyAppointmentAvailability({ body: PLACE }));
    return slots.flatMap((day) => day.slots).map(({ bookingKey, start }) => ({ key: bookingKey, start }));
  }

  async book(order, bookingKey) {
    return visit(await this.#call('bookPhlebotomyAppointment', order, { body: { bookingKey } }));
  }

  async reschedule(order, bookingKey) {
    return visit(await this.#call('reschedulePhlebotomyAppointment', order, { body: { bookingKey } }));
  }

  async request(order, provider) {
    return visit(await this.#call('requestPhlebotomyAppointment', order, { address: PLACE, provider }));
  }

  async visit(order) {
    return visit(await this.#call('getPhlebotomyAppointment', order));
  }

  async reasons() {
    return (await this.#made(this.#tests.getPhlebotomyAppointmentCancellationReason())).map(({ id }) => id);
  }

  async cancelVisit(order, reason, acceptsLateFee) {
    const options = acceptsLateFee ? PAID : undefined;
    const rest = { cancellationReasonId: reason };
    return visit(await this.#call('cancelPhlebotomyAppointment', order, rest, options));
  }

  async cancelOrder(order) {
    return (await this.#call('cancelOrder', order)).order.id;
  }

  async order(id) {
    const { id: found, requisitionFormUrl: url } = await this.#call('getOrder', id);
    return { id: found, url: url ?? null };
  }

  async orders(userId) {
    return (await this.#made(this.#tests.getOrders({ userId, size: 50 }))).orders.map(({ id }) => id);
  }

  async simulate(order, finalStatus) {
    const rest = { finalStatus };
    return (await this.#call('simulateOrderProcess', order, rest)) !== undefined;
  }

  async results(order) {
    return (await this.#call('getResultRaw', order)).results.length;
  }

  async resultsPdf(order) {
    return this.#startOf(await this.#call('getResultPdf', order));
  }

  async requisitionPdf(order) {
    return this.#startOf(await this.#call('getOrderRequistionPdf', order));
  }

  stop() {}

  get #tests() {
    return this.#client.labTests;
  }

  async #startOf(response) {
    return new TextDecoder().decode((await response.bytes()).slice(0, 4));
  }

  #call(name, order, rest, options) {
    const values = this.#about(order, rest);
    return this.#made(this.#tests[name](...values, ...(options ? [options] : [])));
  }

  async #made(call) {
    try {
      return await call;
    } catch (error) {
      throw new ClientError({ status: error.statusCode, body: error.body, text: String(error) });
    }
  }
}

function visit({ id, startAt, status }) {
  return { id, start: startAt, status };
}

class PythonClient {
  name;
  #child;
  #lines;

  constructor(name, values, packages) {
    this.name = name;
    const env = { ...process.env, PYTHONPATH: packages };
    this.#child = spawn('python3', ['-W', 'ignore', SCRIPT, ...values], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    return new Proxy(this, {
      get: (client, method) =>
        method in client ? Reflect.get(client, method).bind?.(client) ?? client[method] : client.#method(method),
    });
  }

  async stop() {
    const ended = once(this.#child, 'close');
    this.#child.stdin.end();
    await ended;
  }

  /** A call of this name, which the script makes. */
  #method(name) {
    return async (...values) => {
      this.#child.stdin.write(`${JSON.stringify({ name, values })}\n`);
      const { value, done } = await this.#lines.next();
      if (done) {
        throw new Error(`${this.name} has ended`);
      }
      const { result, error } = JSON.parse(value);
      if (error) {
        throw new ClientError(error);
      }
      return result;
    };
  }
}
