// Debian's Chromium, through Playwright.

import { chromium } from 'playwright-core';

export async function start() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Its sandbox refuses to run as root and needs user namespaces, which containers lack. It shows our own pages only.
    chromiumSandbox: false,
    // Pages that were left are kept for Back as they are outside of tests.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-CA', reducedMotion: 'reduce' });
  return {
    more: { browser, context },
    openTab: async () => tabOf(await context.newPage()),
    stop: () => browser.close(),
  };
}

function tabOf(page) {
  const printed = [];
  page.on('console', (message) => printed.push(message.text()));
  page.on('pageerror', (error) => printed.push(error.stack));
  return {
    page,
    printed,
    goto: (url) => page.goto(url, { waitUntil: 'commit' }),
    back: () => page.evaluate('history.back()'),
    run: (code, ...args) => page.evaluate(`(${code})(...${JSON.stringify(args)})`),
    press: (key) => page.keyboard.press(key),
    close: () => page.close(),
  };
}
