// Stoplight's Prism between a caller and an API, holding both to an OpenAPI document, and a note of all that it found.

import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';

import { start } from './children.mjs';
import { LoopbackServer } from './loopback.mjs';

const PRISM = fileURLToPath(import.meta.resolve('@stoplight/prism-cli'));

/** What APIs answer without their documents saying so: who may not, and what is not there. */
const UNDECLARED = [401, 403, 404];

export class Prism {
  #prism;
  #recorder;
  #exchanges = [];

  /** Prism for this document in front of this API. */
  static async start(document, upstream) {
    const prism = new Prism();
    const args = [PRISM, 'proxy', document, upstream, '--errors', '--host', '127.0.0.1', '--port', '0'];
    prism.#prism = await start(process.execPath, args, {
      origin: (line) => /Prism is listening on (http:\S+)/.exec(line)?.[1],
    });
    prism.#recorder = await LoopbackServer.start((inbound, outbound) => prism.#relay(inbound, outbound));
    return prism;
  }

  /** Where callers go. */
  get origin() {
    return this.#recorder.origin;
  }

  /** Every call since this was last asked, and in which ways it or its answer broke the document's rules. */
  exchanges() {
    return this.#exchanges.splice(0);
  }

  async stop() {
    await Promise.all([this.#recorder?.stop(), this.#prism?.stop()]);
  }

  /** Passes a call on as it came, and notes it before its caller has the answer. */
  async #relay(inbound, outbound) {
    const { method, url, headers } = inbound;
    const call = request(new URL(this.#prism.facts.origin), { method, path: url, headers });
    call.on('error', (error) => outbound.destroy(error));
    const body = await whole(inbound);
    // A length of zero would be a body to Prism.
    call.end(body.length === 0 ? undefined : body);
    const [answer] = await once(call, 'response');
    const text = await whole(answer);
    const { statusCode: status } = answer;
    this.#exchanges.push({ method, path: url, status, violations: violations(answer, text) });
    outbound.writeHead(status, answer.headers).end(text);
  }
}

/** What Prism says in a header if it lets the answer through, and in a body of its own if it does not. */
function violations({ statusCode: status, headers }, text) {
  if (headers['content-type'] === 'application/problem+json') {
    const { title, detail, validation = [] } = JSON.parse(text);
    return [`${title}: ${detail}`, ...validation.map(told)];
  }
  const noted = JSON.parse(headers['sl-violations'] ?? '[]');
  return noted.filter((violation) => !isUndeclaredStatus(violation, status)).map(told);
}

function told({ location, message }) {
  return `${location.join('.')}: ${message}`;
}

function isUndeclaredStatus({ location, message }, status) {
  const isOfStatus = location.join() === 'response' && message.startsWith('Unable to match the returned status');
  return isOfStatus && UNDECLARED.includes(status);
}

async function whole(stream) {
  return Buffer.concat(await stream.toArray());
}
