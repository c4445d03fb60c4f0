// Callers behind HAProxy and nginx: whose address the audit trail has, and what is not believed.
//
//   node proxies.mjs PROGRAM

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';

import { run } from './children.mjs';
import { startSimulator } from './gateways.mjs';
import { freePort } from './ports.mjs';
import { HOST_KEY, Replica, sharedFiles } from './replicas.mjs';
import { SilentServer } from './servers.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const BINARY = resolve(process.argv[2] ?? 'target/debug/empego-gateway');
/** Where the caller is, the proxy, and another machine that is not trusted; all of them this one. */
const CALLER = '127.0.0.9';
const PROXY = '127.0.0.2';
const STRANGER = '127.0.0.3';
/** Where the caller says to be. */
const CLAIMED = '203.0.113.9';

const CLAIMS = { 'X-Forwarded-For': CLAIMED, Forwarded: `for=${CLAIMED}`, 'X-Real-IP': CLAIMED };

const folder = await temporaryFolder();
const upstream = await startSimulator(BINARY, 'api-key-of-the-clinic');
await sharedFiles(folder.path, upstream.apiKey);
after(async () => {
  await upstream.stop();
  folder.remove();
});

const PROXIES = {
  'HAProxy with PROXY version 2': (gateway) => haproxy(gateway, { server: `source ${PROXY} send-proxy-v2` }),
  'HAProxy with PROXY version 1': (gateway) => haproxy(gateway, { server: `source ${PROXY} send-proxy` }),
  'HAProxy without a word': (gateway) => haproxy(gateway, { server: `source ${PROXY}` }),
  'HAProxy with X-Forwarded-For': (gateway) => haproxy(gateway, { server: `source ${PROXY}`, option: 'option forwardfor' }),
  'HAProxy of a stranger with PROXY version 2': (gateway) => haproxy(gateway, { server: `source ${STRANGER} send-proxy-v2` }),
  'HAProxy of a stranger with X-Forwarded-For': (gateway) => haproxy(gateway, { server: `source ${STRANGER}`, option: 'option forwardfor' }),
  'nginx with X-Forwarded-For': (gateway) => nginx(gateway, httpOf),
  'nginx with PROXY version 1': (gateway) => nginx(gateway, streamOf),
};

/** What each way believes of each proxy: an address, or null if no launch comes through. */
const BELIEVED = {
  'proxy-protocol': {
    'HAProxy with PROXY version 2': CALLER,
    'HAProxy with PROXY version 1': null,
    'HAProxy without a word': null,
    'HAProxy of a stranger with PROXY version 2': null,
    'nginx with PROXY version 1': null,
  },
  'x-forwarded-for': {
    'HAProxy with X-Forwarded-For': CALLER,
    'HAProxy of a stranger with X-Forwarded-For': STRANGER,
    'nginx with X-Forwarded-For': CALLER,
    'HAProxy with PROXY version 2': null,
  },
  connection: {
    'HAProxy with X-Forwarded-For': PROXY,
    'nginx with X-Forwarded-For': PROXY,
    'HAProxy with PROXY version 2': null,
  },
};

for (const [way, rows] of Object.entries(BELIEVED)) {
  describe(`a gateway whose caller_address is ${way}`, () => {
    const running = [];

    afterEach(async () => {
      for (const server of running.splice(0).reverse()) {
        await server.stop();
      }
    });

    const start = async () => {
      const trusted = way === 'connection' ? '' : `trusted_proxies = ["${PROXY}"]`;
      const name = `gateway-${await freePort()}`;
      const server = `caller_address = "${way}"\n${trusted}`;
      const gateway = await Replica.prepare(BINARY, folder.path, name, upstream, { server });
      await gateway.begin();
      running.push(gateway);
      return gateway;
    };

    for (const [title, address] of Object.entries(rows)) {
      it(address ? `records ${address} behind ${title}` : `launches nothing for ${title}`, async () => {
        const gateway = await start();
        const proxy = await PROXIES[title](gateway);
        running.push(proxy);
        const status = await launch(proxy.port, CALLER, CLAIMS);
        if (address === null) {
          assert.notEqual(status, 200);
          assert.deepEqual(await gateway.found(), []);
          return;
        }
        assert.equal(status, 200, proxy.output);
        assert.deepEqual((await gateway.found()).map(({ from }) => from), [address]);
        assert.ok((await exported(gateway)).includes(`"${address}"`));
        assert.ok(!(await exported(gateway)).includes(CLAIMED));
      });
    }

    it('believes nothing that a caller without a proxy says', async () => {
      const gateway = await start();
      assert.equal(await launch(gateway.port, STRANGER, CLAIMS), 200);
      assert.deepEqual((await gateway.found()).map(({ from }) => from), [STRANGER]);
    });
  });
}

/** Launches from an address of this machine; the status, or what the connection ended with. */
async function launch(port, localAddress, headers) {
  const clinician = { userId: 'u1', firstName: 'Noah', lastName: 'Singh', email: 'noah@clinic.example', licenseNumber: 'MD1' };
  const sending = request({
    host: '127.0.0.1',
    port,
    localAddress,
    agent: false,
    path: '/v1/embeddable/statistics',
    method: 'POST',
    headers: { Authorization: `Bearer ${HOST_KEY}`, 'Content-Type': 'application/json', ...headers },
  });
  sending.end(JSON.stringify({ clinician }));
  try {
    const [response] = await once(sending, 'response');
    response.resume();
    return response.statusCode;
  } catch (error) {
    return error.code;
  }
}

/** The trail as FHIR has it. */
async function exported({ config }) {
  const { code, output } = await run(BINARY, ['audit', 'export', '--config', config, '--format', 'ndjson']);
  assert.equal(code, 0, output);
  return output;
}

async function haproxy(gateway, { server, option = '' }) {
  const port = await freePort();
  const config = join(folder.path, `haproxy-${port}.cfg`);
  await writeFile(config, `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  ${option}
listen gateway
  bind 127.0.0.1:${port}
  server gateway 127.0.0.1:${gateway.port} ${server}
`);
  return started('haproxy', ['-db', '-f', config], port);
}

async function nginx(gateway, servers) {
  const port = await freePort();
  const place = join(folder.path, `nginx-${port}`);
  await mkdir(place);
  const config = join(place, 'nginx.conf');
  await writeFile(config, `
${servers.modules}
daemon off;
master_process off;
pid ${place}/pid;
error_log stderr warn;
events { worker_connections 64; }
${servers.text(place, port, gateway.port)}
`);
  return started('nginx', ['-p', place, '-e', 'stderr', '-c', config], port);
}

async function started(program, args, port) {
  const server = await SilentServer.start(program, args, { port });
  return Object.assign(server, { port });
}

const httpOf = {
  modules: '',
  text: (place, port, to) => `
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${place}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${to};
      proxy_bind ${PROXY};
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}`,
};

const streamOf = {
  modules: 'load_module /usr/lib/nginx/modules/ngx_stream_module.so;',
  text: (_place, port, to) => `
stream {
  server {
    listen 127.0.0.1:${port};
    proxy_pass 127.0.0.1:${to};
    proxy_bind ${PROXY};
    proxy_protocol on;
  }
}`,
};
