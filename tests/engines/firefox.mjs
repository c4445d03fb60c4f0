// Debian's Firefox ESR, through WebDriver BiDi.

import puppeteer from 'puppeteer-core';

export async function start() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      // Nothing but loopback is reached: all else is sent to a proxy that is not there.
      'network.proxy.type': 1,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': 9,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': 9,
      'network.proxy.no_proxies_on': 'localhost, .localhost, 127.0.0.1',
      'intl.accept_languages': 'en-CA',
    },
  });
  return {
    more: { browser },
    openTab: async () => tabOf(await browser.newPage()),
    stop: () => browser.close(),
  };
}

function tabOf(page) {
  const printed = [];
  page.on('console', (message) => printed.push(message.text()));
  page.on('pageerror', (error) => printed.push(error.stack ?? error.message));
  return {
    page,
    printed,
    goto: (url) => page.goto(url, { waitUntil: 'domcontentloaded' }),
    // A page that comes back as it was left has no further event that `goBack` could wait for.
    back: () => page.evaluate('history.back()'),
    run: (code, ...args) => page.evaluate(`(${code})(...${JSON.stringify(args)})`),
    press: (key) => page.keyboard.press(key),
    close: () => page.close(),
  };
}
