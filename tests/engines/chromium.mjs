// Debian's Chromium, through Playwright.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const LAUNCHED = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Its sandbox refuses to run as root and needs user namespaces, which containers lack. It shows our own pages only.
  chromiumSandbox: false,
  // Pages that were left are kept for Back as they are outside of tests.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: ['--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
};
const OPENED = { ignoreHTTPSErrors: true, locale: 'en-CA', reducedMotion: 'reduce' };

export async function start() {
  const browser = await chromium.launch(LAUNCHED);
  const context = await browser.newContext(OPENED);
  return {
    more: { browser, context },
    openTab: async () => tabOf(await context.newPage()),
    stop: () => browser.close(),
  };
}

/** The same with a profile that lets frames of other sites have cookies. */
export async function startWithCookies(folder) {
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(folder, { ...LAUNCHED, ...OPENED });
  return { openTab: async () => tabOf(await context.newPage()), stop: () => context.close() };
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
