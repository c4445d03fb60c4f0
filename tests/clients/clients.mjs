// Clients in three languages, generated from openapi.yaml by three generators, compiled, and used against the demo.
//
//   node clients.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_THE_FOLDER_OF_REQUIREMENTS

import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startDemo } from '../peers/gateways.mjs';
import { Java } from './java.mjs';
import { Python } from './python.mjs';
import { TypeScript } from './typescript.mjs';

const [binary, requirements] = process.argv.slice(2);
assert.ok(binary && requirements, "name the gateway's binary, and the folder of what requirements.txt lists");

const CONTRACT = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
/** It stays, so that what was generated can be looked at. */
const GENERATED = fileURLToPath(new URL('generated', import.meta.url));

describe('clients that are generated from openapi.yaml', () => {
  let demo;

  before(async () => {
    await rm(GENERATED, { recursive: true, force: true });
    await mkdir(GENERATED);
    demo = await startDemo(binary);
  });

  after(() => demo?.stop());

  for (const Language of [TypeScript, Python, Java]) {
    it(`launch, and read errors, in ${Language.name}`, async () => {
      const client = new Language({ contract: CONTRACT, folder: GENERATED, requirements: resolve(requirements) });
      await client.generate();
      await client.compile();
      const { launched, refused, unauthenticated } = await client.launches(new URL(demo.baseUrl).origin, demo.hostKey);

      const { url, ...rest } = launched;
      assert.deepEqual(rest, { identity: 'clinician', warnings: ['licence_may_be_inherited'] });
      const page = await fetch(url);
      assert.match(await page.text(), /Élodie Côté/);
      assert.deepEqual(refused, {
        status: 400,
        code: 'invalid_request',
        errors: [{ field: '/clinician/email', code: 'bad_email' }],
      });
      assert.deepEqual(unauthenticated, { status: 401, code: 'host_unauthenticated', errors: [] });
    });
  }
});
