// Stand-ins for Empego and Junction, and gateways that launch there.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';

import { EMBED_HOST, EMBED_URL } from '../compare.d/launches.mjs';
import { run, temporaryFolder } from '../compare.d/programs.mjs';
import { StandIn, startGateway } from '../compare.d/started.mjs';

/** Longer than any gateway keeps an idle connection. */
const KEPT_MS = 120_000;

const TEAM = '11111111-1111-4111-8111-111111111111';
const MEMBER = {
  id: '33333333-3333-4333-8333-333333333333',
  integration_member_id: 'emp123',
  name: 'Élodie Côté',
  email: 'elodie.cote@clinic.ca',
  team_role_bindings: [{ team_id: TEAM }],
};
const PATIENT = { user_id: '44444444-4444-4444-8444-444444444444', team_id: TEAM, client_user_id: 'patient123' };

export class TrainingScene {
  #folder = temporaryFolder();
  #hostKey = `egw_${randomBytes(32).toString('base64url')}`;
  #counting;
  #junction;
  #ports;

  static async setUp(counting, tools) {
    const scene = new TrainingScene();
    scene.#counting = counting;
    await scene.#certify();
    scene.#ports = { http: await scene.#empego(createServer()), https: await scene.#empego(scene.#tlsServer()) };
    await scene.#startJunction(tools);
    return scene;
  }

  /** Starts a gateway; `isWhole` adds the audit trail, a store, and TLS to Empego. */
  async serve(isWhole) {
    const folder = join(this.#folder, isWhole ? 'whole' : 'bare');
    mkdirSync(folder);
    const secret = (name, text) => writeFileSync(join(folder, name), text, { mode: 0o600 });
    secret('api-key', 'api-key-of-the-training');
    secret('management-key', 'mg_simulated');
    secret('keys', `k1 ${randomBytes(32).toString('base64')}\n`);
    const file = join(folder, 'gateway.toml');
    writeFileSync(file, this.#configuration(folder, isWhole));
    const env = isWhole ? { SSL_CERT_FILE: join(this.#folder, 'server.pem') } : {};
    const { program, port } = await startGateway(this.#counting, file, { log: `${folder}.log`, env });
    return { port, key: this.#hostKey, stop: () => program.stop() };
  }

  /** A certificate for `localhost` that is its own authority. */
  async #certify() {
    await run('openssl', [
      'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-keyout', join(this.#folder, 'server.key'), '-out', join(this.#folder, 'server.pem'), '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE',
    ]);
  }

  #tlsServer() {
    const read = (name) => readFileSync(join(this.#folder, name));
    return createTlsServer({ key: read('server.key'), cert: read('server.pem') });
  }

  /** Responds to every launch with the URL; the port it listens on. */
  async #empego(server) {
    server.keepAliveTimeout = KEPT_MS;
    server.on('request', (request, response) => {
      request.resume();
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(EMBED_URL) });
      response.end(EMBED_URL);
    });
    await new Promise((listening, failed) => {
      server.once('error', failed);
      server.listen(0, '127.0.0.1', listening);
    });
    return server.address().port;
  }

  async #startJunction(tools) {
    this.#junction = await StandIn.start(tools, { apiKey: 'api-key-of-the-training' });
    await this.#junction.control('PUT', 'junction', {
      teams: [{ id: TEAM, name: 'Cardiology', integration_team_id: 'cardio' }],
      members: [MEMBER],
      users: [PATIENT],
    });
  }

  #configuration(folder, isWhole) {
    const { http, https } = this.#ports;
    const records = `
[audit]
directory = "${folder}-trail"
keyring_file = "keys"
[store]
engine = "sqlite"
file = "${folder}-store.sqlite3"
`;
    return `
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
workers = 1
[log]
format = "json"
[empego]
base_url = "${isWhole ? `https://localhost:${https}` : `http://127.0.0.1:${http}`}/empego-integrations/R4"
embed_hosts = ["${EMBED_HOST}"]
${isWhole ? records : ''}
[[tenant]]
id = "downtown"
api_key_file = "api-key"
[tenant.junction]
org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
management_key_file = "management-key"
integration_slug = "my-ehr"
region = "us"
environment = "sandbox"
management_url = "${this.#junction.origin}/junction/management"
api_url = "${this.#junction.origin}/junction/api"
embed_url = "${this.#junction.origin}/junction/ehr"
[[host]]
id = "ehr"
tenant = "downtown"
identity = "asserted"
intents = ["existing", "upsert", "new"]
key_sha256 = "${createHash('sha256').update(this.#hostKey).digest('hex')}"
`;
  }
}
