// axe-core, in every frame of a page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No rule of axe is broken, best practices included. */
export async function assertAccessible(page) {
  for (const frame of page.frames()) {
    await frame.evaluate(AXE);
    // Each frame by itself: axe would talk to others by messages, which the console lists.
    const { violations, passes } = await frame.evaluate(() => window.axe.run(document, { iframes: false }));
    assert.ok(passes.length > 0, 'axe looked at something');
    assert.deepEqual(violations.map(summary), [], `axe, at ${frame.url()}`);
  }
}

function summary({ id, help, nodes }) {
  return { id, help, nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`) };
}
