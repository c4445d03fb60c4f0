// Web sites on loopback, with origins of their own: the EHR, the vendor's app, and one that is neither.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Every engine takes names under `localhost` to loopback by itself, and sees a site of its own in each.
export const NAMES = ['ehr.localhost', 'app.localhost', 'evil.localhost', 'gateway.localhost'];

/** A certificate for the sites, created for this run. */
export async function createCertificate() {
  const folder = await mkdtemp(join(tmpdir(), 'engines-certificate-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync(
      'openssl',
      [
        'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        '-subj', '/CN=localhost', '-addext', `subjectAltName=${[...NAMES, 'localhost'].map((name) => `DNS:${name}`)}`,
        '-keyout', keyFile, '-out', certFile,
      ],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One HTTPS server that can be out of service for a while, and remembers what was asked of it. */
export class Site {
  #server;
  #inService = true;
  /** Every request: method, URL, host, headers, body. */
  requests = [];
  /** Answers a request: a function of request, response and body. */
  handler;

  static async start(name, certificate, handler) {
    const site = new Site();
    site.name = name;
    site.handler = handler;
    site.#server = createServer(certificate, (request, response) => site.#respond(request, response));
    site.#server.on('connection', (socket) => site.#inService || socket.resetAndDestroy());
    site.#server.listen(0, '127.0.0.1');
    await once(site.#server, 'listening');
    return site;
  }

  get port() {
    return this.#server.address().port;
  }

  get origin() {
    return `https://${this.name}:${this.port}`;
  }

  async #respond(request, response) {
    const chunks = [];
    // An aborted request ends here with an error; what is seen of it is that it came, and that it closed.
    const entry = { method: request.method, url: request.url, headers: request.headers, body: '', closed: false };
    this.requests.push(entry);
    response.on('close', () => (entry.closed = !response.writableFinished));
    try {
      for await (const chunk of request) {
        chunks.push(chunk);
      }
    } catch {
      return;
    }
    entry.body = Buffer.concat(chunks).toString();
    await this.handler(request, response, entry.body);
  }

  /** Breaks every connection, until `up`. */
  down() {
    this.#inService = false;
    this.#server.closeAllConnections();
  }

  up() {
    this.#inService = true;
  }

  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
