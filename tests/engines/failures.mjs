// What a person sees when an app does not open, and when the element tries again.

import assert from 'node:assert/strict';

import { check, app, asked, askedOften, ehr, engine, inState, launchAnswer, sendJson } from './scene.mjs';
import { eventually } from './engines.mjs';

check('a policy without the vendor’s host is blamed by its name', {}, async ({ open }) => {
  const tab = await open({ frames: "'self'" });
  await tab.run(() => void window.add());
  await tab.waitFor(() => document.querySelector('clinical-embed').error?.code === 'blocked_by_csp');
  const { error, text } = await tab.run(failure);
  assert.deepEqual(error.hosts, [app.origin]);
  assert.ok(text.includes(app.origin), text);
  assert.equal(error.retryable, false);
});

check('an app that responds with nothing is not shown', {}, async ({ open, behave }) => {
  behave({ app: (response) => response.writeHead(204).end() });
  await notShownAfterTheTimeout(await open({ clock: '' }));
});

check('an app that never responds is not shown', {}, async ({ open, behave }) => {
  behave({ app: () => {} });
  await notShownAfterTheTimeout(await open({ clock: '' }));
});

check('a refused connection is waited for no longer than 20 s', {}, async ({ open, behave }) => {
  app.down();
  behave({});
  const tab = await open({ clock: '' });
  await tab.run(() => void window.add());
  if (engine.name === 'chromium') {
    // Chromium fires load for its own error page, and no page can tell it from an app.
    await inState(tab, 'shown');
    return;
  }
  await tab.waitFor(() => ['loading', 'failed'].includes(document.querySelector('clinical-embed').state));
  await tab.run(() => window.clock.advance(20_000));
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').error.code), 'not_shown');
});

check('after an outage one launch is tried, once it is over', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  ehr.down();
  await tab.run(() => void window.add());
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').error.code), 'launch_unreachable');
  ehr.up();
  await tab.run(() => {
    dispatchEvent(new Event('online'));
    dispatchEvent(new Event('online'));
  });
  await inState(tab, 'shown');
  assert.deepEqual(asked(ehr, '/launch').map(({ body }) => JSON.parse(body).reason), ['retry']);
});

check('a retry waits for as long as the server asks', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 503, { code: 'overloaded', retryable: true }, { 'retry-after': '7' }) });
  const tab = await open({ clock: '' });
  await tab.run(() => void window.add());
  await inState(tab, 'failed');
  behave({ launch: undefined });
  await tab.run(() => window.clock.advance(6_900));
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'failed');
  assert.equal(asked(ehr, '/launch').length, 1);
  await tab.run(() => window.clock.advance(200));
  await inState(tab, 'shown');
  assert.equal(asked(ehr, '/launch').length, 2);
});

check('retries become rarer, and a person can retry at once', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 503, { code: 'overloaded', retryable: true }) });
  const tab = await open({ clock: '' });
  await tab.run(() => void window.add());
  for (let count = 1; count <= 4; count += 1) {
    await askedOften(ehr, '/launch', count);
    await inState(tab, 'failed');
    await tab.run((ms) => window.clock.advance(ms), 500 * 2 ** (count - 1) - 100);
    assert.equal(asked(ehr, '/launch').length, count, 'no retry before half of its pause');
    await tab.run((ms) => window.clock.advance(ms), 500 * 2 ** (count - 1) + 100);
  }
  await askedOften(ehr, '/launch', 5);
  await inState(tab, 'failed');
  behave({ launch: undefined });
  await tab.run(() => window.watch.rootOf(document.querySelector('clinical-embed')).querySelector('[role=alert] button').click());
  await inState(tab, 'shown');
});

