// Clients in three languages, generated from openapi.yaml by three generators, compiled, and used against the demo.
//
//   node clients.mjs PATH_TO_THE_GATEWAYS_BINARY PATH_TO_THE_FOLDER_OF_REQUIREMENTS

import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startDemo } from '../peers/gateways.mjs';
import { Java } from './java.mjs';
import { Python } from './python.mjs';
import { TypeScript } from './typescript.mjs';

const [binary, requirements] = process.argv.slice(2);
assert.ok(binary && requirements, "name the gateway's binary, and the folder of what requirements.txt lists");

const CONTRACT = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));

/** What stops each of them, in the place of what stands in the contract; and what is said then. */
const DEFECTS = {
  TypeScript: {
    title: 'a launch without its patient',
    right: /required: \[patientKey\]/,
    wrong: 'required: []',
    said: /Unused '@ts-expect-error' directive/,
  },
  Python: {
    title: 'a schema that is only `false`',
    right: /clinician:\n +not: \{\}/,
    wrong: 'clinician: false',
    said: /properties\.clinician/,
  },
  Java: {
    title: 'the body of a link as an object',
    right: /(OtherPage:\n)/,
    wrong: '$1      requestBody: {intent: existing}\n',
    said: /OtherPage.requestBody is not of type/,
  },
};

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
    const { title, right, wrong, said } = DEFECTS[Language.name];
    it(`are refused or do not compile in ${Language.name} with ${title}`, async () => {
      const text = await readFile(CONTRACT, 'utf8');
      assert.match(text, right);
      const contract = join(GENERATED, `${Language.name}.yaml`);
      await writeFile(contract, text.replace(right, wrong));
      const client = new Language({ contract, folder: GENERATED, requirements: resolve(requirements) });
      const made = client.generate().then(() => client.compile());
      await assert.rejects(made, ({ message }) => said.test(message) || assert.fail(message));
    });

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
