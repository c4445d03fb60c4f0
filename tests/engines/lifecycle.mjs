// When a URL is requested, when a frame is there, and what is left when it is gone.

import assert from 'node:assert/strict';

import { app, asked, askedOften, check, ehr, engine, inState, launchAnswer, openEhr } from './scene.mjs';
import { eventually } from './engines.mjs';

check('an element that is mounted twice at once launches once', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => {
    const element = window.add();
    element.remove();
    document.body.append(element);
  });
  await inState(tab, 'shown');
  assert.equal(asked(ehr, '/launch').length, 1);
  assert.equal(asked(app, '/embed/').length, 1);
});

check('the same function opens an app without markup', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => {
    window.embed = window.sdk.createEmbed(document.querySelector('main'), { contextKey: 'context-1', launchUrl: '/launch' });
  });
  await inState(tab, 'shown');
  await tab.run(() => window.embed[Symbol.dispose ?? Symbol.for('Symbol.dispose')]());
  assert.equal(await tab.run(() => document.querySelectorAll('clinical-embed').length), 0);
});

check('removal aborts the launch', {}, async ({ open, behave }) => {
  behave({ launch: () => {} });
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await askedOften(ehr, '/launch', 1);
  await tab.run(() => window.element.remove());
  await eventually('the server sees the request end', () => asked(ehr, '/launch')[0].closed);
  assert.equal(await tab.run(() => window.element.state), 'idle');
});

check('closing everything at a logout reaches another tab', {}, async ({ open }) => {
  const [tab, other] = [await open(), await open()];
  for (const one of [tab, other]) {
    await one.run(() => void window.add());
    await inState(one, 'shown');
  }
  await tab.run(() => window.sdk.ClinicalEmbedElement.closeAll('logout'));
  for (const one of [tab, other]) {
    await inState(one, 'idle');
    assert.deepEqual(await one.run(closings), ['logout']);
    assert.equal(await one.run(frames), 0);
  }
  assert.equal(asked(ehr, '/launch').length, 2, 'nothing is launched again');
});

check('going back after a logout shows no frame', {}, async ({ open, behave }) => {
  const tab = await open();
  await tab.run(() => void window.add());
  await inState(tab, 'shown');
  behave({ launch: (response) => response.writeHead(401).end() });
  await tab.goto(`${ehr.origin}/signed-out`);
  await tab.waitFor(() => document.title === 'Signed out');
  await tab.back();
  await inState(tab, 'failed');
  const { returns, error } = await tab.run(() => ({
    returns: window.watch.returns,
    error: document.querySelector('clinical-embed').error.toJSON(),
  }));
  // All three keep the page: were it loaded anew, this would show nothing.
  assert.deepEqual(returns.at(-1), { persisted: true, frames: 0 });
  assert.equal(error.status, 401);
  assert.equal(await tab.run(frames), 0);
  assert.equal(asked(app, '/embed/').length, 1);
});

check('going back while signed in opens the app anew', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => void window.add());
  await inState(tab, 'shown');
  await tab.goto(`${ehr.origin}/signed-out`);
  await tab.waitFor(() => document.title === 'Signed out');
  await tab.back();
  await inState(tab, 'shown');
  assert.deepEqual(asked(ehr, '/launch').map(reasonOf), ['first', 'restored']);
  assert.equal(await tab.run(frames), 1);
});

