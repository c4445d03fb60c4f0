// Two validators of FHIR that share nothing with the gateway, and little with each other.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');

const MODELS = fileURLToPath(new URL('models.py', import.meta.url));

/** Systems whose codes npm's tables do not contain: the gateway's own, BALP's, and a value set that is not in FHIR itself. */
const UNKNOWN_THERE = /\((https:\/\/empego-gateway\.example\/|https:\/\/profiles\.ihe\.net\/|http:\/\/terminology\.hl7\.org\/CodeSystem\/v3-ActReason)/;

const fhir = new Fhir();

/** What npm's `fhir` says against a resource: structure, and codes of required and of known value sets. */
export function faultsByTables(resource) {
  const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
  return messages
    .filter(({ severity, message }) => severity !== 'info' && !(severity === 'warning' && UNKNOWN_THERE.test(message)))
    .map(({ location, message }) => `${location}: ${message}`);
}

/** What PyPI's `fhir.resources` says against each of these AuditEvents or Bundles; nothing against one that is good. */
export async function faultsByModels(resources, requirements) {
  const child = spawn('python3', [MODELS], {
    env: { ...process.env, PYTHONPATH: requirements, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stdin.end(resources.map((resource) => `${JSON.stringify(resource)}\n`).join(''));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, 'the validator in Python ran');
  const faults = JSON.parse(printed);
  assert.equal(faults.length, resources.length);
  return faults;
}
