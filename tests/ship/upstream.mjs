// Empego as a shipped gateway reaches it: over TLS, by a name, with a certificate of an authority that no system trusts by
// itself. What arrives is passed on to the stand-in, or held until it is let go.

import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../peers/children.mjs';
import { API_PATH } from '../peers/empego.mjs';

export class Upstream {
  #server;
  #held = [];
  #holding = false;
  #arrived = () => {};

  /** In front of the stand-in that listens at this address. Its authority's certificate is in `folder`, as ca.pem. */
  static async start(standIn, folder, name) {
    await authority(folder, name);
    const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((file) => readFile(join(folder, file))));
    const upstream = new Upstream(standIn, name);
    upstream.#server = createServer({ key, cert }, (incoming, outgoing) => upstream.#take(incoming, outgoing));
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  constructor(standIn, name) {
    this.standIn = new URL(standIn);
    this.name = name;
  }

  /** A name has to be looked up. */
  get baseUrl() {
    return `https://${this.name}:${this.#server.address().port}${API_PATH}`;
  }

  /** Holds what comes, and returns when there are this many. */
  async hold(count) {
    this.#holding = true;
    await new Promise((resolve) => {
      this.#arrived = () => this.#held.length >= count && resolve();
      this.#arrived();
    });
  }

  letGo() {
    this.#holding = false;
    for (const go of this.#held.splice(0)) {
      go();
    }
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(incoming, outgoing) {
    const go = () => this.#pass(incoming, outgoing);
    if (this.#holding) {
      this.#held.push(go);
      this.#arrived();
    } else {
      go();
    }
  }

  #pass(incoming, outgoing) {
    const { method, url, headers } = incoming;
    const { hostname, port } = this.standIn;
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }
}

async function authority(folder, name) {
  const at = (file) => join(folder, file);
  const certificate = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const steps = [
    [...certificate, '-subj', '/CN=An authority for one test', '-keyout', at('ca.key'), '-out', at('ca.pem')],
    [...certificate, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=critical,CA:FALSE']
      .concat(['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-keyout', at('key.pem'), '-out', at('cert.pem')]),
  ];
  for (const step of steps) {
    const { code, output } = await run('openssl', step);
    if (code !== 0) {
      throw new Error(`openssl ${step[0]}:\n${output}`);
    }
  }
}
