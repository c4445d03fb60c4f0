// The page that looks into a browser: it finds nothing where nothing is wrong, and names each fault that is put in.
//
//   ENGINE=webkit node doctor.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after } from 'node:test';

import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { startWithCookies } from './chromium.mjs';
import { startDoctoring } from './doctoring.mjs';
import { eventually } from './engines.mjs';
import { app, check, engine } from './scene.mjs';
import { createCertificate } from './sites.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const [program] = process.argv.slice(2);
assert.ok(program, "name the gateway's binary");
const doctoring = await startDoctoring(program, app, await createCertificate());
after(() => doctoring.stop());

const { page, other, origin: gateway } = doctoring;
const ALLOWED = `${gateway} ${app.origin}`;
const CHECKS = [
  'clock', 'cookies', 'digest', 'forms', 'frame-src', 'framed', 'isolation', 'messages', 'module', 'origin', 'own-origin',
  'permissions', 'referrer', 'sandbox', 'secure', 'storage', 'storage-access',
];
/** What an engine keeps from frames of other sites unless its settings are changed. */
const OF_ENGINE = {
  chromium: ['cookies.partitioned', 'storage.blocked'],
  firefox: [],
  webkit: ['cookies.blocked'],
}[engine.name];

check('a page where nothing is wrong has no bad findings', {}, async ({ open }) => {
  isHealthy(await look(open, { headers: policy(ALLOWED) }), OF_ENGINE);
  isHealthy(await look(open, { host: 'boxed', headers: policy('https:') }), OF_ENGINE);
  isHealthy(await look(open, {}), OF_ENGINE);
});

check('a browser that keeps cookies for frames has no findings at all', { only: ['chromium'] }, async () => {
  const folder = await temporaryFolder();
  const profile = await startWithCookies(folder.path);
  try {
    const tab = await profile.openTab();
    tab.waitFor = (condition) => eventually(String(condition), () => tab.run(condition));
    isHealthy(await look(async () => tab, { headers: policy(ALLOWED) }), []);
  } finally {
    await profile.stop();
    folder.remove();
  }
});

/** Faults of the EHR's page, with all that is found of each, and what is named. */
const FAULTS = [
  ['a policy without frames', { headers: policy("'none'") }, ['frame-src.missing'], { origins: ALLOWED }],
  ['a policy without the app', { headers: policy(gateway) }, ['frame-src.missing', ...OF_ENGINE], { origins: app.origin }],
  ['a policy without the gateway', { headers: policy(app.origin) }, ['frame-src.missing'], { origins: gateway }],
  [
    'a policy that has frames by default, and lists data',
    { headers: { 'content-security-policy': `script-src *; default-src 'self' data: ${gateway}` } },
    ['frame-src.missing', ...OF_ENGINE],
    { origins: app.origin },
  ],
  ['an origin that is not listed', { at: other }, ['origin.unlisted'], { origin: other.origin }],
  ['a sandbox without scripts', { body: own('sandbox') }, ['sandbox.missing'], { tokens: 'allow-scripts allow-same-origin allow-forms' }],
  [
    'a sandbox without an origin',
    { body: own('sandbox="allow-scripts allow-forms"') },
    ['sandbox.missing'],
    { tokens: 'allow-same-origin' },
  ],
  [
    'a sandbox without forms',
    { body: own('sandbox="allow-scripts allow-same-origin"') },
    ['sandbox.missing', 'forms.blocked', ...OF_ENGINE],
    { tokens: 'allow-forms' },
  ],
  ['a sandbox of a tenant without windows', { host: 'tight' }, ['sandbox.narrow', ...OF_ENGINE], { tokens: 'allow-popups allow-downloads' }],
  [
    'a page that isolates itself',
    { headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } },
    ['frame.silent', 'isolation.isolated'],
  ],
  [
    'a page without referrers',
    { headers: { 'referrer-policy': 'no-referrer' }, body: own('') },
    ['referrer.none', ...OF_ENGINE],
  ],
  [
    'a page that tells its whole address',
    { headers: { 'referrer-policy': 'unsafe-url' }, body: own(''), only: ['chromium', 'webkit'] },
    ['referrer.address', ...OF_ENGINE],
    { origin: page.origin },
  ],
  [
    'a policy that keeps the element away',
    { headers: policy(ALLOWED, `'self' ${gateway}/doctor/`) },
    ['module.refused', ...OF_ENGINE],
    { origin: gateway },
  ],
  [
    'a proxy that changes scripts',
    { proxy: { alter: { '/sdk/': (text) => `${text};` } } },
    // Chromium alone compares the digest of a module that it only loads.
    ['digest.changed', ...(engine.name === 'chromium' ? ['module.refused'] : []), ...OF_ENGINE],
    { origin: gateway },
  ],
  [
    'a clock that is behind',
    { proxy: { answer: () => ({ date: new Date(Date.now() + 120_000).toUTCString() }) } },
    ['clock.behind', ...OF_ENGINE],
  ],
];

for (const [name, { only, ...shown }, expected, values = {}] of FAULTS) {
  check(`it names ${name}`, { only }, async ({ open }) => {
    const { report, bad } = await look(open, shown);
    assert.deepEqual(bad, [...expected].sort());
    const [fault] = expected;
    const { values: named } = report.findings.find(({ check: found, found: what }) => `${found}.${what}` === fault);
    for (const [key, value] of Object.entries(values)) {
      assert.equal(named[key], value);
    }
    assert.ok(!JSON.stringify(report).includes('patient-123'), 'the page’s address is not in the report');
  });
}

