// Debian's Chromium, watched: what it asks for, and what it complains about.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

/** A browser that can reach this machine and nothing else. */
export function startChromium() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Its sandbox refuses to run as root and needs user namespaces, which containers lack. It shows our own pages only.
    chromiumSandbox: false,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
  });
}

/** A window of its own, with nothing in it. */
export async function openWindow(browser, { language = 'en-CA', colorScheme = 'light', ...more } = {}) {
  const context = await browser.newContext({
    locale: language,
    colorScheme,
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 1000 },
    ...more,
  });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !tellsOfRefusal(message)) {
      complaints.push(`${message.text()} (${message.location().url})`);
    }
  });
  return {
    page,
    /** Nothing was complained about, and nothing was asked of anybody but this machine. */
    async close() {
      await context.close();
      assert.deepEqual(complaints, [], 'the browser complains');
      assert.ok(requests.length > 0);
      const isHere = ({ protocol, hostname }) => protocol === 'file:' || ['127.0.0.1', 'localhost'].includes(hostname);
      const elsewhere = requests.filter((url) => !isHere(new URL(url)));
      assert.deepEqual(elsewhere, [], 'requests left this machine');
    },
  };
}

/** Chromium notes every answer that is no success; the gateway's refusals are what these tests are about. */
function tellsOfRefusal(message) {
  const { url } = message.location();
  const isToGateway = /^\/(v1|empego-integrations|junction)\//.test(new URL(url, 'http://127.0.0.1').pathname);
  return isToGateway && message.text().startsWith('Failed to load resource: the server responded with a status of ');
}
