// A report with something to see: the demo's tenant is held against another policy than it has.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { run } from '../peers/children.mjs';
import { startDemo } from './demo.mjs';

/** Where the report is, until it is removed. */
export async function writeReport(binary) {
  const folder = await mkdtemp(join(tmpdir(), 'empego-gateway-report-'));
  const demo = await startDemo(binary);
  try {
    const target = new URL(demo.console).origin;
    const intents = ['owner', 'existing', 'upsert', 'new', 'clone'].flatMap((intent) => ['--intent', intent]);
    const flags = ['--key-env', 'KEY', '--policy', 'strict', ...intents, '--allow-writes', '--out', folder];
    const { code, output } = await run(binary, ['conformance', '--target', target, ...flags], {
      env: { KEY: demo.hostKey },
    });
    assert.equal(code, 1, output);
  } finally {
    await demo.stop();
  }
  return {
    url: pathToFileURL(join(folder, 'conformance.html')).href,
    remove: () => rm(folder, { recursive: true }),
  };
}
