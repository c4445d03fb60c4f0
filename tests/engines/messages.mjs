// Who is heard, and what is made of what was sent.

import assert from 'node:assert/strict';

import { app, asked, askedOften, check, ehr, engine, evil, inState } from './scene.mjs';

const AN_ORDER = { type: 'urn:junction:order:created', data: { order_id: 'order-1', user_id: 'user-1', team_id: 'team-1' } };

/** Sent, and what comes of it; the page's `raw` is compared apart. */
const ROWS = [
  [
    { eventType: 'consultation', operation: 'create', id: 'c-1', status: 'OPEN', tenantKey: 't-1', createdAt: 1700000000000 },
    { vendor: 'empego', kind: 'consultation', operation: 'create', id: 'c-1', status: 'OPEN', tenantKey: 't-1', at: 1700000000000 },
    'the first generation',
  ],
  [
    { evenType: 'followUp', operation: 'update', id: 'f-1' },
    { vendor: 'empego', kind: 'followup', operation: 'update', id: 'f-1' },
    'the name without a t',
  ],
  [
    { eventType: 7, evenType: 'followup', operation: 'sync', id: 'f-2', createdAt: '2026-02-03 04:05:06.789' },
    { vendor: 'empego', kind: 'followup', operation: 'sync', id: 'f-2', at: Date.UTC(2026, 1, 3, 4, 5, 6, 789) },
    'the first of both names that is a text; a time without a zone is UTC',
  ],
  [
    { eventType: 'consultation', operation: 'somethingNew', id: 'c-2' },
    { vendor: 'empego', kind: 'consultation', operation: 'somethingNew', id: 'c-2' },
    'an operation that is not known is passed on',
  ],
  [
    {
      eventType: 'consultation',
      operation: 'exportReady',
      id: 'c-3',
      data: { pdfSummary: { status: 'FAILURE' }, textualSummary: { status: 'SUCCESS', content: 'Summary' } },
    },
    {
      vendor: 'empego',
      kind: 'consultation',
      operation: 'exportReady',
      id: 'c-3',
      export: { pdf: 'failed', text: 'ready' },
    },
    'an export, whose content is not in the outline',
  ],
  [AN_ORDER, { vendor: 'junction', kind: 'order.created', orderId: 'order-1', userId: 'user-1', teamId: 'team-1' }, 'an order'],
  [
    { type: 'urn:junction:order:creation_cancelled', data: { user_id: null, team_id: 'team-1' } },
    { vendor: 'junction', kind: 'order.creation_cancelled', userId: null, teamId: 'team-1' },
    'an order form that was left before a patient was chosen',
  ],
  ['text', { vendor: 'empego', kind: 'unknown' }, 'no object'],
  [{ eventType: 'consultation', operation: 'create' }, { vendor: 'empego', kind: 'unknown' }, 'no id'],
  [null, { vendor: 'empego', kind: 'unknown' }, 'nothing at all'],
];

check('each documented message has one shape, and an unknown one is kept', {}, async ({ open }) => {
  const tab = await shown(open);
  for (const [index, [sent, expected, why]] of ROWS.entries()) {
    await send(tab, sent);
    const message = await tab.waitFor((at) => {
      const all = window.watch.seen.filter(({ type }) => type === 'embed-message');
      return all[at] && { detail: all[at].detail, raw: JSON.stringify(all[at].whole.raw) };
    }, index);
    assert.deepEqual(message, { detail: expected, raw: JSON.stringify(sent) }, why);
  }
});

check('neither another frame of the vendor nor the page is heard', {}, async ({ open }) => {
  const tab = await shown(open);
  await tab.run((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
    postMessage({ eventType: 'consultation', operation: 'create', id: 'of-the-page' }, '*');
  }, `${app.origin}/other?send=${encodeURIComponent(JSON.stringify({ eventType: 'consultation', operation: 'create', id: 'of-another-frame' }))}`);
  await tab.waitFor(() => window.watch.arrived.length >= 2);
  await send(tab, AN_ORDER);
  await heard(tab, ['order.created']);
});

