// The tarball, on a system that has nothing: no library, no /dev, no /proc, no other program.
//
//   node tarball.mjs TARBALL PROGRAM_WITH_THE_TOOLS
//
// Needs root.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { run, start } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { Names } from './names.mjs';
import { LISTENING, Scene } from './scene.mjs';

const [tarball, tools] = process.argv.slice(2);
const USER = 65532;
const EMPEGO = 'empego.test';
const CONFIG = '/etc/gateway.toml';
const STATE = '/state';

describe('the tarball', async () => {
  let root;
  let unpacked;
  let names;
  let scene;

  before(async () => {
    root = (await temporaryFolder()).path;
    const { code, output } = await run('tar', ['--extract', '--file', tarball, '--directory', root, '--no-same-owner']);
    assert.equal(code, 0, output);
    [unpacked] = readdirSync(root);
    await chmod(root, 0o755);
    names = await Names.start(EMPEGO);
    scene = await Scene.create(tools, join(root, 'etc'), { state: STATE, user: USER, name: EMPEGO });
    await writeFile(join(root, 'etc/resolv.conf'), `nameserver ${names.address}\n`);
    await mkdir(join(root, STATE), { mode: 0o700 });
    await chown(join(root, STATE), USER, USER);
  });
  after(async () => {
    await scene?.stop();
    names?.stop();
  });

  const command = (...args) => [`SSL_CERT_FILE=/etc/ca.pem`, 'chroot', `--userspec=${USER}:${USER}`, root, `/${unpacked}/empego-gateway`, ...args];

  it('has what an operator needs to set it up', () => {
    const contents = new Set(readdirSync(join(root, unpacked)));
    for (const file of ['empego-gateway', 'empego-gateway.cdx.json', 'gateway.example.toml', 'LICENSE', 'README.md', 'systemd', 'man', 'completions']) {
      assert.ok(contents.has(file), file);
    }
    assert.deepEqual(readdirSync(root).sort(), [unpacked, 'etc', 'state'].sort());
  });

  it('launches where there is nothing else, by a name that DNS knows', async () => {
    const gateway = await start('env', command('serve', '--config', CONFIG), LISTENING);
    assert.equal((await fetch(`http://${gateway.facts.admin}/readyz`)).status, 200);
    const { status, body } = await scene.launch(gateway.facts.address);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(await gateway.stop(), 0);
    const { code, output } = await run('env', command('audit', 'verify', `${STATE}/audit`));
    assert.equal(code, 0, output);
  });

  it('draws its randomness from the system, of which there are no files', async () => {
    const keys = await Promise.all([1, 2].map(() => run('env', command('key', 'generate'))));
    assert.deepEqual(keys.map(({ code }) => code), [0, 0], keys[0].output);
    assert.notEqual(keys[0].output, keys[1].output);
  });
});
