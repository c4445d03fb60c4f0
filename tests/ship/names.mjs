// A server of DNS for a system that is asked for a name: it knows one, and answers on the only port that systems ask at.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';

const A = 1;
const HEAD_BYTES = 12;

export class Names {
  #socket = createSocket('udp4');

  /** On an address of its own among those that are this machine. */
  address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;

  /** Knows that `name` is 127.0.0.1. */
  static async start(name) {
    const names = new Names();
    names.#socket.on('message', (question, peer) => names.#socket.send(answer(question, name), peer.port, peer.address));
    names.#socket.bind(53, names.address);
    await once(names.#socket, 'listening');
    return names;
  }

  stop() {
    this.#socket.close();
  }
}

/** The question itself, with the address if it asks for one, nothing if it asks for another kind, and else that there is no such name. */
function answer(question, name) {
  const end = question.indexOf(0, HEAD_BYTES) + 1;
  const asked = question.subarray(HEAD_BYTES, end + 4);
  const isKnown = asked.subarray(0, -4).equals(encoded(name));
  const hasAddress = isKnown && asked.readUInt16BE(asked.length - 4) === A;
  const head = Buffer.alloc(HEAD_BYTES);
  question.copy(head, 0, 0, 2);
  // A response, with recursion wanted and to be had.
  head.writeUInt16BE(0x8180 | (isKnown ? 0 : 3), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(hasAddress ? 1 : 0, 6);
  const record = Buffer.from([0xc0, HEAD_BYTES, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([head, asked, ...(hasAddress ? [record] : [])]);
}

function encoded(name) {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
