// A large document passes through: how much more memory the gateway has meanwhile.

import { forgetPeak, peak, resident } from './memory.mjs';

const BYTES = 20 * 1024 * 1024;

export async function document(scene, { rounds }) {
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
  return [{ name: 'memory that a document of 20 MiB adds', found: Math.max(...added), unit: 'MiB', atMost: 1 }];
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
    throw new Error(`a document of ${bytes} bytes was answered with ${status} and ${received} bytes: ${start}`);
  }
}
