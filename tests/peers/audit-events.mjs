// The audit trail's AuditEvents, held to FHIR by two validators and to IHE's Basic Audit Log Patterns by their rules.
//
//   node audit-events.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_THE_FOLDER_OF_REQUIREMENTS
//
// An event of every kind of record is written by `cargo test -p empego-gateway-domain`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { AuditedGateway, CLINICIAN } from './audited-gateway.mjs';
import { MUTANTS, brokenBy, claimedBy } from './fhir/balp.mjs';
import { faultsByModels, faultsByTables } from './fhir/validators.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const [binary, folderOfRequirements] = process.argv.slice(2);
assert.ok(binary && folderOfRequirements, "name the gateway's binary, and the folder of what requirements.txt lists");
const requirements = resolve(folderOfRequirements);

const SAMPLES = new URL('../../target/audit-events/samples', import.meta.url);

describe('AuditEvents of every kind of record', () => {
  let samples;

  before(async () => {
    const lines = (await readFile(SAMPLES, 'utf8')).trim().split('\n');
    samples = new Map(lines.map((line) => line.split('\t')).map(([name, json]) => [name, JSON.parse(json)]));
    assert.ok(samples.size > 15);
  });

  it('are FHIR R4 by the tables of npm’s fhir', () => {
    for (const [name, event] of samples) {
      assert.deepEqual(faultsByTables(event), [], name);
    }
  });

  it('are FHIR R4 by the models of PyPI’s fhir.resources', async () => {
    const faults = await faultsByModels([...samples.values()], requirements);
    assert.deepEqual(faults, faults.map(() => null));
  });

  it('are found out by both if something is wrong', async () => {
    const launch = samples.get('launch');
    const { recorded: _, ...without } = launch;
    const more = { ...launch, severity: 'high' };
    const codes = [
      { ...launch, action: 'X' },
      { ...launch, type: { ...samples.get('genesis').type, code: '99999' } },
    ];
    for (const event of [without, more, ...codes]) {
      assert.notDeepEqual(faultsByTables(event), []);
    }
    const faults = await faultsByModels([without, more], requirements);
    assert.ok(faults.every((fault) => fault !== null), String(faults));
  });

  it('keep every rule of the profile that they claim', () => {
    const claimed = new Set();
    for (const [name, event] of samples) {
      const profile = claimedBy(event);
      if (profile) {
        claimed.add(profile);
        assert.deepEqual(brokenBy(event, profile), [], name);
      }
    }
    assert.deepEqual([...claimed].sort(), ['PatientRead', 'Read']);
  });

  it('claim a profile whenever they could', () => {
    for (const [name, event] of samples) {
      if (!claimedBy(event)) {
        assert.notDeepEqual(brokenBy(event, 'Read'), [], name);
      }
    }
  });

  for (const [rule, title, change] of MUTANTS) {
    it(`break the rule ${rule}, and no other, with ${title}`, () => {
      const mutant = structuredClone(samples.get('launch'));
      change(mutant);
      assert.deepEqual(brokenBy(mutant, 'PatientRead'), [rule]);
    });
  }
});

describe('a trail that is exported', () => {
  let folder;
  let gateway;

  before(async () => {
    folder = await temporaryFolder();
    gateway = await AuditedGateway.start(binary, folder.path);
    for (const userId of [CLINICIAN.userId, '=SUM(A1:A9)']) {
      assert.equal(await gateway.launch({ clinician: { ...CLINICIAN, userId } }), 'ok');
    }
    assert.equal(await gateway.launch({ clinician: { userId: CLINICIAN.userId } }), 'intent_required');
    await gateway.end();
  });

  after(async () => {
    await gateway?.stop();
    await folder?.remove();
  });

  it('is NDJSON of valid events, one for each record, that name no person', async () => {
    const events = lines(await gateway.exported('--format', 'ndjson'));
    assert.deepEqual(events.map(({ id }) => id), await gateway.recorded());
    assert.deepEqual(events.map(claimedBy).filter(Boolean), ['PatientRead', 'PatientRead']);
    assert.ok(events.some(({ outcomeDesc }) => outcomeDesc === 'intent_required'));
    for (const event of events) {
      assert.deepEqual(faultsByTables(event), []);
      assert.deepEqual(claimedBy(event) ? brokenBy(event, claimedBy(event)) : [], []);
    }
    assert.deepEqual(await faultsByModels(events, requirements), events.map(() => null));
    assert.doesNotMatch(JSON.stringify(events), /canary|SUM|Élodie|Côté|clinic\.ca/);
  });

  it('is a valid Bundle of the same events', async () => {
    const events = lines(await gateway.exported('--format', 'ndjson'));
    const [bundle, ...more] = lines(await gateway.exported('--format', 'bundle'));
    assert.deepEqual(more, []);
    assert.deepEqual(bundle.entry.map(({ resource }) => resource), events);
    assert.deepEqual(faultsByTables(bundle), []);
    assert.deepEqual(await faultsByModels([bundle], requirements), [null]);
  });

  it('is a table that names persons if asked, and runs no formula', async () => {
    const pseudonyms = await gateway.exported('--format', 'csv');
    assert.match(pseudonyms, /^when,who,host,what,outcome,patient,address,request_id,chain,seq,tenant,purpose$/m);
    assert.equal(pseudonyms.match(/^[^,]+,k1:[\w-]{22},ehr,consultation\/view,ok,k1:[\w-]{22},127\.0\.0\.1,/gm).length, 2);
    const names = await gateway.exported('--format', 'csv', '--reveal');
    assert.match(names, /,emp-canary7f3a,ehr,consultation\/view,ok,patient-canary7f3a,/);
    assert.match(names, /,'=SUM\(A1:A9\),ehr,/);
  });
});

function lines(text) {
  return text.trim().split('\n').map((line) => JSON.parse(line));
}
