// A large document passes through: how much more memory the gateway has meanwhile, and what the HTTP client takes by itself.

import { Program } from '../compare.d/programs.mjs';
import { forgetPeak, peak, resident } from './memory.mjs';

const BYTES = 20 * 1024 * 1024;

/** `clientAlone` is the program that only reads. */
export async function document(scene, { rounds, clientAlone }) {
  const [order] = await scene.orders(1);
  for (const step of ['requisition', 'draw', 'final']) {
    await scene.control('POST', `junction/orders/${order}/${step}`, {});
  }
  const gateway = await scene.serve(scene.instanceFolder());
  const path = `/v1/junction/orders/${order}/results.pdf`;
  const added = [];
  // A small one first: connections, tokens and buffers are there then.
  await pass(scene, gateway, path, 1024);
  for (let round = 0; round < rounds; round += 1) {
    const before = resident(gateway.pid);
    forgetPeak(gateway.pid);
    await pass(scene, gateway, path, BYTES);
    added.push(peak(gateway.pid) - before);
  }
  await gateway.stop();
  const alone = [];
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await read(scene, clientAlone));
  }
  return [
    { name: 'memory that a document of 20 MiB adds', found: Math.max(...added), unit: 'MiB', atMost: 1 },
    { name: '… that the HTTP client adds when it does nothing but read it', found: Math.max(...alone), unit: 'MiB' },
  ];
}

/** How much the HTTP client alone grows, in a process of its own. */
async function read(scene, clientAlone) {
  scene.passage.documentBytes = BYTES;
  const program = new Program('client-alone', [clientAlone, `${scene.passage.origin}/pdf`]);
  const code = await program.ended;
  if (code !== 0) {
    throw new Error(`the HTTP client alone ended with ${code}: ${program.output}`);
  }
  return Number(program.output) / 1024;
}

async function pass(scene, gateway, path, bytes) {
  scene.passage.documentBytes = bytes;
  let received = 0;
  let start = '';
  const onChunk = (chunk) => {
    start ||= chunk.toString('latin1', 0, 500);
    received += chunk.length;
  };
  const { status } = await gateway.ask('GET', path, { onChunk });
  if (status !== 200 || received !== bytes) {
    throw new Error(`the response to a document of ${bytes} bytes was ${status} with ${received} bytes: ${start}`);
  }
}
