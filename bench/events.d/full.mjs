// A store that is full of events no host has heard of: how soon a gateway is there, and how large it is and stays.

import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { sleep } from '../compare.d/time.mjs';
import { resident } from './memory.mjs';
import { fill } from './store.mjs';

/** A size that swings by less is flat. */
const FLAT_MIB = 2;
const SAMPLES = 10;

export async function full(scene, { events, restMs }) {
  const folder = scene.instanceFolder();
  // Creates the tables.
  await (await scene.serve(folder)).stop();
  fill(folder, events);
  writeFileSync(join(folder, 'host-events'), `whsec_${randomBytes(24).toString('base64')}`, { mode: 0o600 });
  const receiver = await unwilling();
  const { port } = receiver.address();
  const host = `[host.events]\nurl = "http://127.0.0.1:${port}/"\nsecret_file = "host-events"`;
  const gateway = await scene.serve(folder, { host });
  const { status, text } = await gateway.ask('GET', '/v1/junction/events?after=0');
  const started = gateway.age / 1000;
  if (status !== 200 || JSON.parse(text).events.length === 0) {
    throw new Error(`the response to an event was ${status}: ${text}`);
  }
  // The first third is for the queue of the host to be filled.
  await sleep(restMs / 3);
  const sizes = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await sleep((2 * restMs) / 3 / SAMPLES);
    sizes.push(resident(gateway.pid));
  }
  await gateway.stop();
  receiver.close();
  receiver.closeAllConnections();
  const name = `${events.toLocaleString('en')} undelivered events`;
  return [
    { name: `${name}: from the start to the first answer`, found: started, unit: 's', atMost: 2 },
    { name: `${name}: memory`, found: Math.max(...sizes), unit: 'MiB', atMost: 40 },
    { name: `${name}: growth of it`, found: sizes.at(-1) - sizes[0], unit: 'MiB', atMost: FLAT_MIB },
  ];
}

/** A host that takes nothing. */
function unwilling() {
  const server = createServer((asked, response) => {
    asked.resume();
    response.writeHead(503).end();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