check('an atomic move keeps the frame, any other opens it anew', {}, async ({ open }) => {
  const tab = await open();
  const movable = await tab.run(() => {
    const aside = document.createElement('aside');
    document.body.append(aside);
    window.element = window.add();
    return typeof aside.moveBefore === 'function';
  });
  await inState(tab, 'shown');
  // WebKitGTK 2.50 has no moveBefore.
  assert.equal(movable, engine.name !== 'webkit');
  if (movable) {
    await tab.run(() => document.querySelector('aside').moveBefore(window.element, null));
    // Asked again until it is heard: a busy app may not listen yet.
    await tab.waitFor(() => {
      window.command(window.watch.framesOf(window.element)[0], { send: { is: 'still here' } });
      return window.watch.seen.some(({ type }) => type === 'embed-message');
    });
    assert.equal(asked(ehr, '/launch').length, 1);
  }
  await tab.run(() => document.body.append(window.element));
  await askedOften(ehr, '/launch', 2);
  await inState(tab, 'shown');
  assert.deepEqual(asked(ehr, '/launch').map(reasonOf), ['first', 'moved']);
  assert.equal(await tab.run(frames), 1);
});

check('each URL has a fresh frame, and no entry in the history', {}, async ({ open }) => {
  const tab = await open();
  const before = await tab.run(() => history.length);
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  await tab.run(() => (window.firstFrame = window.watch.framesOf(window.element)[0]) && window.element.reload());
  await askedOften(app, '/embed/', 2);
  await inState(tab, 'shown');
  const after = await tab.run(() => ({
    length: history.length,
    fresh: window.watch.framesOf(window.element)[0] !== window.firstFrame && !window.firstFrame.isConnected,
    late: window.watch.late,
  }));
  assert.deepEqual(after, { length: before, fresh: true, late: [] });
});

check('the former frame is gone before the next URL is requested', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add({ byHand: true })));
  await tab.waitFor(() => window.mints.length === 1);
  await tab.run((answer) => window.mints[0].resolve(answer), launchAnswer());
  await inState(tab, 'shown');
  const atRequest = await tab.run(async () => {
    const { element } = window;
    let count;
    element.launch = (request) => {
      count = window.watch.framesOf(element).length;
      return window.launchByHand(request);
    };
    element.contextKey = 'context-2';
    const atOnce = window.watch.framesOf(element).length;
    await new Promise((resolve) => setTimeout(resolve));
    return { atOnce, count };
  });
  assert.deepEqual(atRequest, { atOnce: 0, count: 0 });
});

check('twenty rounds leave no listener, timer or frame', { only: ['chromium'] }, async ({ open }) => {
  const tab = await open({ clock: '' });
  const session = await engine.more.context.newCDPSession(tab.page);
  await session.send('Performance.enable');
  const listeners = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value])).JSEventListeners;
  };
  const round = async () => {
    await tab.run(() => void window.add({ staleAfter: 600 }));
    await inState(tab, 'shown');
    await tab.run(() => document.querySelector('clinical-embed').remove());
  };
  await round();
  const before = await listeners();
  for (let count = 0; count < 20; count += 1) {
    await round();
  }
  await eventually('the listeners are as before', async () => (await listeners()) <= before);
  assert.equal(await tab.run(() => window.clock.pending()), 0);
  assert.equal(await tab.run(() => window.length + document.querySelectorAll('iframe').length), 0);
});

check('an element that was left opens again when it is back', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  await tab.run(() => window.element.remove());
  assert.equal(await tab.run(() => window.element.state), 'idle');
  await tab.run(() => document.body.append(window.element));
  await inState(tab, 'shown');
  assert.equal(asked(ehr, '/launch').length, 2);
  await openEhr(tab);
});

check('a frame fills the element', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => {
    window.element = window.add();
    Object.assign(window.element.style, { width: '444px', height: '555px' });
  });
  await inState(tab, 'shown');
  const box = await tab.run(() => {
    const { width, height } = window.watch.framesOf(window.element)[0].getBoundingClientRect();
    return [width, height];
  });
  assert.deepEqual(box, [444, 555]);
});

function closings() {
  return window.watch.seen.filter(({ type }) => type === 'embed-close').map(({ detail }) => detail.reason);
}

function frames() {
  return [...document.querySelectorAll('clinical-embed')].flatMap(window.watch.framesOf).length;
}

function reasonOf({ body }) {
  return JSON.parse(body).reason;
}
