// Where everything happens: a folder, keys, a certificate, the stand-in for Empego, and contenders that were started.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ask, requestBytes } from './client.mjs';
import { EMBED_HOST, EMBED_URL, URL_ELSEWHERE } from './launches.mjs';
import { Program, run, temporaryFolder } from './programs.mjs';
import { sleep, within } from './time.mjs';

const STARTS_WITHIN_MS = 60_000;

/** The contender works alone on one core. */
export const CONTENDER_CORE = 0;
/** Whoever asks it and whoever it asks share the other. */
export const OTHER_CORE = 1;

export const CONTENDERS_FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'contenders');

/** A port that nobody had a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Fills the settings into a file of the contenders' folder: `{{name}}` stands for one. */
export function fill(file, settings, folder) {
  const text = readFileSync(join(CONTENDERS_FOLDER, file), 'utf8');
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (settings[name] === undefined) {
      throw new Error(`${file} wants ${name}, which nobody stated`);
    }
    return settings[name];
  });
  const target = join(folder, file.split('/').at(-1));
  writeFileSync(target, filled);
  return target;
}

export class Scene {
  folder = temporaryFolder();
  /** What the host proves itself with. */
  hostKey = `egw_${randomBytes(32).toString('base64url')}`;
  /** What the upstream would want of the gateway. */
  apiKey = `api-${randomBytes(16).toString('hex')}`;

  #statusPort;
  #instances = 0;

  static async setUp() {
    const scene = new Scene();
    await scene.#certify();
    await scene.#startStub();
    return scene;
  }

  get keySha256() {
    return createHash('sha256').update(this.hostKey).digest('hex');
  }

  /** The certificate authority that the upstream's certificate is from. */
  get authority() {
    return join(this.folder, 'ca.pem');
  }

  /** A folder for one start of a contender. */
  instanceFolder(name) {
    this.#instances += 1;
    const folder = join(this.folder, `${name}-${this.#instances}`);
    mkdirSync(folder);
    return folder;
  }

  /** What the upstream received of launches that are checks, since the last time. */
  async received() {
    // nginx writes a request down after it has answered it, and before its one worker looks at anybody else's.
    await this.accepted();
    const file = join(this.folder, 'received.log');
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    writeFileSync(file, '');
    return lines.map((line) => JSON.parse(line));
  }

  /** How many connections the upstream has accepted, not counting those that ask this. */
  async accepted() {
    const { body } = await ask(this.#statusPort, requestBytes({ method: 'GET', target: '/', headers: {} }));
    this.asked = (this.asked ?? 0) + 1;
    return Number(/^ (\d+) /m.exec(body)[1]) - this.asked;
  }

  async #startStub() {
    [this.port, this.tlsPort, this.#statusPort] = [await freePort(), await freePort(), await freePort()];
    const { folder, port, tlsPort } = this;
    const urls = { url: EMBED_URL, urlElsewhere: URL_ELSEWHERE };
    const file = fill('stub.conf', { folder, port, tlsPort, statusPort: this.#statusPort, ...urls }, folder);
    const stub = new Program('the upstream', nginx(file, folder), { core: OTHER_CORE });
    await untilAnswered(stub, port, requestBytes({ method: 'GET', target: '/', headers: {} }));
  }

  /** An authority, and a certificate from it for `localhost`. */
  async #certify() {
    const at = (name) => join(this.folder, name);
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await run('openssl', [
      'openssl', 'req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2',
      '-subj', '/CN=Comparison', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign',
    ]);
    await run('openssl', [
      'openssl', 'req', ...newKey, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost',
    ]);
    writeFileSync(at('server.ext'), 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n');
    await run('openssl', [
      'openssl', 'x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'),
      '-CAcreateserial', '-out', at('server.pem'), '-days', '2', '-extfile', at('server.ext'),
    ]);
  }

  /** What every contender's configuration may want to know. */
  settings(more) {
    return {
      apiKey: this.apiKey,
      contenders: CONTENDERS_FOLDER,
      embedHost: EMBED_HOST,
      keySha256: this.keySha256,
      ...more,
    };
  }
}

/** The command that runs nginx with this configuration. */
export function nginx(file, folder) {
  return ['nginx', '-p', folder, '-e', 'stderr', '-c', file];
}

/** Waits until a request is answered with 200, and returns how many milliseconds that took. */
export async function untilAnswered(program, port, bytes) {
  const started = performance.now();
  const answered = async () => {
    for (;;) {
      const answer = await ask(port, bytes).catch(() => undefined);
      if (answer?.status === 200) {
        return performance.now() - started;
      }
      await sleep(1);
    }
  };
  return within(
    STARTS_WITHIN_MS,
    Promise.race([answered(), program.failAtItsEnd()]),
    `the first answer of ${program.name}`,
  );
}
