// TLS with clients of others: which versions and certificates work, whom a host's key is bound to, and what is refused.
//
//   node tls-peers.mjs PROGRAM

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { run } from './children.mjs';
import { certificatesIn, KINDS } from './fhir/certificates.mjs';
import { startServing, startSimulator } from './gateways.mjs';
import { eventually } from './polling.mjs';
import { temporaryFolder } from './temporary-folder.mjs';
import { CLIENTS, sClient } from './tls/clients.mjs';

const BINARY = resolve(process.argv[2] ?? 'target/debug/empego-gateway');
const HOST = { key: 'egw_tls_peers_of_any_client', id: 'ehr' };
const BOUND = { key: 'egw_tls_peers_of_one_client', id: 'ehr-bound' };
const PINNED = { key: 'egw_tls_peers_of_one_key', id: 'ehr-pinned' };
const NAME = 'ehr.example';

const folder = await temporaryFolder();
const upstream = await startSimulator(BINARY, 'api-key-of-the-clinic');
after(async () => {
  await upstream.stop();
  folder.remove();
});

for (const kind of Object.keys(KINDS)) {
  describe(`a gateway with a certificate of ${kind}`, () => {
    let gateway;
    let call;
    let files;
    let other;
    let stranger;

    before(async () => {
      const own = join(folder.path, kind);
      await mkdir(own);
      files = await certificatesIn(own, { kind, clientNames: `DNS:${NAME}` });
      await withKeyStore(files.client);
      other = await withKeyStore(await files.signed('other', 'clientAuth', 'DNS:other.example'));
      const elsewhere = join(own, 'elsewhere');
      await mkdir(elsewhere);
      stranger = await withKeyStore((await certificatesIn(elsewhere, { kind, clientNames: `DNS:${NAME}` })).client);
      gateway = await startServing(BINARY, upstream, own, await settings(files));
      const address = new URL(gateway.baseUrl).host;
      call = (options) => ({ address, authority: files.authority, hostKey: HOST.key, ...options });
    });

    after(() => gateway?.stop());

    for (const [name, launch] of Object.entries(CLIENTS)) {
      for (const version of ['TLSv1.2', 'TLSv1.3']) {
        it(`serves ${name} over ${version}, and binds keys to its certificate`, async () => {
          const free = await launch(call({ version }));
          assertLaunched(free);
          assert.equal(free.version, version);
          for (const { key: hostKey } of [BOUND, PINNED]) {
            const own = await launch(call({ version, client: files.client, hostKey }));
            assertLaunched(own);
            assert.equal(own.version, version);
            assertRefused(await launch(call({ version, hostKey })));
            assertRefused(await launch(call({ version, client: other, hostKey })));
          }
          await assert.rejects(launch(call({ version, client: stranger })));
        });
      }

      it(`refuses ${name} over TLS 1.1, which it would speak`, async () => {
        const old = await oldServer(files.server);
        try {
          const { version } = await launch(call({ version: 'TLSv1.1', address: old.address }));
          assert.equal(version, 'TLSv1.1');
        } finally {
          old.server.close();
        }
        await assert.rejects(launch(call({ version: 'TLSv1.1' })), /alert[^]*handshake.failure/i);
      });

      it(`proves its name to ${name}`, async () => {
        await assert.rejects(launch(call({ version: 'TLSv1.3', authority: stranger.cert })), /self.signed|local issuer|verify the first certificate|certification path/i);
      });
    }

    it('does not renegotiate', async () => {
      const { address } = call({});
      const session = sClient(address, ['-tls1_2', '-CAfile', files.authority]);
      await eventually('a handshake', () => assert.match(session.output, /Verify return code: 0/));
      session.child.stdin.write('R\n');
      const { output } = await session.ended;
      assert.match(output, /RENEGOTIATING[^]*no renegotiation/);
    });

    it('speaks no HTTP/2, whatever a client offers', async () => {
      const { address } = call({});
      const session = sClient(address, ['-tls1_3', '-CAfile', files.authority, '-alpn', 'h2,http/1.1']);
      await eventually('a handshake', () => assert.match(session.output, /Verify return code: 0/));
      assert.match(session.output, /ALPN protocol: http\/1\.1/);
      session.child.stdin.end('Q\n');
      await session.ended;
    });
  });
}

function assertLaunched({ status, body }) {
  assert.equal(status, 200, body);
  assert.match(body, /"url":"http/);
}

function assertRefused({ status, body }) {
  assert.equal(status, 401, body);
  assert.match(body, /"code":"host_unauthenticated"/);
}

/** Java reads certificate and key from one file. */
async function withKeyStore(client) {
  client.p12 = client.cert.replace(/pem$/, 'p12');
  const { code, output } = await run('openssl', [
    'pkcs12', '-export', '-in', client.cert, '-inkey', client.key, '-out', client.p12, '-passout', 'pass:tests',
  ]);
  assert.equal(code, 0, output);
  return client;
}

/** A server of TLS 1.1 that responds to everything with 200: with it, a client shows that it can. */
async function oldServer({ cert, key }) {
  const options = { cert: await readFile(cert), key: await readFile(key), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const server = createServer(options, (request, response) => {
    request.resume().on('end', () => response.setHeader('Connection', 'close').end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `127.0.0.1:${server.address().port}` };
}

async function settings({ authority, server, client }) {
  const digest = (key) => createHash('sha256').update(key).digest('hex');
  const host = ({ id, key }, more = '') => `
[[host]]
id = "${id}"
tenant = "clinic"
identity = "asserted"
key_sha256 = "${digest(key)}"
${more}`;
  return `
[tls]
cert_file = "${server.cert}"
key_file = "${server.key}"
client_auth = "optional"
client_ca_file = "${authority}"

[[tenant]]
id = "clinic"
api_key_file = "api-key"
endpoints = ["*"]
${host(HOST)}
${host(BOUND, `client_certs = ["dns:${NAME}"]`)}
${host(PINNED, `client_certs = ["${await publicKeyDigest(client.cert)}"]`)}
`;
}

/** As docs/operate/tls.md has it. */
async function publicKeyDigest(cert) {
  const command = 'openssl x509 -in "$0" -noout -pubkey | openssl pkey -pubin -outform der | sha256sum';
  const { code, output } = await run('sh', ['-c', command, cert]);
  assert.equal(code, 0, output);
  return output.slice(0, 64);
}