check('a window of the vendor that the page opened is not heard', {}, async ({ open }) => {
  const tab = await shown(open);
  await tab.run((url) => {
    // A key is what lets a page open a window.
    addEventListener('keydown', () => (window.popup = window.open(url)), { once: true });
    document.querySelector('#note').focus();
  }, `${app.origin}/popup?send=${encodeURIComponent(JSON.stringify({ eventType: 'consultation', operation: 'create', id: 'of-a-window' }))}`);
  await tab.press('a');
  await tab.waitFor(() => window.popup !== undefined);
  if (engine.name === 'webkit') {
    // WebKitGTK's automated browser opens no windows, so there is nothing that could speak.
    assert.equal(await tab.run(() => window.popup), undefined);
    return;
  }
  await tab.waitFor(() => window.watch.arrived.length >= 1);
  await tab.run(() => window.popup.close());
  await send(tab, AN_ORDER);
  await heard(tab, ['order.created']);
});

check('an app that navigated to another origin is not heard', {}, async ({ open }) => {
  const tab = await shown(open, { frames: `${app.origin} ${evil.origin}` }, { debug: true });
  await tab.run((go) => window.command(window.watch.framesOf(window.element)[0], { go }), `${evil.origin}/away`);
  await askedOften(evil, '/opened', 1);
  await send(tab, AN_ORDER);
  await tab.waitFor(() => window.watch.seen.some(({ detail }) => detail?.code === 'foreign_message'));
  await heard(tab, []);
});

check('a foreign message is reported to those who debug alone', {}, async ({ open }) => {
  const tab = await shown(open, { frames: `${app.origin} ${evil.origin}` });
  await tab.run((go) => window.command(window.watch.framesOf(window.element)[0], { go }), `${evil.origin}/away`);
  await askedOften(evil, '/opened', 1);
  await send(tab, AN_ORDER);
  await tab.waitFor(() => window.watch.arrived.length === 1);
  assert.deepEqual(await tab.run(() => window.watch.seen.filter(({ type }) => type !== 'embed-state')), []);
});

check('a message before the load event shows the app', {}, async ({ open, behave }) => {
  behave({
    app(response) {
      response.setHeader('content-type', 'text/html');
      // The document never ends, so it is never loaded. Engines wait for some bytes before they read any.
      response.write(`<!doctype html><body><input><script src="/app.js"></script>${'<p>App</p>'.repeat(1000)}`);
    },
  });
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await askedOften(app, '/opened', 1);
  assert.equal(await tab.run(() => window.element.state), 'loading');
  await send(tab, AN_ORDER);
  await inState(tab, 'shown');
});

check('nothing of a message or a URL is printed, stored or sent', {}, async ({ open, behave }) => {
  const canary = 'canary-7f3a';
  behave({});
  const tab = await shown(open);
  await send(tab, { eventType: 'consultation', operation: 'exportReady', id: canary, data: { textualSummary: { content: canary } } });
  await send(tab, { [canary]: canary });
  await tab.waitFor(() => window.watch.seen.filter(({ type }) => type === 'embed-message').length === 2);
  const session = asked(app, '/embed/')[0].url.split('=')[1];
  const stored = await tab.run(async () => {
    const databases = await indexedDB.databases();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, location.href]);
  });
  assert.equal(stored, JSON.stringify([{}, {}, '', [], `${ehr.origin}/?`]));
  const requests = ehr.requests.map(({ url, headers, body }) => JSON.stringify([url, headers, body]));
  for (const secret of [canary, session]) {
    assert.ok(!tab.printed.join('\n').includes(secret));
    assert.ok(!requests.some((request) => request.includes(secret)));
  }
  assert.deepEqual(ehr.requests.filter(({ method }) => method === 'POST').map(({ url }) => url), ['/launch']);
});

async function shown(open, query, { debug = false } = {}) {
  const tab = await open(query);
  await tab.run((debugging) => {
    window.element = window.add();
    window.element.toggleAttribute('debug', debugging);
  }, debug);
  await inState(tab, 'shown');
  return tab;
}

function send(tab, message) {
  return tab.run((what) => window.command(window.watch.framesOf(window.element)[0], { send: what }), message);
}

/** All messages that arrived so far are dealt with when the page runs the next code. */
async function heard(tab, kinds) {
  await tab.waitFor((count) => window.watch.seen.filter(({ type }) => type === 'embed-message').length >= count, kinds.length);
  const seen = await tab.run(() => window.watch.seen.filter(({ type }) => type === 'embed-message').map(({ detail }) => detail.kind));
  assert.deepEqual(seen, kinds);
}
