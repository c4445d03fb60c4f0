// One engine, three sites and a tab for each case.

import { randomBytes } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventually, startEngine } from './engines.mjs';
import { createCertificate, Site } from './sites.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Where the package's built files are. */
export const PACKAGE = process.env.CLINICAL_EMBED ?? fileURLToPath(new URL('../../sdk/dist', import.meta.url));

// Without it every case would wait for its page in vain.
await access(join(PACKAGE, 'clinical-embed.js'));

export const engine = await startEngine(process.env.ENGINE ?? 'chromium');
const certificate = await createCertificate();
const bundles = new Map();
let behaviour;

export const ehr = await Site.start('ehr.localhost', certificate, serveEhr);
export const app = await Site.start('app.localhost', certificate, serveApp);
export const evil = await Site.start('evil.localhost', certificate, serveApp);
const sites = [ehr, app, evil];

after(async () => {
  await engine.stop();
  await Promise.all(sites.map((site) => site.stop()));
});

/** A case in this run's engine, unless `only` lists others. Its name is a sentence. */
export function check(name, options, body) {
  if (options.only && !options.only.includes(engine.name)) {
    return;
  }
  test(`${name} (${engine.name})`, { timeout: 60_000 }, async () => {
    behaviour = {};
    for (const site of sites) {
      site.requests.length = 0;
    }
    const tabs = [];
    const open = async (query) => {
      const tab = await engine.openTab();
      tabs.push(tab);
      await openEhr(tab, query);
      return tab;
    };
    try {
      await body({ open, behave: (more) => (behaviour = { ...behaviour, ...more }) });
    } finally {
      sites.forEach((site) => site.up());
      // One after the other: WebKit's driver has one current window.
      for (const tab of tabs) {
        await tab.close();
      }
    }
  });
}

/** Opens the EHR's page: `clock` puts the test's clock in place of the browser's, `frames` adds origins to `frame-src`. */
export async function openEhr(tab, query = {}) {
  await tab.goto(`${ehr.origin}/?${new URLSearchParams(query)}`);
  await tab.waitFor(() => window.ready === true);
}

/** A response to a launch, with a session of its own. */
export function launchAnswer(more = {}) {
  return {
    url: `${app.origin}/embed/${newSession()}?session=${newSession()}`,
    origin: app.origin,
    identity: 'clinician',
    audience: 'clinician',
    warnings: [],
    requestId: `request-${newSession()}`,
    frame: { referrerPolicy: 'strict-origin' },
    ...more,
  };
}

export function newSession() {
  return randomBytes(12).toString('hex');
}

/** What was asked of a site, by path. */
export function asked(site, prefix) {
  return site.requests.filter(({ url }) => url.startsWith(prefix));
}

/** Waits until a site was asked so often. */
export function askedOften(site, prefix, times) {
  return eventually(`${times} requests for ${prefix}`, () => asked(site, prefix).length >= times);
}

/** Waits for a state of the page's only element. */
export function inState(tab, state) {
  return tab.waitFor((wanted) => document.querySelector('clinical-embed')?.state === wanted, state);
}

/** A script of the page that needs a bundler; imports are those of this folder. */
export function serveBundle(name, code) {
  bundles.set(`/bundles/${name}`, code);
}

async function serveEhr(request, response, body) {
  const url = new URL(request.url, ehr.origin);
  if (url.pathname === '/launch') {
    await (behaviour.launch ?? respondWithLaunch)(response, body ? JSON.parse(body) : {}, request);
  } else if (url.pathname === '/setup.js' || url.pathname === '/ehr.js') {
    await sendScript(response, join(HERE, 'pages', url.pathname));
  } else if (url.pathname.startsWith('/sdk/')) {
    await sendScript(response, join(PACKAGE, url.pathname.slice('/sdk/'.length)));
  } else if (bundles.has(url.pathname)) {
    response.setHeader('content-type', 'text/javascript');
    response.end(bundles.get(url.pathname));
  } else if (url.pathname === '/') {
    sendEhr(response, url.searchParams);
  } else if (url.pathname === '/signed-out') {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><html lang="en"><title>Signed out</title><p>Signed out</p></html>');
  } else {
    response.writeHead(404).end();
  }
}

function respondWithLaunch(response) {
  sendJson(response, 200, launchAnswer());
}

export function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** As strict as a policy can be with a frame of the vendor in the page. */
function sendEhr(response, query) {
  const frames = query.get('frames') ?? app.origin;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; style-src 'none'; " +
      `img-src data:; frame-src ${frames}; require-trusted-types-for 'script'; trusted-types 'none'`,
  );
  const language = query.get('lang') ?? 'en';
  response.end(`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <title>EHR</title>
    <link rel="icon" href="data:,">
    <script src="/setup.js"></script>
    <script type="module" src="${query.get('script') ?? '/ehr.js'}"></script>
  </head>
  <body><main><h1>EHR</h1><input id="note" aria-label="Note"></main></body>
</html>`);
}

async function serveApp(request, response) {
  const { pathname } = new URL(request.url, app.origin);
  if (pathname === '/app.js') {
    await sendScript(response, join(HERE, 'pages', 'app.js'));
  } else if (pathname === '/opened') {
    response.writeHead(204).end();
  } else {
    (behaviour.app ?? sendApp)(response, pathname);
  }
}

export function sendApp(response) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,"></head>
  <body><main><h1>App</h1><input aria-label="Answer"><script src="/app.js"></script></main></body>
</html>`);
}

async function sendScript(response, path) {
  let text;
  try {
    text = await readFile(path);
  } catch {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('content-type', 'text/javascript; charset=utf-8');
  response.end(text);
}
