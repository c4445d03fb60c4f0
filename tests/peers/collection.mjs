// The collection for Hurl, run against the demo.
//
//   node collection.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_HURL

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from './children.mjs';
import { KNOWN_USERS } from './empego.mjs';
import { startDemo } from './gateways.mjs';

const [binary, hurl] = process.argv.slice(2);
assert.ok(binary && hurl, "name the gateway's binary, and hurl");

const COLLECTION = fileURLToPath(new URL('../hurl/documented.hurl', import.meta.url));

describe('the collection', () => {
  let demo;

  before(async () => {
    demo = await startDemo(binary);
  });

  after(() => demo?.stop());

  it('holds against the demo', async () => {
    await demo.simulator.restart(KNOWN_USERS);
    const { code, output } = await collect(demo.hostKey);
    assert.equal(code, 0, output);
    assert.match(output, /Executed requests: +16 /);
  });

  it('fails where an answer is another', async () => {
    const { code, output } = await collect('egw_nobodys');
    assert.equal(code, 4, output);
  });

  function collect(hostKey) {
    const variables = Object.entries({ gateway: new URL(demo.baseUrl).origin, host_key: hostKey });
    const args = variables.flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
    return run(hurl, ['--test', '--no-color', ...args, COLLECTION]);
  }
});