check('a refusal of the request is never retried by itself', {}, async ({ open, behave }) => {
  for (const status of [400, 401, 403, 404, 409, 422, 429]) {
    behave({ launch: (response) => sendJson(response, status, { code: 'refused', retryable: true }, { 'retry-after': '1' }) });
    ehr.requests.length = 0;
    const tab = await open({ clock: '' });
    await tab.run(() => void window.add());
    await inState(tab, 'failed');
    await tab.run(() => window.clock.advance(3_600_000));
    await tab.run(() => dispatchEvent(new Event('online')));
    await tab.run(() => new Promise((resolve) => queueMicrotask(resolve)));
    const { error } = await tab.run(failure);
    assert.equal(error.status, status);
    assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'failed');
    assert.equal(asked(ehr, '/launch').length, 1, String(status));
  }
});

check('an answer that no page should open opens nothing', {}, async ({ open, behave }) => {
  const { url, origin } = launchAnswer();
  const rows = [
    [{ url: 'javascript:alert(1)' }, 'bad_url'],
    [{ url: 'data:text/html,x' }, 'bad_url'],
    [{ url: url.replace('https:', 'http:').replace('app.localhost', 'app.example') }, 'bad_url'],
    [{ url: url.replace('//', '//user@') }, 'bad_url'],
    [{ url: 'https://elsewhere.example/embed' }, 'bad_url'],
    [{ origin: '*' }, 'bad_url'],
    [{ origin: 'null' }, 'bad_url'],
    [{ url: undefined }, 'bad_answer'],
  ];
  for (const [wrong, code] of rows) {
    behave({ launch: (response) => sendJson(response, 200, { ...launchAnswer(), ...wrong }) });
    const tab = await open();
    await tab.run(() => void window.add());
    await inState(tab, 'failed');
    assert.equal(await tab.run(() => document.querySelector('clinical-embed').error.code), code, JSON.stringify(wrong));
    assert.deepEqual(await tab.run(() => window.watch.framed), []);
  }
  const tab = await open();
  behave({ launch: undefined });
  await tab.run((allowedOrigins) => void window.add({ allowedOrigins }), ['https://other.example']);
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').error.code), 'origin_not_allowed');
  assert.ok(origin);
});

check('a page is told that what it allows is not an origin', {}, async ({ open }) => {
  const tab = await open();
  const thrown = await tab.run((wrong) => {
    const element = document.createElement('clinical-embed');
    element.allowedOrigins = ['https://app.example'];
    const names = wrong.map((origin) => {
      try {
        element.allowedOrigins = [origin];
        return null;
      } catch ({ name }) {
        return name;
      }
    });
    return [...names, ...element.allowedOrigins];
  }, ['https://app.example/', 'https://app.example/path', 'app.example', '*']);
  assert.deepEqual(thrown, ['TypeError', 'TypeError', 'TypeError', 'TypeError', 'https://app.example']);
});

check('an app for a window of its own is offered as a button', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 200, launchAnswer({ modality: 'link_out', expiresIn: 300 })) });
  const tab = await open();
  await tab.run(() => void window.add());
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').error.code), 'link_out');
  assert.deepEqual(await tab.run(() => window.watch.framed), []);
  const button = await tab.run(() => {
    window.open = (...args) => (window.openedWith = args);
    const found = window.watch.rootOf(document.querySelector('clinical-embed')).querySelector('[role=alert] button');
    found.click();
    return { text: found.textContent, features: window.openedWith.slice(1), path: new URL(window.openedWith[0]).pathname.slice(0, 7) };
  });
  assert.deepEqual(button.features, ['_blank', 'noopener']);
  assert.equal(button.path, '/embed/');
});

async function notShownAfterTheTimeout(tab) {
  await tab.run(() => void window.add());
  await inState(tab, 'loading');
  await eventually('the app is asked', () => asked(app, '/embed/').length === 1);
  await tab.run(() => window.clock.advance(19_900));
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'loading');
  await tab.run(() => window.clock.advance(200));
  await inState(tab, 'failed');
  const { error, text } = await tab.run(failure);
  assert.equal(error.code, 'not_shown');
  assert.ok(text.length > 0);
  assert.equal(await tab.run(() => window.watch.framesOf(document.querySelector('clinical-embed')).length), 0);
}

function failure() {
  const element = document.querySelector('clinical-embed');
  return { error: element.error.toJSON(), text: window.watch.rootOf(element).querySelector('[role=alert]').textContent };
}
