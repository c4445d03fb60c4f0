// The audit trail, forwarded to a FHIR server over TLS with a client certificate, through outages, restarts and lost responses.
//
//   node audit-feed.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_THE_FOLDER_OF_REQUIREMENTS

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { AuditedGateway, CLINICIAN, PATIENT } from './audited-gateway.mjs';
import { brokenBy, claimedBy } from './fhir/balp.mjs';
import { certificatesIn } from './fhir/certificates.mjs';
import { Repository } from './fhir/repository.mjs';
import { faultsByModels, faultsByTables } from './fhir/validators.mjs';
import { eventually } from './polling.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const [binary, requirements] = process.argv.slice(2);
assert.ok(binary && requirements, "name the gateway's binary, and the folder of what requirements.txt lists");

describe('an audit trail that is forwarded', () => {
  let folder;
  let certificates;
  let repository;
  let gateway;

  before(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder.path, 'tls'));
    certificates = await certificatesIn(join(folder.path, 'tls'));
    repository = await Repository.start(certificates);
    gateway = await AuditedGateway.start(binary, folder.path, {
      url: repository.url,
      ca_file: certificates.authority,
      client_cert_file: certificates.client.cert,
      client_key_file: certificates.client.key,
      batch: 7,
    });
  });

  after(async () => {
    await gateway?.stop();
    await repository?.stop();
    await folder?.remove();
  });

  it('arrives whole, as valid events that name no person', async () => {
    for (let launches = 0; launches < 10; launches += 1) {
      assert.equal(await gateway.launch(), 'ok');
    }
    assert.equal(await gateway.launch({ clinician: { userId: CLINICIAN.userId } }), 'intent_required');
    await everythingArrives();
    const stored = [...(await repository.stored()).values()];
    const launched = stored.filter((event) => claimedBy(event) === 'PatientRead');
    assert.equal(launched.length, 10);
    assert.ok(stored.some((event) => event.outcomeDesc === 'intent_required' && event.outcome === '4'));
    await areValid(repository.received);
    assert.doesNotMatch(JSON.stringify(repository.received), /canary|Élodie|Côté|clinic\.ca/);
    assert.ok(repository.batches.every((size) => size <= 7) && repository.batches.some((size) => size === 7));
  });

  it('waits for a repository that is away, and shows how far behind it is', async () => {
    repository.down();
    for (let launches = 0; launches < 20; launches += 1) {
      assert.equal(await gateway.launch(), 'ok');
    }
    await eventually('the lag', async () => assert.ok((await gateway.metric('lag_records')) >= 20));
    repository.up();
    await everythingArrives();
    await eventually('no lag', async () => assert.ok((await gateway.metric('lag_records')) <= 2));
  });

  it('is sent again if a response is lost, under the same ids', async () => {
    const before = repository.received.length;
    repository.loseNextResponse();
    assert.equal(await gateway.launch(), 'ok');
    await eventually('the same again', () => {
      const ids = repository.received.slice(before).map(({ id }) => id);
      assert.ok(ids.length > new Set(ids).size);
    });
    await everythingArrives();
  });

  it('goes on after a restart in the middle of an outage', async () => {
    repository.down();
    for (let launches = 0; launches < 10; launches += 1) {
      assert.equal(await gateway.launch(), 'ok');
    }
    const before = repository.received.length;
    await gateway.end();
    repository.up();
    await gateway.begin();
    await everythingArrives();
    const ids = repository.received.slice(before).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, 'nothing came twice');
  });

  it('goes on after an event that the repository refuses for good', async () => {
    repository.refuse(({ outcomeDesc }) => outcomeDesc === 'intent_required');
    const refused = await gateway.metric('events_total', { outcome: 'refused' });
    assert.equal(await gateway.launch({ clinician: { userId: CLINICIAN.userId } }), 'intent_required');
    assert.equal(await gateway.launch(), 'ok');
    await everythingArrives({ except: 1 });
    assert.equal(await gateway.metric('events_total', { outcome: 'refused' }), refused + 1);
    repository.refuse(() => false);
  });

  it('is not sent without the certificate, and is once that is configured again', async () => {
    const { cert, key } = certificates.client;
    await gateway.configure({ client_cert_file: undefined, client_key_file: undefined });
    // The count of the forwarding before is gone with it.
    await eventually('the reload', async () => assert.equal(await gateway.metric('events_total', { outcome: 'delivered' }), 0));
    const before = repository.received.length;
    assert.equal(await gateway.launch(), 'ok');
    await eventually('the lag', async () => assert.ok((await gateway.metric('lag_records')) >= 1));
    assert.equal(repository.received.length, before);
    await gateway.configure({ client_cert_file: cert, client_key_file: key });
    await everythingArrives({ except: 1 });
  });

  it('names persons where that is configured, in systems of the tenant’s', async () => {
    await gateway.configure({ reveal: true });
    await eventually('the reload', async () => assert.equal(await gateway.metric('events_total', { outcome: 'delivered' }), 0));
    const before = repository.received.length;
    assert.equal(await gateway.launch(), 'ok');
    await everythingArrives({ except: 1 });
    const event = repository.received.slice(before).find((event) => claimedBy(event) === 'PatientRead');
    const naming = 'https://empego-gateway.example/fhir/NamingSystem';
    assert.deepEqual(event.agent[2].who.identifier, { system: `${naming}/clinician/clinic`, value: CLINICIAN.userId });
    assert.deepEqual(event.entity[2].what.identifier, { system: `${naming}/patient/clinic`, value: PATIENT });
    await areValid([event]);
  });

  /** Each record on the disk is stored once, but for those that were refused. */
  async function everythingArrives({ except = 0 } = {}) {
    const recorded = await gateway.recorded();
    await eventually('everything', async () => {
      const stored = await repository.stored();
      const missing = recorded.filter((id) => !stored.has(id));
      assert.equal(missing.length, except, String(missing));
    });
  }

  async function areValid(events) {
    for (const event of events) {
      assert.deepEqual(faultsByTables(event), [], JSON.stringify(event));
      const profile = claimedBy(event);
      assert.deepEqual(profile ? brokenBy(event, profile) : [], [], JSON.stringify(event));
    }
    const faults = await faultsByModels(events, resolve(requirements));
    assert.deepEqual(faults, faults.map(() => null));
  }
});
