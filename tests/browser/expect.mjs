// What is on screen, waited for: a page shows in its own time what it was asked for.

import assert from 'node:assert/strict';

import { eventually } from '../peers/polling.mjs';

export function expect(locator) {
  return {
    /** The one element's text has all of these. */
    contains: (...texts) =>
      eventually(`${locator} contains ${texts.join(', ')}`, async () => {
        const shown = await textOf(locator);
        for (const text of texts) {
          assert.ok(shown.includes(text), `no "${text}" in: ${shown}`);
        }
      }),
    is: (text) => eventually(`${locator} is ${text}`, async () => assert.equal(await textOf(locator), text)),
  };
}

async function textOf(locator) {
  return (await locator.textContent({ timeout: 1000 })).trim();
}
