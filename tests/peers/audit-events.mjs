// The audit trail's AuditEvents, held to FHIR by two validators and to IHE's Basic Audit Log Patterns by their rules.
//
//   node audit-events.mjs PATH_TO_THE_FOLDER_OF_REQUIREMENTS
//
// The events of every kind of record are written by `cargo test -p empego-gateway-domain`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { before, describe, it } from 'node:test';

import { MUTANTS, brokenBy, claimedBy } from './fhir/balp.mjs';
import { faultsByModels, faultsByTables } from './fhir/validators.mjs';

assert.ok(process.argv[2], 'name the folder of what requirements.txt lists');
const requirements = resolve(process.argv[2]);

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
