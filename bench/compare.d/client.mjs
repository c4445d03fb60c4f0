// A small HTTP client: it sends bytes as they are, over connections that stay open, and exactly as often as asked.

import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** The bytes of a request. */
export function requestBytes({ method, target, headers, body = '' }) {
  const lines = Object.entries({ Host: 'gateway.example', ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (method !== 'GET') {
    lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  }
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** One connection. A request is sent when the one before it is answered. */
export class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #waiting = null;

  static async open(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (data) => this.#take(data));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  get isOpen() {
    return !this.#socket.destroyed;
  }

  /** Sends a request, and returns its answer. */
  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #take(data) {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const answer = read(this.#received);
    if (answer !== undefined && this.#waiting !== null) {
      const { resolve } = this.#waiting;
      this.#waiting = null;
      this.#received = Buffer.alloc(0);
      resolve(answer);
    }
  }

  #fail(error) {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

/** One request on a connection of its own. */
export async function ask(port, bytes) {
  const connection = await Connection.open(port);
  try {
    return await connection.send(bytes);
  } finally {
    connection.close();
  }
}

/** So many connections, open and not used yet. */
export function openConnections(port, count) {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}

/** Sends the same request so many times, over all these connections at once. Every answer must be 200. */
export async function load(connections, bytes, count) {
  let left = count;
  await Promise.all(
    connections.map(async (connection) => {
      while (left > 0) {
        left -= 1;
        const { status } = await connection.send(bytes);
        if (status !== 200) {
          throw new Error(`the response to a launch was ${status}`);
        }
      }
    }),
  );
}

/** The answer in these bytes; nothing if it is not there as a whole. */
function read(bytes) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) {
    return undefined;
  }
  const [statusLine, ...lines] = bytes.latin1Slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = bodyOf(bytes.subarray(end + HEAD_END.length), headers);
  return body && { status: Number(statusLine.split(' ')[1]), headers, body: body.toString() };
}

function bodyOf(rest, headers) {
  if (headers['transfer-encoding'] !== 'chunked') {
    const length = Number(headers['content-length'] ?? 0);
    return rest.length >= length ? rest.subarray(0, length) : undefined;
  }
  return rest.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? unchunked(rest) : undefined;
}

function unchunked(rest) {
  const parts = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    const length = Number.parseInt(rest.latin1Slice(at, lineEnd), 16);
    if (!(length > 0)) {
      return Buffer.concat(parts);
    }
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}
