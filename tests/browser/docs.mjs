// The demo's page of the API, in a real browser: an operation is tried, and answered.
//
//   node docs.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { openWindow, startChromium } from './chromium.mjs';
import { startDemo } from './demo.mjs';
import { expect } from './expect.mjs';

const [binary] = process.argv.slice(2);
assert.ok(binary, "name the gateway's binary");

describe('the page of the API', () => {
  let demo;
  let browser;

  before(async () => {
    demo = await startDemo(binary);
    browser = await startChromium();
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const { form, operation, shows } of [
    { form: 'native', operation: 'native-launchConsultationView', shows: ['"identity": "clinician"', '/frame/'] },
    { form: 'drop-in', operation: 'drop-in-launchStatisticsDropIn', shows: ['/frame/'] },
  ]) {
    it(`launches in the ${form} form with what it suggests, and asks nothing of anybody else`, async () => {
      const window = await openWindow(browser);
      await window.page.goto(new URL('/docs', demo.console).href);

      const shown = window.page.locator(`#operations-${operation}`);
      await shown.locator('.opblock-summary-control').click();
      await shown.getByRole('button', { name: 'Execute' }).click();

      const answer = shown.locator('.live-responses-table .response');
      await expect(answer.locator('.response-col_status')).contains('200');
      await expect(answer).contains(...shows);
      await window.close();
    });
  }
});
