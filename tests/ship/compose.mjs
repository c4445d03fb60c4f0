// deploy/compose: the file, by the Compose specification; and what it starts, as processes of this machine, but for Grafana.
//
//   node compose.mjs PROGRAM PYTHON_PACKAGES
//
// PYTHON_PACKAGES has compose-spec and podman-compose.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../peers/children.mjs';
import { eventually } from '../peers/polling.mjs';
import { freePort } from '../peers/ports.mjs';
import { Postgres } from '../peers/postgres.mjs';
import { Prometheus, promtool } from '../peers/prometheus-server.mjs';
import { SilentServer } from '../peers/servers.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';

const BINARY = resolve(process.argv[2] ?? 'target/debug/empego-gateway');
const PACKAGES = resolve(process.argv[3] ?? 'target/compose');
const COMPOSE = fileURLToPath(new URL('../../deploy/compose/', import.meta.url));
const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const HOST_KEY = 'egw_compose';
const IMAGES = ['GATEWAY', 'POSTGRES', 'PROMETHEUS', 'GRAFANA'].map((name) => [`${name}_IMAGE`, `registry.example/${name.toLowerCase()}@sha256:${'0'.repeat(64)}`]);
/** What the guide has operators create. */
const CREATED = {
  gateway: ['database-url', 'audit-keys', 'api-key', 'host-key-sha256'],
  secrets: ['owner-url', 'owner-password', 'gateway-password', 'grafana-password'],
};

const folder = await temporaryFolder();
after(() => folder.remove());

describe('the compose file', async () => {
  const text = await readFile(join(COMPOSE, 'compose.yaml'), 'utf8');
  const file = JSON.parse(python('import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))', text).stdout);

  it('is one by the Compose specification', () => {
    assert.equal(valid(text).status, 0, valid(text).stderr);
    const wrong = valid(text.replace('read_only: true', 'read_only: [1]'));
    assert.notEqual(wrong.status, 0, 'a value of another type was taken');
    assert.match(wrong.stderr, /read_only/);
  });

  it('is one for podman-compose', () => {
    const env = { ...process.env, PYTHONPATH: PACKAGES, ...Object.fromEntries(IMAGES) };
    const read = spawnSync('python3', ['-m', 'podman_compose', '-f', join(COMPOSE, 'compose.yaml'), 'config'], { env, encoding: 'utf8' });
    assert.equal(read.status, 0, read.stderr);
    assert.match(read.stdout, /registry\.example\/gateway@sha256/);
  });

  it('publishes ports of loopback alone, and names images by variables', () => {
    for (const [name, service] of Object.entries(file.services)) {
      assert.match(service.image, /^\$\{[A-Z]+_IMAGE:\?.*digest\}$/, name);
      for (const port of service.ports ?? []) {
        assert.match(port, /^127\.0\.0\.1:/, name);
      }
    }
  });

  it('mounts what is there, or what the guide has operators create', () => {
    const sources = Object.values(file.services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]));
    for (const source of sources.filter((name) => name.startsWith('.'))) {
      assert.ok(existsSync(join(COMPOSE, source)), source);
    }
    assert.deepEqual(Object.values(file.secrets).map((secret) => secret.file).sort(), CREATED.secrets.map((name) => `./secrets/${name}`).sort());
  });

  it('has a guide that creates every file it needs', async () => {
    const guide = await readFile(new URL('../../docs/operate/install-compose.md', import.meta.url), 'utf8');
    for (const [place, names] of Object.entries(CREATED)) {
      for (const name of names) {
        assert.ok(guide.includes(name), `${place}/${name}`);
      }
    }
  });
});

