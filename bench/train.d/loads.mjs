// Which launches, and how many of each: a compiler believes that the future is like these.

import { refusedOnes } from '../compare.d/checks.mjs';
import { Connection, requestBytes } from '../compare.d/client.mjs';
import { BARE, COMPLETE, KINDS, MAXIMAL, launch } from '../compare.d/launches.mjs';

const USUAL = 6000;
const LESS_USUAL = 600;
const REFUSED = 20;

const JUNCTION_WARM = 1500;
const JUNCTION_COLD = 150;
const JUNCTION_REFUSED = 50;

const CONNECTIONS = 32;

/** Launches of both forms, and every refusal that needs no fault at Empego. */
export async function empegoLaunches({ port, key }) {
  for (const kind of KINDS) {
    await send(port, USUAL, () => launch(kind, { key }), 200);
    await send(port, LESS_USUAL, () => launch(kind, { key, clinician: BARE, intent: 'existing' }), 200);
    await send(port, LESS_USUAL, () => launch(kind, { key, clinician: MAXIMAL, intent: 'new', patient: 'a%20b' }), 200);
    for (const [, asked] of refusedOnes(kind).filter(([, { patient }]) => patient === undefined)) {
      await send(port, REFUSED, () => launch(kind, { key, ...asked }));
    }
  }
  await send(port, LESS_USUAL, () => launch('drop-in', { key, headers: { Accept: 'application/json' } }), 200);
}

/** Launches of Junction's app: of what the gateway knows by now, of new patients, and what is refused. */
export async function junctionLaunches({ port, key }) {
  const warm = { clinician: COMPLETE, patient: { clientUserId: 'patient123' } };
  const cold = (at) => ({ clinician: COMPLETE, patient: { clientUserId: `${port}-${at}`, demographics: DEMOGRAPHICS } });
  await send(port, 1, () => junction(key, warm), 200);
  await send(port, JUNCTION_WARM, () => junction(key, warm), 200);
  await send(port, JUNCTION_WARM / 5, () => junction(key, { clinician: COMPLETE }), 200);
  await send(port, JUNCTION_COLD, (at) => junction(key, cold(at)), 200);
  const refused = [
    { ...warm, team: { integrationTeamId: 'nobodys' } },
    { ...warm, feature: 'order:55555555-5555-4555-8555-555555555555' },
    { ...warm, feature: 'team_panels' },
    { clinician: { userId: 'nobody-yet' } },
    { clinician: { ...COMPLETE, email: 'elodie.cote@' } },
    { patient: { clientUserId: 'patient123' } },
  ];
  for (const body of refused) {
    await send(port, JUNCTION_REFUSED, () => junction(key, body));
  }
  await send(port, JUNCTION_REFUSED, () => junction('egw_of-nobody', warm), 401);
}

const DEMOGRAPHICS = {
  firstName: 'Zoé',
  lastName: 'Roy',
  email: 'zoe.roy@example.com',
  phoneNumber: '+14155550123',
  gender: 'female',
  dob: '1986-03-09',
  address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
};

function junction(key, body) {
  const { userId, firstName, lastName, email } = body.clinician ?? {};
  const clinician = body.clinician && { userId, firstName, lastName, email };
  const usual = { team: { integrationTeamId: 'cardio' }, feature: 'order_creation', modality: 'feature_embed' };
  return requestBytes({
    method: 'POST',
    target: '/v1/junction/launch',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...usual, ...body, clinician }),
  });
}

/** Sends so many requests; every status must be this one, or for a refusal any that is none of the gateway's own faults. */
async function send(port, count, request, status) {
  let next = 0;
  const work = async () => {
    let connection = await Connection.open(port);
    while (next < count) {
      next += 1;
      const answer = await connection.send(request(next));
      const isRight = status === undefined ? answer.status >= 400 && answer.status < 500 : answer.status === status;
      if (!isRight) {
        throw new Error(`the response to a request of the training was ${answer.status}: ${answer.body}`);
      }
      if (answer.headers.connection === 'close' || !connection.isOpen) {
        connection.close();
        connection = await Connection.open(port);
      }
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, count) }, work));
}
