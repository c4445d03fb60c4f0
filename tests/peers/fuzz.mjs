// The gateway and openapi.yaml, held against each other by schemathesis: whatever the contract allows or forbids.
//
//   node fuzz.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_THE_FOLDER_OF_SCHEMATHESIS

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from './children.mjs';
import { DEFECTS, withDefects } from './contract-defects.mjs';
import { FuzzedHosts, TENANT_KEY } from './fuzzed-hosts.mjs';

const [binary, schemathesis] = process.argv.slice(2);
assert.ok(binary && schemathesis, "name the gateway's binary and the folder of schemathesis");

const CONTRACT = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
const SETTINGS = fileURLToPath(new URL('../fuzzing/schemathesis.toml', import.meta.url));
const HOOKS = fileURLToPath(new URL('../fuzzing/hooks.py', import.meta.url));

const BOUND_MS = 600_000;

const PHASES = ['examples', 'coverage', 'fuzzing', 'stateful'];
/** All other endpoints differ from these two by their names alone: one needs a patient, the other needs nothing. */
const SAMPLE = '/embeddable/consultation/(view|dashboard)$|/explain/consultation/view$|/junction/';
const EVERY_OPERATION = '.';
const FEW_OPERATIONS = '/embeddable/statistics$|^/openapi.yaml$';

/** `accepted`: the least share of valid requests that must be let through; with less a run would show little. */
const HOSTS = [
  { host: 'documented', title: 'that may do what Empego documents', accepted: 0.8 },
  { host: 'strict', title: 'of a strict tenant', accepted: 0.6 },
  { host: 'token', title: 'whose clinicians come from tokens', accepted: 0.8 },
];

/**
 * Warnings that much was refused in some operation, which the shares above judge. One clinician's session is continued
 * three times, and then is a loop.
 */
const ABOUT_REFUSALS = ['validation_mismatch', 'low_valid_rate', 'rate_limited'];

/**
 * Other warnings, and the operations that they may be about. What the session continuation answers is mostly up to how long a
 * run takes: after three, the next is let through every 20 seconds, and whether that one names an order that is there is up to
 * the generator. Production simulates no orders, and a token host reads no events.
 */
const EXPECTED_WARNINGS = {
  missing_test_data: ['/junction/session-continuation'],
  missing_auth: ['/v1/junction/orders/{id}/simulate', '/v1/junction/events'],
};

describe('the gateway and openapi.yaml agree', { concurrency: 2 }, () => {
  let folder;
  let hosts;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'empego-gateway-fuzz-'));
    hosts = await FuzzedHosts.start(binary, folder);
  });

  after(async () => {
    await hosts?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('in every operation', async () => {
    const phases = ['examples', 'fuzzing'];
    const result = await fuzz({ operations: EVERY_OPERATION, phases, options: ['--max-examples', '4'] });
    assertAgreement(result, { phases, accepted: 0.8 });
    const { tested, total } = result.report.operations;
    assert.equal(tested, total, 'none is left out');
  });

  for (const { host, title, accepted } of HOSTS) {
    it(`for a host ${title}`, async () => {
      assertAgreement(await fuzz({ host, operations: SAMPLE, phases: PHASES }), { phases: PHASES, accepted });
    });
  }

  it('and every way to disagree is noticed', async () => {
    const contract = join(folder, 'with-defects.yaml');
    await writeFile(contract, withDefects(await readFile(CONTRACT, 'utf8')));
    const { code, output, report } = await fuzz({ contract, operations: FEW_OPERATIONS, phases: ['coverage'] });
    assert.equal(code, 1, output);
    assert.deepEqual(named(report.failures), named(DEFECTS), output);
  });

  it('and a server error is noticed', async () => {
    const ailing = await mkdtemp(join(folder, 'ailing-'));
    const others = await FuzzedHosts.start(binary, ailing);
    try {
      await others.gateway.simulator.fault({ count: 1_000, status: 500 });
      const { code, output, report } = await fuzz({ on: others, operations: FEW_OPERATIONS, phases: ['examples'] });
      assert.equal(code, 1, output);
      assert.ok(report.failures.some(({ title }) => title === 'Server error'), output);
    } finally {
      await others.stop();
    }
  });

  /** Runs schemathesis, and returns how it ended, all it printed, and its report. */
  async function fuzz({ on = hosts, host = 'documented', contract = CONTRACT, operations, phases, options = [] }) {
    const scratch = await mkdtemp(join(folder, 'run-'));
    const orders = operations === FEW_OPERATIONS ? {} : await on.prepareOrders(host);
    const report = join(scratch, 'report.json');
    const args = [
      ...['-m', 'schemathesis.cli', '--config-file', SETTINGS, 'run', contract, '--url', on.origin],
      ...on.credentials[host].flatMap((header) => ['--header', header]),
      ...['--include-path-regex', operations],
      ...['--phases', phases.join(), '--report', 'json', '--report-json-path', report, ...options],
    ];
    const env = {
      ...process.env,
      PYTHONPATH: resolve(schemathesis),
      PYTHONDONTWRITEBYTECODE: '1',
      SCHEMATHESIS_HOOKS: HOOKS,
      FUZZED_HOST: host,
      FUZZED_TENANT_KEY: TENANT_KEY,
      FUZZED_ORDERS: JSON.stringify(orders),
    };
    const { code, output } = await run('python3', args, { cwd: scratch, env, timeout: BOUND_MS });
    assert.ok(code === 0 || code === 1, `schemathesis did not come to its end:\n${output}`);
    return { code, output, report: JSON.parse(await readFile(report, 'utf8')) };
  }
});

/** Nothing was found, though every phase ran, and enough of what may pass got through. */
function assertAgreement({ code, output, report }, { phases, accepted }) {
  assert.equal(code, 0, output);
  for (const [warning, places] of Object.entries(report.warnings)) {
    const expected = EXPECTED_WARNINGS[warning] ?? [];
    const isExpected = (place) => expected.some((path) => JSON.stringify(place).includes(path));
    assert.ok(ABOUT_REFUSALS.includes(warning) || places.every(isExpected), `${warning}\n${output}`);
  }
  for (const phase of phases) {
    assert.equal(report.phases[phase].status, 'success', `${phase}\n${output}`);
  }
  assert.deepEqual(neverAccepted(report), [], `requests about orders that there are\n${output}`);
  const share = acceptedShare(report);
  assert.ok(share >= accepted, `only ${share} of what the schema allows was let through\n${output}`);
}

/** Operations of Junction's of which nothing that is valid was accepted. */
function neverAccepted({ valid_rates: rates }) {
  const ofJunction = Object.entries(rates).filter(([operation]) => operation.includes('/v1/junction/'));
  const isNever = ([, phases]) => Object.values(phases).every(({ accepted }) => accepted === 0);
  return ofJunction.filter(isNever).map(([operation]) => operation);
}

function acceptedShare({ valid_rates: rates }) {
  const all = Object.values(rates).flatMap(Object.values);
  const sum = (name) => all.reduce((total, rate) => total + rate[name], 0);
  return sum('accepted') / (sum('accepted') + sum('rejected'));
}

/** What was found, and where: in an order that does not depend on when it was. */
function named(failures) {
  return failures.map(({ title, operations }) => [title, ...operations.toSorted()].join('\n')).toSorted();
}