describe('what the compose file starts', () => {
  it('has rules and a configuration that Prometheus takes', async () => {
    const place = join(folder.path, 'rules');
    await mkdir(place);
    cpSync(join(COMPOSE, 'prometheus.yml'), join(place, 'prometheus.yml'));
    cpSync(join(DEPLOY, 'alerts.yml'), join(place, 'alerts.yml'));
    await promtool('check', 'config', join(place, 'prometheus.yml'));
  });

  it('works together: database, roles, tables, gateway, and Prometheus', async () => {
    const postgres = await Postgres.start(folder.path);
    const stops = [() => postgres.stop()];
    try {
      const { port } = new URL(postgres.url);
      await prepareDatabase(port);
      const config = await configuration(port);
      const owner = join(folder.path, 'owner-url');
      await writeFile(owner, `postgresql://gateway_owner@127.0.0.1:${port}/gateway`, { mode: 0o600 });
      const migrated = await run(BINARY, ['database', 'migrate', '--config', config.file, '--url-file', owner, '--grant-to', 'gateway']);
      assert.equal(migrated.code, 0, migrated.output);
      const checked = await run(BINARY, ['check', '--config', config.file]);
      assert.equal(checked.code, 0, checked.output);

      const gateway = await SilentServer.start(BINARY, ['serve', '--config', config.file], { port: config.port, env: { GATEWAY__EMPEGO__BASE_URL: 'http://127.0.0.1:9' } });
      stops.push(() => gateway.stop());
      const response = await fetch(`http://127.0.0.1:${config.port}/v1/embeddable/consultation/dashboard`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${HOST_KEY}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ clinician: { userId: 'u1', firstName: 'A', lastName: 'B', email: 'a@ehr.example', licenseNumber: '1' } }),
      });
      assert.equal((await response.json()).code, 'upstream_unreachable', gateway.output);

      const scraped = (await readFile(join(COMPOSE, 'prometheus.yml'), 'utf8'))
        .replace('gateway:9090', `localhost:${config.adminPort}`)
        .replace('scrape_interval: 15s', 'scrape_interval: 1s')
        .replace('alerts.yml', join(DEPLOY, 'alerts.yml'));
      const prometheus = await Prometheus.start(folder.path, scraped);
      stops.push(() => prometheus.stop());
      await eventually('a scrape', async () => assert.equal(await prometheus.number('up{job="empego-gateway"}'), 1));
      assert.ok((await prometheus.alertingRules()).length > 10);
    } finally {
      for (const stop of stops.reverse()) {
        await stop();
      }
    }
  });
});

/** As the database's image does: its owner's role, then the script, in the role's name. */
async function prepareDatabase(port) {
  const env = { ...process.env, PGHOST: '127.0.0.1', PGPORT: port };
  const sql = async (user, text) => {
    const done = await run('psql', ['--set=ON_ERROR_STOP=1', `--username=${user}`, '--dbname=postgres', `--command=${text}`], { env });
    assert.equal(done.code, 0, done.output);
  };
  // The test's own superuser has the name that the script needs.
  await sql('gateway', 'create role gateway_owner superuser login');
  await sql('gateway_owner', 'alter role gateway rename to first_superuser');
  await sql('gateway_owner', 'create database gateway owner gateway_owner');
  const password = join(folder.path, 'gateway-password');
  await writeFile(password, `it's \\"odd"`);
  const roles = await run('sh', [join(COMPOSE, 'database/roles.sh')], {
    env: { ...env, POSTGRES_USER: 'gateway_owner', POSTGRES_DB: 'gateway', GATEWAY_PASSWORD_FILE: password },
  });
  assert.equal(roles.code, 0, roles.output);
}

/** The configuration as it is mounted, with this machine's ports and folders. */
async function configuration(databasePort) {
  const place = join(folder.path, 'gateway');
  await mkdir(place);
  const [port, adminPort] = [await freePort(), await freePort()];
  const file = join(place, 'gateway.toml');
  const text = (await readFile(join(COMPOSE, 'gateway/gateway.toml'), 'utf8'))
    .replace('0.0.0.0:8080', `127.0.0.1:${port}`)
    .replace('0.0.0.0:9090', `127.0.0.1:${adminPort}`)
    .replace('/var/lib/empego-gateway', join(folder.path, 'state'));
  await mkdir(join(folder.path, 'state'));
  const contents = {
    'gateway.toml': text,
    'database-url': `postgresql://gateway@127.0.0.1:${databasePort}/gateway`,
    'audit-keys': `k1 ${randomBytes(32).toString('base64')}\n`,
    'api-key': 'key',
    'host-key-sha256': createHash('sha256').update(HOST_KEY).digest('hex'),
  };
  assert.deepEqual(Object.keys(contents).slice(1), CREATED.gateway);
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(place, name), content);
    await chmod(join(place, name), 0o600);
  }
  return { file, port, adminPort };
}

/** Reads it as the specification's types. */
function valid(text) {
  const program = 'import sys, yaml; from compose_spec import ComposeSpecification; ComposeSpecification.model_validate(yaml.safe_load(sys.stdin))';
  return python(program, text);
}

function python(program, input) {
  return spawnSync('python3', ['-c', program], { input, env: { ...process.env, PYTHONPATH: PACKAGES }, encoding: 'utf8' });
}
