// Who is compared, and how each is started.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { COMPLETE, launch, userHeader } from './launches.mjs';
import { Program } from './programs.mjs';
import { CONTENDERS_FOLDER, CONTENDER_CORE, fill, freePort, nginx, untilAnswered } from './scene.mjs';

/** What nginx needs for an upstream that speaks TLS: the same trust, and no more, than the gateway has. */
const NGINX_TLS = (authority) => `
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate ${authority};
    proxy_ssl_server_name on;
    proxy_ssl_name localhost;
    proxy_ssl_protocols TLSv1.3;
`;

/** In a simulated processor everything takes its time, and nothing is to fail because of that. */
const PATIENT = {
  GATEWAY__SERVER__CLIENT_HEAD_TIMEOUT_MS: '60000',
  GATEWAY__LAUNCHES__CONNECT_TIMEOUT_MS: '60000',
  GATEWAY__LAUNCHES__TIMEOUT_MS: '120000',
};

/** Where cargo puts it, from the folder of the gateway's program. */
const PASS_THROUGH = join('examples', 'pass-through');

/** A program that was built with the gateway's. */
export const beside = (binary, program) => join(dirname(binary), program);

/**
 * Every contender: what it is called, whether it does the gateway's work, whether it is a native program, whose
 * instructions callgrind can count, which package it needs that may not exist or which program beside the gateway's, and
 * how it is prepared: its command and its log, if it writes one.
 */
export const CONTENDERS = [
  {
    name: 'nginx-proxy',
    title: 'nginx proxy_pass, no work',
    works: false,
    isNative: true,
    prepare: ({ scene, folder, port, tls }) => {
      const settings = scene.settings({
        folder,
        port,
        upstream: tls ? `127.0.0.1:${scene.tlsPort}` : `127.0.0.1:${scene.port}`,
        scheme: tls ? 'https' : 'http',
        tls: tls ? NGINX_TLS(scene.authority) : '',
        userHeader: userHeader(COMPLETE),
      });
      return { command: nginx(fill('nginx-proxy.conf', settings, folder), folder) };
    },
  },
  {
    name: 'haproxy',
    title: 'HAProxy, no work',
    works: false,
    isNative: true,
    prepare: ({ scene, folder, port }) => {
      const upstream = `127.0.0.1:${scene.port}`;
      const settings = scene.settings({ folder, port, upstream, userHeader: userHeader(COMPLETE) });
      return { command: ['haproxy', '-db', '-q', '-f', fill('haproxy.cfg', settings, folder)] };
    },
  },
  {
    name: 'pass-through',
    title: 'actix-web + reqwest, no work',
    beside: PASS_THROUGH,
    works: false,
    isNative: true,
    prepare: ({ scene, port, tls, binary }) => {
      const upstream = tls ? `https://localhost:${scene.tlsPort}` : `http://127.0.0.1:${scene.port}`;
      return {
        command: [beside(binary, PASS_THROUGH), String(port), upstream, scene.apiKey, userHeader(COMPLETE)],
        env: tls ? { SSL_CERT_FILE: scene.authority } : {},
      };
    },
  },
  {
    name: 'nginx-lua',
    title: 'nginx + Lua, the same work',
    works: true,
    isNative: true,
    prepare: ({ scene, folder, port }) => {
      const settings = scene.settings({ folder, port, upstream: `127.0.0.1:${scene.port}` });
      return {
        command: nginx(fill('nginx-lua.conf', settings, folder), folder),
        log: join(folder, 'nginx-lua.log'),
      };
    },
  },
  {
    name: 'nginx-njs',
    title: 'nginx + njs, the same work',
    needs: 'libnginx-mod-http-js',
    works: true,
    isNative: true,
    prepare: ({ scene, folder, port }) => {
      const settings = scene.settings({ folder, port, upstream: `127.0.0.1:${scene.port}`, scripts: folder });
      fill('javascript/njs.js', settings, folder);
      copyFileSync(join(CONTENDERS_FOLDER, 'javascript', 'rules.js'), join(folder, 'rules.js'));
      return {
        command: nginx(fill('nginx-njs.conf', settings, folder), folder),
        log: join(folder, 'nginx-njs.log'),
      };
    },
  },
  {
    name: 'fastify',
    title: 'fastify + undici, the same work',
    works: true,
    isNative: false,
    prepare: ({ scene, folder, port }) => {
      const log = join(folder, 'fastify.log');
      const { API_KEY, EMBED_HOST, KEY_SHA256 } = environment(scene);
      return {
        command: ['node', join(CONTENDERS_FOLDER, 'javascript', 'fastify.js')],
        env: {
          API_KEY,
          EMBED_HOST,
          KEY_SHA256,
          LOG: log,
          NODE_ENV: 'production',
          PORT: String(port),
          UPSTREAM: `http://127.0.0.1:${scene.port}`,
        },
        log,
      };
    },
  },
  {
    name: 'gateway',
    title: 'empego-gateway',
    works: true,
    isNative: true,
    prepare: ({ scene, folder, port, tls, tenants = 1, binary, rates = false, isSlowed = false }) => {
      writeFileSync(join(folder, 'api-key'), scene.apiKey, { mode: 0o600 });
      const settings = scene.settings({
        port,
        upstream: tls ? `localhost:${scene.tlsPort}` : `127.0.0.1:${scene.port}`,
        scheme: tls ? 'https' : 'http',
        clients: clients(scene, tenants, rates),
      });
      // In a folder of its own: the gateway watches the one of its configuration, and each line would wake it.
      mkdirSync(join(folder, 'log'));
      const log = join(folder, 'log', 'gateway.log');
      return {
        command: [binary, 'serve', '--config', fill('gateway.toml', settings, folder)],
        // The only authority it trusts is the one of the upstream.
        env: { ...(tls && { SSL_CERT_FILE: scene.authority }), ...(isSlowed && PATIENT) },
        log,
        errorFile: log,
      };
    },
  },
];

