// A crowd of strangers: each asks for one thing that is not there, and then keeps the connection and says no more.

import { connect } from 'node:net';

/** How many there are: more than the gateway may have files open. */
export const STRANGERS = 2000;

/** How many files the gateway may have open beside a crowd. */
export const OPEN_FILES = 1024;

/** How soon one whose connection was closed is there again, at least and at most. */
const BACK_MS = { least: 5000, most: 15_000 };

/** So many come at once: more than may wait to be accepted would have to knock again. */
const AT_ONCE = 20;
const EVERY_MS = 20;

export class Crowd {
  #port;
  #random;
  #onAsked;
  #sockets = new Set();
  #timers = new Set();
  #isWanted = false;
  /** How many requests they have sent. */
  asked = 0;

  /** `onAsked` gets the id of every request. */
  constructor(port, random, onAsked) {
    this.#port = port;
    this.#random = random;
    this.#onAsked = onAsked;
  }

  /** They come, and come back. */
  gather() {
    this.#isWanted = true;
    for (let at = 0; at < STRANGERS; at += 1) {
      this.#comesAfter(Math.floor(at / AT_ONCE) * EVERY_MS);
    }
  }

  /** All of them leave. */
  leave() {
    this.#isWanted = false;
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.#sockets.forEach((socket) => socket.destroy());
  }

  #comesAfter(ms) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#comes();
    }, ms);
    this.#timers.add(timer);
  }

  #comes() {
    const socket = connect({ host: '127.0.0.1', port: this.#port });
    this.#sockets.add(socket);
    socket.on('connect', () => {
      const id = this.#random.uuid();
      this.asked += 1;
      this.#onAsked(id);
      socket.write(`GET /unknown HTTP/1.1\r\nHost: gateway\r\nX-Request-Id: ${id}\r\n\r\n`);
    });
    // Without a reader nobody would see the end.
    socket.resume();
    // `close` follows. Whoever has to go may be reset.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#isWanted) {
        this.#comesAfter(this.#random.between(BACK_MS.least, BACK_MS.most));
      }
    });
  }
}
