// Who is compared, and how each is started.

import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { prepareGateway } from './gateway.mjs';
import { COMPLETE, userHeader } from './launches.mjs';
import { CONTENDERS_FOLDER, fill, nginx } from './scene.mjs';

/** What nginx needs for an upstream that speaks TLS: the same trust, and no more, than the gateway has. */
const NGINX_TLS = (authority) => `
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate ${authority};
    proxy_ssl_server_name on;
    proxy_ssl_name localhost;
    proxy_ssl_protocols TLSv1.3;
`;

/** How much of the gateway's work a contender does. */
export const WORK = {
  /** It passes requests on. */
  none: 'none',
  /** What a script does that is written in an afternoon. */
  afternoon: 'afternoon',
  /** All that is asked of any contender. */
  all: 'all',
};

/** Where cargo puts it, from the folder of a program. */
const PASS_THROUGH = join('examples', 'pass-through');
const DIST = fileURLToPath(new URL('../../target/dist', import.meta.url));

/** The program of the two libraries alone: beside the gateway's, or where `cargo build --profile dist --example` puts it. */
export function passThrough(binary) {
  return [dirname(binary), DIST].map((folder) => join(folder, PASS_THROUGH)).find((path) => existsSync(path));
}

/**
 * Every contender: what it is called, how much of the gateway's work it does, whether it is a native program, whose
 * instructions callgrind can count, which package it needs that may not exist, whether it is built from this repository
 * beside the gateway, and how it is prepared: its command and its log, if it writes one.
 */
export const CONTENDERS = [
  {
    name: 'nginx-proxy',
    title: 'nginx proxy_pass, no work',
    work: WORK.none,
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
    work: WORK.none,
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
    isBuiltHere: true,
    work: WORK.none,
    isNative: true,
    prepare: ({ scene, port, tls, binary }) => {
      const upstream = tls ? `https://localhost:${scene.tlsPort}` : `http://127.0.0.1:${scene.port}`;
      return {
        command: [passThrough(binary), String(port), upstream, scene.apiKey, userHeader(COMPLETE)],
        env: tls ? { SSL_CERT_FILE: scene.authority } : {},
      };
    },
  },
  {
    name: 'nginx-lua-plain',
    title: 'nginx + Lua, the script one writes in an afternoon',
    work: WORK.afternoon,
    isNative: true,
    prepare: ({ scene, folder, port }) => {
      const settings = scene.settings({ folder, port, upstream: `127.0.0.1:${scene.port}`, hostKey: scene.hostKey });
      return {
        command: nginx(fill('nginx-lua-plain.conf', settings, folder), folder),
        log: join(folder, 'nginx-lua-plain.log'),
      };
    },
  },
  {
    name: 'nginx-lua',
    title: 'nginx + Lua, the same work',
    work: WORK.all,
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
    work: WORK.all,
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
    work: WORK.all,
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
    work: WORK.all,
    isNative: true,
    prepare: prepareGateway,
  },
  {
    name: 'gateway-audit',
    title: 'empego-gateway with a durable audit trail in a file',
    work: WORK.all,
    isNative: true,
    prepare: (options) => prepareGateway({ trail: true, ...options }),
  },
];

/** The contender of this name. */
export function contender(name) {
  return CONTENDERS.find((one) => one.name === name);
}

function environment(scene) {
  const { apiKey, embedHost, keySha256 } = scene.settings();
  return { API_KEY: apiKey, EMBED_HOST: embedHost, KEY_SHA256: keySha256 };
}
