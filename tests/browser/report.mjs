// The report of a conformance run, in a real browser: what failed is seen, and each cell opens to its evidence.
//
//   node report.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { assertAccessible } from './accessibility.mjs';
import { openWindow, startChromium } from './chromium.mjs';
import { expect } from './expect.mjs';
import { writeReport } from './proof.mjs';

const [binary] = process.argv.slice(2);
assert.ok(binary, "name the gateway's binary");

describe('the report of a run that expects another policy', () => {
  let report;
  let browser;

  before(async () => {
    report = await writeReport(binary);
    browser = await startChromium();
  });

  after(async () => {
    await browser?.close();
    await report?.remove();
  });

  for (const colorScheme of ['light', 'dark']) {
    it(`names what failed, opens a cell to its evidence, and is accessible in ${colorScheme} colours`, async () => {
      const { page, close } = await openWindow(browser, { colorScheme });
      await page.goto(report.url);
      await expect(page.locator('h1')).contains('failed');
      await assertAccessible(page);

      const cell = page.getByRole('button', { name: 'statistics, no_header: failed' });
      await cell.focus();
      await page.keyboard.press('Enter');
      const evidence = page.locator(':popover-open');
      await expect(evidence).contains('403 owner_session_denied', '/embeddable/statistics', 'x-request-id');
      await assertAccessible(page);

      await page.keyboard.press('Escape');
      assert.equal(await evidence.count(), 0);
      await close();
    });
  }
});