check('a frame that an origin may not show runs no script', {}, async ({ open }) => {
  const before = doctoring.requests.length;
  await look(open, { at: other });
  const asked = doctoring.requests.slice(before).map(({ url }) => url);
  assert.ok(asked.includes('/doctor/plain/v1.js'));
  assert.ok(!asked.includes('/doctor/plain/page.js'), 'the browser refused the frame');
});

check('a frame names its referrer policy, and gets an origin anyway', {}, async ({ open }) => {
  const { report, bad } = await look(open, { headers: { 'referrer-policy': 'no-referrer' } });
  assert.deepEqual(bad, OF_ENGINE);
  assert.equal(of(report, 'referrer').values.origin, page.origin);
});

check('a feature that the page withholds is named where browsers say so', {}, async ({ open }) => {
  const { report } = await look(open, { host: 'camera', headers: { 'permissions-policy': 'camera=()' } });
  const { state, found, values } = of(report, 'permissions');
  const expected = engine.name === 'chromium' ? ['problem', 'denied', 'camera'] : ['unknown', 'unsupported', 'camera, microphone'];
  assert.deepEqual([state, found, values.features], expected);
});

check('a frame without the script reports what it sees itself', {}, async ({ open }) => {
  doctoring.show({ body: `<iframe title="Doctor" src="${gateway}/doctor/plain"></iframe>` });
  const tab = await open();
  await tab.goto(`${page.origin}/`);
  const { origin, report } = await tab.waitFor(() => window.said);
  assert.equal(origin, gateway);
  assert.deepEqual(badOf(report), OF_ENGINE);
  assert.equal(of(report, 'messages').found, 'silent');
  assert.equal(report.page, page.origin);
});

check('a page in a tab of its own says which line to add', {}, async ({ open }) => {
  const tab = await open();
  await tab.goto(`${gateway}/doctor/plain`);
  const text = await tab.waitFor(() => document.querySelector('.findings') && document.body.innerText);
  assert.ok(text.includes(doctoring.line('plain')), text);
  assert.ok(text.includes('This page is in a tab of its own.'), text);
});

check('nothing stays in the browser, and no address is logged', {}, async ({ open }) => {
  const { tab } = await look(open, { headers: { 'referrer-policy': 'unsafe-url' }, body: own('') });
  await tab.goto(`${gateway}/doctor/plain`);
  await tab.waitFor(() => Boolean(document.querySelector('.findings')));
  const left = await tab.run(() => [localStorage.length, sessionStorage.length, document.cookie]);
  assert.deepEqual(left, [0, 0, '']);
  assert.ok(!doctoring.logged.join('\n').includes('patient-123'));
});

for (const [language, sentence] of [['en', /Nothing stands|Findings that need/], ['fr', /Rien ne fait|Constats qui demandent/]]) {
  check(`a report is accessible in ${language}`, { only: ['chromium'] }, async ({ open }) => {
    const axe = await readFile(AXE, 'utf8');
    const proxy = { headers: { 'accept-language': language } };
    const { tab } = await look(open, { proxy, language, headers: policy(gateway), host: 'tight' });
    const inside = tab.page.frames().find((frame) => frame.url().startsWith(gateway));
    const alone = await look(open, { proxy, language, headers: policy("'none'") });
    for (const shown of [inside, alone.tab.page]) {
      assert.match(await shown.evaluate('document.body.innerText'), sentence);
      await shown.evaluate('document.querySelectorAll("details").forEach((details) => (details.open = true))');
      await shown.evaluate(axe);
      const violations = await shown.evaluate('axe.run(document, { iframes: false }).then(({ violations }) => violations)');
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
    }
  });
}

/** A policy that lists frames, and no style. */
function policy(frames, scripts = `'self' ${gateway}`) {
  return {
    'content-security-policy':
      `default-src 'none'; script-src ${scripts}; img-src data:; frame-src ${frames}; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  };
}

/** An iframe of the EHR's own, with these attributes. */
function own(attributes) {
  return `<iframe title="Doctor" data-doctor ${attributes}></iframe>`;
}

/** Opens the EHR's page with the script in it, and waits for its report. */
async function look(open, { host = 'plain', at = page, body = '', proxy = {}, ...shown }) {
  doctoring.meddle(proxy);
  doctoring.show({ ...shown, body: `${body}${doctoring.line(host)}` });
  const tab = await open();
  await tab.goto(`${at.origin}/chart?patient=patient-123`);
  const report = await tab.waitFor(() => window.report);
  doctoring.meddle({});
  return { tab, report, bad: badOf(report) };
}

function badOf({ findings }) {
  const bad = findings.filter(({ state }) => state === 'problem' || state === 'warning');
  return bad.map(({ check: name, found }) => `${name}.${found}`).sort();
}

function of({ findings }, name) {
  return findings.find(({ check: found }) => found === name);
}

function isHealthy({ report, bad }, expected) {
  assert.deepEqual(bad, expected);
  assert.deepEqual(report.findings.map(({ check: name }) => name).sort(), CHECKS);
  assert.deepEqual(report.findings.filter(({ state }) => state === 'unknown'), []);
  assert.equal(of(report, 'framed').values.origin, page.origin);
  assert.equal(of(report, 'referrer').values.origin, page.origin);
  assert.equal(of(report, 'messages').values.origin, page.origin);
  assert.equal(report.page, page.origin);
}
