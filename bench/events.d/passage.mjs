// Stands before the stand-in and passes everything on, but for documents: those are as large as is wanted.

import { Agent, createServer, request } from 'node:http';
import { Readable } from 'node:stream';

/** How every PDF starts. */
const START = Buffer.from('%PDF-1.7\n');

const CHUNK = Buffer.alloc(64 * 1024, ' ');

export class Passage {
  origin;
  /** How many bytes a document has. */
  documentBytes = 1024;

  static async start(target) {
    const passage = new Passage();
    const { hostname, port } = new URL(target);
    const agent = new Agent({ keepAlive: true });
    const server = createServer((asked, response) => {
      const { pathname, searchParams } = new URL(asked.url, passage.origin);
      if (pathname.endsWith('/pdf')) {
        passage.#send(response, Number(searchParams.get('bytes') ?? passage.documentBytes));
        return;
      }
      const { method, url: path, headers } = asked;
      const passed = request({ agent, hostname, port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      asked.pipe(passed);
    });
    await new Promise((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    passage.origin = `http://127.0.0.1:${server.address().port}`;
    return passage;
  }

  /** No faster than it is read. */
  #send(response, bytes) {
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': bytes });
    Readable.from(document(bytes)).pipe(response);
  }
}

function* document(bytes) {
  yield START;
  for (let left = bytes - START.length; left > 0; left -= CHUNK.length) {
    yield CHUNK.subarray(0, left);
  }
}
