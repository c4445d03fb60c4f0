// The image, as an operator gets it: built twice, looked at from outside, and run with nothing but what it needs.
//
//   node image.mjs PROGRAM_THAT_IS_SHIPPED PROGRAM_WITH_THE_TOOLS STRUCTURE_TEST
//
// Needs root, buildah, podman, runc and skopeo.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { run } from '../peers/children.mjs';
import { eventually } from '../peers/polling.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { Podman } from './podman.mjs';
import { LISTENING, Scene } from './scene.mjs';

const [program, tools, structureTest] = process.argv.slice(2);
const MOST_BYTES = 25 * 1024 * 1024;
const USER = 65532;
const IN_FLIGHT = 40;
const ETC = '/etc/empego-gateway';
const STATE = '/var/lib/empego-gateway';

describe('the image', async () => {
  let folder;
  let archive;
  let podman;
  let scene;
  let options;

  before(async () => {
    folder = (await temporaryFolder()).path;
    archive = await built('image');
    podman = await Podman.with(archive);
    scene = await Scene.create(tools, join(folder, 'etc'), { state: STATE, user: USER });
    // A new volume is the image's own folder, with its owner.
    options = [`--volume=${scene.config}:${ETC}:ro`, `--volume=state:${STATE}`];
  });
  after(() => scene.stop());

  async function built(name) {
    const path = join(folder, `${name}.oci.tar`);
    const { code, output } = await run('deploy/image/build', [program, path]);
    assert.equal(code, 0, output);
    return path;
  }

  const trusting = () => [...options, `--env=SSL_CERT_FILE=${ETC}/ca.pem`];

  it('is small', () => {
    assert.ok(statSync(archive).size <= MOST_BYTES, `${statSync(archive).size} bytes`);
  });

  it('is the same when it is built again', async () => {
    assert.equal(await digest(await built('again')), await digest(archive));
  });

  it('has what it says, and nothing to run but the program', async () => {
    const flat = join(folder, 'flat.tar');
    const copied = await run('skopeo', ['copy', '--quiet', `oci-archive:${archive}`, `docker-archive:${flat}:empego-gateway:tested`]);
    assert.equal(copied.code, 0, copied.output);
    const args = ['test', '--driver=tar', `--image=${flat}`, '--config=tests/ship/image.yaml'];
    const { code, output } = await run(structureTest, args);
    assert.equal(code, 0, output);
  });

  it('names the commit that it was built from', async () => {
    const { output } = await run('skopeo', ['inspect', `oci-archive:${archive}`]);
    const revision = (await run('git', ['rev-parse', 'HEAD'])).output.trim();
    const label = (name) => JSON.parse(output).Labels[`org.opencontainers.image.${name}`];
    assert.equal(label('revision'), revision);
    assert.equal(label('licenses'), 'Apache-2.0');
    assert.ok(label('version') && label('created'));
  });

  it('trusts the authorities of Debian, and of a file that is mounted', async () => {
    const without = await podman.serve(options, LISTENING);
    const refused = await scene.launch(without.facts.address);
    assert.equal(refused.body.code, 'upstream_unreachable', JSON.stringify(refused.body));
    assert.equal((await without.stop()).code, 0);

    const trusted = await podman.serve(trusting(), LISTENING);
    const launched = await scene.launch(trusted.facts.address);
    assert.equal(launched.status, 200, JSON.stringify(launched.body));
    assert.equal((await trusted.stop()).code, 0);
  });

  it('is ready, and loses no launch when it is stopped', async () => {
    const gateway = await podman.serve(trusting(), LISTENING);
    const ready = () => fetch(`http://${gateway.facts.admin}/readyz`);
    assert.equal((await ready()).status, 200);

    const inFlight = scene.upstream.hold(IN_FLIGHT);
    const launches = Array.from({ length: IN_FLIGHT }, () => scene.launch(gateway.facts.address));
    await inFlight;
    const stopping = gateway.stop();
    await eventually('the end is announced', async () => assert.equal((await ready()).status, 503));
    scene.upstream.letGo();
    const statuses = (await Promise.all(launches)).map(({ status }) => status);
    assert.deepEqual(statuses, Array(IN_FLIGHT).fill(200));
    assert.equal((await stopping).code, 0);

    const { code, output } = await podman.run(trusting(), 'audit', 'verify', `${STATE}/audit`);
    assert.equal(code, 0, output);
  });
});

async function digest(archive) {
  const { code, output } = await run('skopeo', ['inspect', '--format={{.Digest}}', `oci-archive:${archive}`]);
  assert.equal(code, 0, output);
  return output.trim();
}
