// Debian's package in a fresh Debian: installed, upgraded with a trail and a store in place, and removed.
//
//   node package.mjs PACKAGE EARLIER_PACKAGE PROGRAM_WITH_THE_TOOLS
//
// Needs root, debootstrap and lintian. No systemd runs there: what its units say is shown by `units`.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { run, start } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { LISTENING, Scene } from './scene.mjs';

const [current, earlier, tools] = process.argv.slice(2);
const USER = 'empego-gateway';
const ETC = '/etc/empego-gateway';
const STATE = '/var/lib/empego-gateway';
const CONFIG = `${ETC}/gateway.toml`;
const FILES_OF_AN_OPERATOR = ['gateway.toml', 'keyring', 'api-key'];

describe("Debian's package", async () => {
  let root;
  let scene;

  before(async () => {
    root = join((await temporaryFolder()).path, 'debian');
    await succeeds('tests/ship/debian-root', root);
    await writeFile(at('/etc/hosts'), '127.0.0.1 localhost\n');
  });
  after(() => scene?.stop());

  const within = (...command) => run('chroot', [root, ...command]);
  const at = (path) => join(root, path);
  async function dpkg(...args) {
    const { code, output } = await within('dpkg', ...args);
    assert.equal(code, 0, output);
    return output;
  }
  async function install(file) {
    await copyFile(file, at('/package.deb'));
    return dpkg('--install', '/package.deb');
  }
  const asTheUser = (...command) => ['--userspec', USER, root, '/usr/bin/env', `SSL_CERT_FILE=${ETC}/ca.pem`, '/usr/bin/empego-gateway', ...command];
  async function launches() {
    const gateway = await start('chroot', asTheUser('serve', '--config', CONFIG), LISTENING);
    const { status, body } = await scene.launch(gateway.facts.address);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(await gateway.stop(), 0);
  }
  async function verified() {
    const { code, output } = await run('chroot', asTheUser('audit', 'verify', `${STATE}/audit`));
    assert.equal(code, 0, output);
    return output;
  }
  const digests = () => FILES_OF_AN_OPERATOR.map((file) => createHash('sha256').update(readFileSync(at(`${ETC}/${file}`))).digest('hex'));
  const idOf = (user) => Number(new RegExp(`^${user}:[^:]*:(\\d+):`, 'm').exec(readFileSync(at('/etc/passwd'), 'utf8'))[1]);

  it('has no error that Debian would refuse it for', async () => {
    await succeeds('lintian', '--fail-on', 'error', '--allow-root', current);
  });

  it('installs a program that its user can run, and no configuration', async () => {
    await install(earlier);
    assert.equal((await dpkg('--verify', USER)).trim(), '');
    const state = statSync(at(STATE));
    assert.deepEqual([state.uid, state.mode & 0o777], [idOf(USER), 0o700]);
    assert.equal(statSync(at(ETC)).mode & 0o777, 0o750);
    assert.deepEqual(readdirSync(at(ETC)), []);
    for (const unit of ['service', 'socket']) {
      assert.ok(existsSync(at(`/usr/lib/systemd/system/empego-gateway.${unit}`)));
    }
    const { code, output } = await run('chroot', asTheUser('--version'));
    assert.equal(code, 0, output);
  });

  it('is upgraded around a configuration, a trail and a store', async () => {
    scene = await Scene.create(tools, at(ETC), { state: STATE, user: idOf(USER) });
    await launches();
    const [before, trail] = [digests(), await verified()];

    await install(current);
    assert.equal((await dpkg('--verify', USER)).trim(), '');
    const version = async (file) => (await succeeds('dpkg-deb', '--field', file, 'Version')).trim();
    assert.ok((await dpkg('--status', USER)).split('\n').includes(`Version: ${await version(current)}`));
    assert.deepEqual(digests(), before);
    assert.equal(await verified(), trail);
    await launches();
    await verified();
    for (const path of ['man/man1/empego-gateway.1.gz', 'bash-completion/completions/empego-gateway']) {
      assert.ok(statSync(at(`/usr/share/${path}`)).size > 0, path);
    }
  });

  it('leaves keys, trail and store to the operator when it is purged, and says so', async () => {
    const output = await dpkg('--purge', USER);
    for (const folder of [ETC, STATE]) {
      assert.match(output, new RegExp(`${folder} is not empty, and stays`));
    }
    assert.ok(existsSync(at(`${STATE}/store.sqlite3`)) && readdirSync(at(`${STATE}/audit`)).length > 0);
    assert.ok(existsSync(at(`${ETC}/keyring`)));
    assert.equal(existsSync(at('/usr/bin/empego-gateway')), false);
    await succeeds('rm', '-r', at(ETC), at(STATE));
  });

  it('leaves nothing of its own behind', async () => {
    await install(current);
    const output = await dpkg('--purge', USER);
    assert.doesNotMatch(output, /is not empty/);
    for (const path of [ETC, STATE, '/usr/share/doc/empego-gateway', '/usr/lib/sysusers.d/empego-gateway.conf']) {
      assert.equal(existsSync(at(path)), false, path);
    }
  });
});

async function succeeds(program, ...args) {
  const { code, output } = await run(program, args);
  assert.equal(code, 0, output);
  return output;
}