function environment(scene) {
  const { apiKey, embedHost, keySha256 } = scene.settings();
  return { API_KEY: apiKey, EMBED_HOST: embedHost, KEY_SHA256: keySha256 };
}

/** A tenant and its host; further ones that nobody uses, so that the right one has to be found. */
function clients(scene, tenants, withRates) {
  const rate = 'per_second = 100000\nburst = 100000';
  const tenantRate = withRates ? `[tenant.rate]\n${rate}` : '';
  const hostRate = withRates ? `[host.rate]\n${rate}\nclinician_per_second = 100000\nclinician_burst = 100000` : '';
  const all = Array.from({ length: tenants }, (_, at) => {
    const isUsed = at === Math.floor(tenants / 2);
    const [tenant, host] = isUsed ? ['clinic', 'ehr'] : [`clinic-${at}`, `ehr-${at}`];
    const digest = isUsed ? scene.keySha256 : randomBytes(32).toString('hex');
    return `
[[tenant]]
id = "${tenant}"
api_key_file = "api-key"
endpoints = ["*"]
${tenantRate}
[[host]]
id = "${host}"
tenant = "${tenant}"
identity = "asserted"
intents = ["owner", "existing", "upsert", "new", "clone"]
key_sha256 = "${digest}"
${hostRate}`;
  });
  return all.join('\n');
}

/** A contender that runs. */
export class Instance {
  contender;
  port;
  program;
  #log;
  #lines = 0;

  /** Starts a contender; `wrap` may put a program around it; a `core` of null is any. Returns once it has answered. */
  static async start(scene, contender, { wrap = (command) => command, core = CONTENDER_CORE, ...options } = {}) {
    const [folder, port] = [scene.instanceFolder(contender.name), await freePort()];
    const { command, env, log, errorFile } = contender.prepare({ scene, folder, port, ...options });
    const instance = new Instance();
    instance.contender = contender;
    instance.port = port;
    // What its calls must come by.
    instance.tls = options.tls ? 'TLSv1.3' : '';
    instance.#log = log;
    instance.program = new Program(contender.name, wrap(command, folder), { core, env, errorFile });
    const bytes = launch('drop-in', { key: scene.hostKey });
    instance.firstAnswerMs = await untilAnswered(instance.program, port, bytes).catch((error) => {
      const told = errorFile && existsSync(errorFile) ? readFileSync(errorFile, 'utf8').slice(0, 2000) : '';
      throw new Error(`${error.message}\n${told}`);
    });
    return instance;
  }

  get name() {
    return this.contender.name;
  }

  /** The process that launches: the last one, where one has started others. */
  get workingPid() {
    return this.program.pids.at(-1);
  }

  /** How many lines its log has so far. They are taken away, so that a long run fills no disk. */
  lines() {
    if (this.#log !== undefined && existsSync(this.#log)) {
      this.#lines += countLines(this.#log);
      truncateSync(this.#log);
    }
    return this.#lines;
  }

  async stop() {
    return this.program.stop();
  }
}

function countLines(file) {
  const buffer = Buffer.alloc(1 << 20);
  const descriptor = openSync(file, 'r');
  let lines = 0;
  for (let length = 1; length > 0; ) {
    length = readSync(descriptor, buffer);
    for (let at = buffer.indexOf(10); at >= 0 && at < length; at = buffer.indexOf(10, at + 1)) {
      lines += 1;
    }
  }
  closeSync(descriptor);
  return lines;
}
