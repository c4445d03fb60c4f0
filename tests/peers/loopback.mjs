// Servers of the tests' own, on ports that the system chooses.

import { once } from 'node:events';
import { createServer } from 'node:http';

const ADDRESS = '127.0.0.1';

/** A server that can be out of service for a while without losing its port to somebody else. */
export class LoopbackServer {
  #server;
  #inService = true;

  static async start(handler) {
    const server = createServer(handler);
    server.listen(0, ADDRESS);
    await once(server, 'listening');
    return new LoopbackServer(server);
  }

  constructor(server) {
    this.#server = server;
    server.on('connection', (socket) => this.#inService || socket.resetAndDestroy());
  }

  get origin() {
    return `http://${ADDRESS}:${this.#server.address().port}`;
  }

  /** Breaks every connection that there is. */
  breakConnections() {
    this.#server.closeAllConnections();
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
