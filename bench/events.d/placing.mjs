// How many calls one order takes for a new patient, of a gateway that remembers nothing.

import { until } from '../soak.d/time.mjs';

const ORDER = {
  clinician: { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie@clinic.ca' },
  team: { integrationTeamId: 'cardio' },
  patient: {
    clientUserId: 'someone-new',
    demographics: {
      firstName: 'Zoe',
      lastName: "O'Connor",
      email: 'zoe@example.com',
      phoneNumber: '+16025550123',
      gender: 'female',
      dob: '1986-03-09',
    },
  },
  address: { firstLine: '1 West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004' },
  tests: ['2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512'],
};

export async function placing(scene) {
  const before = await compared(scene);
  const gateway = await scene.serve(scene.instanceFolder());
  // The calls that it makes by itself end with a comparison of all orders.
  await until(async () => (await compared(scene)) > before, { everyMs: 20, atMostMs: 30_000 });
  const earlier = (await journal(scene)).length;
  const { status, text } = await gateway.ask('POST', '/v1/junction/orders', {
    body: ORDER,
    headers: { 'idempotency-key': 'first' },
  });
  const later = (await journal(scene)).slice(earlier);
  // What comes after it is the reading of what was placed.
  const calls = later.findIndex(({ operation }) => operation === 'create_order') + 1;
  await gateway.stop();
  if (status !== 201) {
    throw new Error(`the response to placing was ${status}: ${text}`);
  }
  return [{ name: 'calls of an order for a new patient, nothing remembered', found: calls, unit: 'calls', atMost: 8 }];
}

function journal(scene) {
  return scene.control('GET', 'junction/journal');
}

async function compared(scene) {
  return (await journal(scene)).filter(({ operation }) => operation === 'get_orders').length;
}
