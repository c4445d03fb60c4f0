// Two gateways behind HAProxy, as deploy/haproxy configures it, under 200 launches a second: what an update loses, and a kill.
//
//   node rolling.mjs PROGRAM

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { certificatesIn } from '../peers/fhir/certificates.mjs';
import { startSimulator } from '../peers/gateways.mjs';
import { Haproxy } from '../peers/haproxy.mjs';
import { eventually } from '../peers/polling.mjs';
import { HOST_KEY, Replica, sharedFiles } from '../peers/replicas.mjs';
import { Simulator } from '../peers/simulator.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { Load } from './load.mjs';

const BINARY = resolve(process.argv[2] ?? 'target/debug/empego-gateway');
const PER_SECOND = 200;
/** How many launches pass before and after each event. */
const PHASE = 300;
const BEHIND_HAPROXY = `
trusted_proxies = ["127.0.0.1"]
caller_address = "proxy-protocol"
shutdown_delay_secs = 5
`;

describe('two gateways behind HAProxy', () => {
  let folder;
  let empego;
  let replicas;
  let haproxy;
  let authority;

  beforeEach(async () => {
    folder = await temporaryFolder();
    const certificates = await certificatesIn(folder.path);
    authority = await readFile(certificates.authority);
    const both = join(folder.path, 'haproxy.pem');
    const parts = [certificates.server.cert, certificates.server.key].map((file) => readFile(file, 'utf8'));
    await writeFile(both, (await Promise.all(parts)).join(''), { mode: 0o600 });
    empego = await startSimulator(BINARY, 'api-key-of-the-clinic');
    await sharedFiles(folder.path, empego.apiKey);
    replicas = [];
    for (const name of ['one', 'two']) {
      const replica = await Replica.prepare(BINARY, folder.path, name, empego, { server: BEHIND_HAPROXY });
      replicas.push(replica);
      await replica.begin();
    }
    haproxy = await Haproxy.start(folder.path, both, replicas);
    await Promise.all([isUp(1), isUp(2)]);
  });

  afterEach(async () => {
    await haproxy?.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await empego.stop();
    folder.remove();
  });

  const isUp = (number) =>
    eventually(`gateway-${number} up`, async () => assert.equal((await haproxy.figures(number)).status, 'UP', haproxy.output));
  const startLoad = () => new Load({ port: haproxy.port, authority, hostKey: HOST_KEY, perSecond: PER_SECOND });

  it('loses no launch when each gateway is drained and replaced in turn', async () => {
    const load = startLoad();
    await load.more(PHASE);
    for (const [at, replica] of replicas.entries()) {
      const name = `gateways/gateway-${at + 1}`;
      await haproxy.command(`set server ${name} state drain`);
      await eventually(`${name} without sessions`, async () => {
        assert.equal((await haproxy.figures(at + 1)).scur, '0');
      });
      await replica.end();
      await load.more(PHASE);
      await replica.begin();
      await haproxy.command(`set server ${name} state ready`);
      await isUp(at + 1);
      await load.more(PHASE);
    }
    const launches = await load.end();
    assertAllLaunched(launches);
    await assertRecordedOnce(launches);
  });

  it('loses no launch when each gateway gets SIGTERM and a delay to be noticed in', async () => {
    const load = startLoad();
    await load.more(PHASE);
    for (const [at, replica] of replicas.entries()) {
      await replica.end();
      await load.more(PHASE);
      await replica.begin();
      await isUp(at + 1);
      await load.more(PHASE);
    }
    const launches = await load.end();
    assertAllLaunched(launches);
    await assertRecordedOnce(launches);
  });

  it('loses what is in flight at most when a gateway is killed, and the trail names the rest', async () => {
    await new Simulator(empego.baseUrl).fault({ delayMs: 250, count: 1_000_000 });
    const load = startLoad();
    await load.more(PHASE);
    const [before, sent] = [load.inFlight, load.sent];
    await replicas[0].kill();
    // Those that came while the process ended are in flight too.
    const inFlight = new Set([...before, ...load.after(sent)]);
    await load.more(PHASE);
    assert.equal((await replicas[0].verify()).code, 2, 'a chain that has not ended');
    await replicas[0].begin();
    await isUp(1);
    await load.more(PHASE);
    const launches = await load.end();

    const lost = launches.filter(({ code }) => code === undefined);
    assert.ok(lost.length > 0, 'nothing was in flight');
    assert.deepEqual(lost.filter(({ id }) => !inFlight.has(id)), [], 'lost without having been in flight');
    const launched = launches.filter(({ code }) => code !== undefined);
    assertAllLaunched(launched);
    const records = await assertRecordedOnce(launched, lost);
    const arrived = await arrivals();
    const recorded = lost.filter(({ id }) => records.has(id)).length;
    const reached = lost.filter(({ userId }) => arrived.has(userId)).length;
    console.log(`${lost.length} of ${inFlight.size} in flight lost: ${reached} had reached Empego, ${recorded} are recorded`);
  });

  function assertAllLaunched(launches) {
    assert.deepEqual(launches.filter(({ code }) => code !== 'ok'), [], haproxy.output);
  }

  /** Each of these has one record, in one trail; of `others`, each has one at most. No launch was carried out twice. */
  async function assertRecordedOnce(launches, others = []) {
    await Promise.all(replicas.map((replica) => replica.end()));
    const records = [];
    for (const replica of replicas) {
      const { code, output } = await replica.verify();
      assert.equal(code, 0, output);
      const found = await replica.found();
      assert.ok(found.length > PHASE / 4, `${found.length} launches by one of two gateways`);
      records.push(...found.map(({ requestId }) => requestId));
    }
    const distinct = new Set(records);
    assert.equal(distinct.size, records.length, 'a launch with two records');
    assert.deepEqual(launches.filter(({ id }) => !distinct.has(id)), [], 'launched without a record');
    const known = new Set([...launches, ...others].map(({ id }) => id));
    assert.deepEqual(records.filter((id) => !known.has(id)), [], 'recorded and never sent');
    await arrivals();
    return distinct;
  }

  /** Whom Empego was asked to launch: each once. */
  async function arrivals() {
    const users = (await new Simulator(empego.baseUrl).journal()).map(({ user }) => user.userId);
    const distinct = new Set(users);
    assert.equal(distinct.size, users.length, 'carried out twice');
    return distinct;
  }
});
