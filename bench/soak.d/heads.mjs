// Connections on which no whole request ever comes: the gateway has to get rid of them by itself.

import { connect } from 'node:net';

import { LIMITS } from './configuration.mjs';

/** How much later than it should the gateway may close a connection, on a busy machine. */
const GRACE_MS = 4000;

/** How often those who send slowly send one more byte. */
const DRIP_MS = 150;

const BEGUN = 'POST /v1/embeddable/statistics HTTP/1.1\r\nHost: gateway\r\nX-Unfinished: ';
const WHOLE = 'GET /unknown HTTP/1.1\r\nHost: gateway\r\n\r\n';
const CHUNKED = 'POST /unknown HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
const BIG_ANSWERS = 'GET /openapi.yaml HTTP/1.1\r\nHost: gateway\r\n\r\n'.repeat(200);

const HEADS = [
  { name: 'never sends a byte' },
  { name: 'stops in mid-head', bytes: BEGUN },
  { name: 'sends a head byte by byte', bytes: BEGUN, drips: true },
  { name: 'leaves in mid-head', bytes: BEGUN, leavesAfterMs: 300 },
  { name: 'sends what is no HTTP', bytes: 'no HTTP at all\r\n\r\n' },
];

/** These ask for something first. They count as requests of nobody's, so they come only when asked for. */
const LOITERERS = [
  { name: 'stops in mid-head after an answer', bytes: `${WHOLE}${BEGUN}`, waitsMs: LIMITS.keepAliveSecs * 1000 },
  { name: 'never ends a refused body', bytes: CHUNKED, waitsMs: LIMITS.keepAliveSecs * 1000 },
  { name: 'never reads its answers', bytes: BIG_ANSWERS, isDeaf: true, waitsMs: LIMITS.keepAliveSecs * 1000 },
];

export class Heads {
  #port;
  #random;
  #kinds;
  #open = new Set();
  /** What became of them: how often, by what was done and how it ended. */
  ends = new Map();
  /** How many the gateway left open until the caller gave up. */
  leftOpen = 0;

  constructor(port, random, { withLoiterers }) {
    this.#port = port;
    this.#random = random;
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

  #run({ bytes, drips, leavesAfterMs, isDeaf, waitsMs = LIMITS.headTimeoutMs }) {
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: this.#port });
      let received = '';
      let how;
      const leave = (why) => {
        how ??= why;
        socket.destroy();
      };
      const begun = Date.now();
      const dripping = setInterval(() => drips && socket.write('x'), DRIP_MS);
      const late = setTimeout(() => {
        this.leftOpen += 1;
        leave(`left open for more than ${waitsMs + GRACE_MS} ms`);
      }, waitsMs + GRACE_MS);
      const leaving = leavesAfterMs && setTimeout(() => leave('left'), leavesAfterMs);
      socket.on('connect', () => bytes && socket.write(bytes));
      socket.on('data', (data) => {
        received += data.toString('latin1').slice(0, 200);
        if (isDeaf) {
          socket.pause();
        }
      });
      // Whoever closes while bytes are still coming resets the connection: `close` follows.
      socket.on('error', (error) => (how ??= error.code === 'ECONNREFUSED' ? 'refused' : undefined));
      socket.on('close', () => {
        clearInterval(dripping);
        clearTimeout(late);
        clearTimeout(leaving);
        resolve(how ?? closedBy(received, Date.now() - begun));
      });
    });
  }
}

function closedBy(received) {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1];
  return status ? `closed after ${status}` : 'closed without an answer';
}
