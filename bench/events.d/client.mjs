// One request over a kept connection.

import { request } from 'node:http';

/** The status and the text; with `onChunk`, what comes is handed on and not kept. */
export function exchange(agent, options, content, onChunk) {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', ...options }, (response) => {
      const chunks = [];
      response.on('data', onChunk ?? ((chunk) => chunks.push(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(content);
  });
}
