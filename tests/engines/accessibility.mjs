// What people with a keyboard or a screen reader get, in English and in French, and under a policy as strict as there is.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';

import { app, check, engine, inState, launchAnswer, sendJson } from './scene.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** How an element gets into each of its states, and stays there. */
const STATES = {
  idle: { after: (tab) => tab.run(() => document.querySelector('clinical-embed').close()) },
  minting: { launch: () => {} },
  loading: { app: () => {} },
  shown: {},
  stale: { staleAfter: 0.05 },
  failed: { launch: (response) => sendJson(response, 403, { code: 'refused' }) },
};

const OTHER_FAILURES = {
  'for a window of its own': { launch: (response) => sendJson(response, 200, launchAnswer({ modality: 'link_out', expiresIn: 60 })) },
  'that the policy blocks': { query: { frames: "'none'" } },
};

for (const language of ['en', 'fr']) {
  check(`every state is accessible in ${language}`, { only: ['chromium'] }, async ({ open, behave }) => {
    const axe = await readFile(AXE, 'utf8');
    const said = new Set();
    const rows = [
      ...Object.entries(STATES).map(([state, row]) => [state, state, row]),
      ...Object.entries(OTHER_FAILURES).map(([name, row]) => [`an app ${name}`, 'failed', row]),
    ];
    for (const [name, state, { launch, app: handler, after, query, staleAfter = 0 }] of rows) {
      behave({ launch, app: handler });
      const tab = await open({ open: '', lang: language, ...query });
      await tab.run((seconds) => void window.add({ staleAfter: seconds }), staleAfter);
      if (after) {
        await inState(tab, 'shown');
        await after(tab);
      }
      await inState(tab, state);
      // The driver's own channel: the page's policy lets no such script in.
      await tab.page.evaluate(axe);
      const violations = await tab.run(openToAxe);
      assert.deepEqual(violations, [], `${name} in ${language}`);
      said.add(await tab.run(() => window.watch.rootOf(document.querySelector('clinical-embed')).textContent));
    }
    const text = [...said].join('\n');
    assert.match(text, language === 'en' ? /Retry[^]*Reload|Reload[^]*Retry/ : /Réessayer[^]*Recharger|Recharger[^]*Réessayer/);
    assert.doesNotMatch(text, language === 'en' ? /[éèàù]/ : /Retry|Reload|Opening/);
  });
}

check('an error is an alert with a button that takes the focus', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 403, { code: 'refused' }) });
  const tab = await open();
  await tab.run(() => void window.add());
  await inState(tab, 'failed');
  const found = await tab.run(() => {
    const element = document.querySelector('clinical-embed');
    const root = window.watch.rootOf(element);
    const before = document.activeElement.localName;
    element.focus();
    const alert = root.querySelector('[role=alert]');
    return { before, after: document.activeElement.localName, inside: root.activeElement?.localName, text: alert.textContent };
  });
  assert.equal(found.before, 'body', 'nothing took the focus');
  assert.deepEqual([found.after, found.inside], ['clinical-embed', 'button']);
  assert.ok(found.text.includes('Retry'));
});

check('a frame has a name, and a status while it opens', {}, async ({ open, behave }) => {
  behave({ app: () => {} });
  const tab = await open();
  await tab.run(() => (window.element = window.add({ frameTitle: 'Consultation' })));
  await inState(tab, 'loading');
  const found = await tab.run(() => {
    const root = window.watch.rootOf(window.element);
    const statuses = [...root.querySelectorAll('[role=status]')].filter((status) => status.checkVisibility());
    return { titles: window.watch.framesOf(window.element).map(({ title }) => title), statuses: statuses.map((status) => status.textContent) };
  });
  assert.deepEqual(found, { titles: ['Consultation'], statuses: ['Opening…'] });
});

check('an app that opens leaves the focus where it is', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => {
    document.querySelector('#note').focus();
    window.element = window.add();
  });
  await inState(tab, 'shown');
  assert.equal(await tab.run(() => document.activeElement.id), 'note');
  await tab.run(() => (window.element.contextKey = 'another'));
  await inState(tab, 'shown');
  assert.equal(await tab.run(() => document.activeElement.id), 'note');
});

check('focus that was in a frame that goes is on the element', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  await tab.run(() => window.element.focus());
  const focused = () => window.watch.rootOf(window.element).activeElement?.localName ?? document.activeElement.localName;
  assert.equal(await tab.run(focused), 'iframe');
  await tab.run(() => window.element.close());
  assert.equal(await tab.run(focused), 'clinical-embed');
});

check('the strictest policy with trusted types is never violated', {}, async ({ open, behave }) => {
  const tab = await open({ clock: '' });
  await tab.run(() => (window.element = window.add({ staleAfter: 60 })));
  await inState(tab, 'shown');
  await tab.run(() => window.clock.advance(61_000));
  await inState(tab, 'stale');
  behave({ launch: (response) => sendJson(response, 403, { code: 'refused' }) });
  await tab.run(() => (window.element.contextKey = 'another'));
  await inState(tab, 'failed');
  const { violations, display } = await tab.run(() => ({
    violations: window.watch.violations,
    display: getComputedStyle(window.element).display,
  }));
  assert.deepEqual(violations, []);
  assert.equal(display, 'flex', 'its own styles apply');
  // A policy that is not enforced would show nothing.
  const refused = await tab.run(() => {
    try {
      document.body.innerHTML = '<b>x</b>';
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(refused, `${engine.name} enforces trusted types`);
  assert.ok(app.origin);
});

/** Colours are left out where only the frame is drawn: what it shows is the vendor's. */
async function openToAxe() {
  const { violations } = await window.axe.run(document, { iframes: false });
  return violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => String(target))]);
}
