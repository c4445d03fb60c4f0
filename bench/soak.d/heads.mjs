// Connections on which no whole request ever comes: the gateway has to get rid of them by itself.

import { connect } from 'node:net';

import { LIMITS } from './configuration.mjs';

/** How much later than it should the gateway may close a connection, on a busy machine. */
const GRACE_MS = 4000;

/** How often those who send slowly send one more byte. */
const DRIP_MS = 150;

const BEGUN = 'POST /v1/embeddable/statistics HTTP/1.1\r\nHost: gateway\r\nX-Unfinished: ';
const IDLE_MS = LIMITS.keepAliveSecs * 1000 + LIMITS.headTimeoutMs;

/** How many answers are more than the system holds for somebody who does not read. */
const MANY = 200;

const HEADS = [
  { name: 'never sends a byte' },
  { name: 'stops in mid-head', begin: () => BEGUN },
  { name: 'sends a head byte by byte', begin: () => BEGUN, drips: true },
  { name: 'leaves in mid-head', begin: () => BEGUN, leavesAfterMs: 300 },
  { name: 'sends what is no HTTP', begin: () => 'no HTTP at all\r\n\r\n' },
];

/** These send whole requests first, whose answers they ignore. `begin` gets a function that makes the id of each. */
const LOITERERS = [
  {
    name: 'stops in mid-head after an answer',
    waitsMs: IDLE_MS,
    begin: (id) => get('/unknown', id()),
    goesOnWith: BEGUN,
  },
  {
    name: 'never ends a body that is refused',
    waitsMs: IDLE_MS,
    begin: (id) => `${head('POST', '/unknown', id(), 'Transfer-Encoding: chunked\r\n')}5\r\nhello\r\n`,
  },
  {
    name: 'never reads its answers',
    waitsMs: IDLE_MS,
    isDeaf: true,
    begin: (id) => Array.from({ length: MANY }, () => get('/openapi.yaml', id())).join(''),
  },
];

export class Heads {
  #port;
  #random;
  #onAsked;
  #kinds;
  #open = new Set();
  /** What became of them: how often, by what was done and how it ended. */
  ends = new Map();
  /** How many the gateway left open until the caller gave up. */
  leftOpen = 0;

  /** `onAsked` gets the id of every whole request that is sent. */
  constructor(port, random, { onAsked, withLoiterers }) {
    this.#port = port;
    this.#random = random;
    this.#onAsked = onAsked;
    this.#kinds = withLoiterers ? [...HEADS, ...LOITERERS] : HEADS;
  }

  /** Begins one; it goes on by itself. */
  begin() {
    const kind = this.#random.pick(this.#kinds);
    const ended = this.#run(kind);
    this.#open.add(ended);
    ended.then((how) => {
      this.#open.delete(ended);
      this.#note(kind, how);
    });
  }

  /** Waits until all have ended. */
  async rest() {
    await Promise.all(this.#open);
  }

  #note({ name }, how) {
    const end = `${name}: ${how}`;
    this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
  }

  #run({ begin, goesOnWith, drips, leavesAfterMs, isDeaf, waitsMs = LIMITS.headTimeoutMs }) {
    const bytes = begin?.(() => this.#newRequest());
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: this.#port });
      let received = '';
      let how;
      const leave = (why) => {
        how ??= why;
        socket.destroy();
      };
      const dripping = drips && setInterval(() => socket.write('x'), DRIP_MS);
      const leaving = leavesAfterMs && setTimeout(() => leave('left'), leavesAfterMs);
      // Who does not read does not see the end either: the other side should have gone when it looks at last.
      const looking = isDeaf && setTimeout(() => socket.resume(), waitsMs);
      const late = setTimeout(() => {
        this.leftOpen += 1;
        leave(`still open after ${waitsMs + GRACE_MS} ms`);
      }, waitsMs + GRACE_MS);
      socket.on('connect', () => bytes && socket.write(bytes));
      if (!isDeaf) {
        socket.on('data', (data) => (received ||= data.toString('latin1')));
        socket.once('data', () => goesOnWith && socket.write(goesOnWith));
      }
      // `close` follows. A reset is how a connection ends on which more bytes come than anybody reads.
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(dripping);
        clearTimeout(leaving);
        clearTimeout(looking);
        clearTimeout(late);
        resolve(how ?? closedBy(received));
      });
    });
  }

  #newRequest() {
    const id = this.#random.uuid();
    this.#onAsked(id);
    return id;
  }
}

function get(path, id) {
  return head('GET', path, id);
}

function head(method, path, id, more = '') {
  return `${method} ${path} HTTP/1.1\r\nHost: gateway\r\nX-Request-Id: ${id}\r\n${more}\r\n`;
}

function closedBy(received) {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1];
  return status ? `closed after ${status}` : 'closed without an answer';
}
