// What other scripts of a page can reach of an app, and what the app learns of the page.

import assert from 'node:assert/strict';

import { app, asked, askedOften, check, ehr, evil, inState, launchAnswer, sendJson } from './scene.mjs';

check('a page’s scripts find no frame by the usual ways', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => void window.add());
  await inState(tab, 'shown');
  const found = await tab.run(() => ({
    root: document.querySelector('clinical-embed').shadowRoot,
    frames: document.querySelectorAll('iframe').length,
    windows: window.length,
    first: window[0] === undefined,
  }));
  assert.deepEqual(found, { root: null, frames: 0, windows: 0, first: true });
});

check('a frame has the attributes that the gateway names, and no more', {}, async ({ open, behave }) => {
  const frame = { referrerPolicy: 'origin', allow: 'camera', sandbox: 'allow-scripts allow-same-origin' };
  behave({ launch: (response) => sendJson(response, 200, launchAnswer({ frame })) });
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  assert.deepEqual(await tab.run(attributesOfTheFrame), frame);

  behave({ launch: (response) => sendJson(response, 200, launchAnswer({ frame: undefined })) });
  await tab.run(() => (window.element.contextKey = 'context-2'));
  await tab.waitFor(() => window.watch.framed.length === 2);
  await inState(tab, 'shown');
  assert.deepEqual(await tab.run(attributesOfTheFrame), { referrerPolicy: 'strict-origin', allow: null, sandbox: null });
});

check('an app learns the origin of the page, and not its address', {}, async ({ open }) => {
  const tab = await open({ patient: 'patient-123' });
  await tab.run(() => void window.add());
  await inState(tab, 'shown');
  await askedOften(app, '/opened', 1);
  const { referrer } = JSON.parse(asked(app, '/opened')[0].body);
  assert.equal(referrer, `${ehr.origin}/`);
  assert.equal(asked(app, '/embed/')[0].headers.referer, `${ehr.origin}/`);
});

check('nothing is ever sent to the frame', {}, async ({ open, behave }) => {
  behave({ app: sendListeningApp });
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  await tab.run(() => window.element.focus());
  await tab.run(() => window.watch.framesOf(window.element)[0].contentWindow.postMessage('of the test', '*'));
  await tab.waitFor(() => window.watch.arrived.length === 1);
  // Messages arrive in order, so the test's is the first that there was.
  assert.deepEqual(await tab.run(() => window.watch.arrived.map(({ data }) => data)), [['of the test']]);
});

check('a launch goes to the page’s own origin alone', {}, async ({ open }) => {
  const tab = await open();
  await tab.run((launchUrl) => (window.element = window.add({ launchUrl })), `${evil.origin}/launch`);
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => window.element.error.code), 'no_launch');
  assert.deepEqual(asked(evil, '/'), []);

  await tab.run(() => (document.cookie = 'signed-in=yes; Secure; SameSite=Strict'));
  await tab.run(() => (window.element.launchUrl = '/launch'));
  await inState(tab, 'shown');
  const [launch] = asked(ehr, '/launch');
  assert.equal(launch.method, 'POST');
  assert.equal(launch.headers.cookie, 'signed-in=yes');
  assert.equal(launch.headers['sec-fetch-site'], 'same-origin');
  await tab.run(() => (document.cookie = 'signed-in=; Secure; max-age=0'));
});

check('names and ids in a page change nothing', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => {
    for (const name of ['launch', 'sdk', 'URL', 'customElements', 'BroadcastChannel', 'parent']) {
      const form = document.createElement('form');
      form.id = name;
      form.name = name;
      document.body.append(form);
    }
    window.element = window.add();
  });
  await inState(tab, 'shown');
  assert.deepEqual(await tab.run(attributesOfTheFrame), { referrerPolicy: 'strict-origin', allow: null, sandbox: null });
  assert.equal(asked(ehr, '/launch').length, 1);
});

check('what a script put on every object’s prototype opens nothing', {}, async ({ open }) => {
  const tab = await open();
  await tab.run((url) => {
    const inherited = { url, origin: new URL(url).origin, launchUrl: '/elsewhere', sandbox: '', allow: 'camera', src: url };
    window.forget = () => Object.keys(inherited).forEach((name) => delete Object.prototype[name]);
    Object.assign(Object.prototype, inherited);
    window.element = window.add();
  }, `${evil.origin}/embed`);
  // The driver's own answers would show what is inherited.
  await tab.waitFor(() => {
    const { state } = window.element;
    return state === 'shown' || state === 'failed';
  });
  await tab.run(() => window.forget());
  assert.equal(await tab.run(() => window.element.state), 'shown');
  assert.deepEqual(await tab.run(attributesOfTheFrame), { referrerPolicy: 'strict-origin', allow: null, sandbox: null });
  assert.equal(asked(ehr, '/launch').length, 1);
  assert.deepEqual(asked(evil, '/embed'), []);
});

function attributesOfTheFrame() {
  const [frame] = window.watch.framesOf(document.querySelector('clinical-embed'));
  const { referrerPolicy } = frame;
  return { referrerPolicy, allow: frame.getAttribute('allow'), sandbox: frame.getAttribute('sandbox') };
}

/** An app that sends back all that it ever got. */
function sendListeningApp(response) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><title>App</title><link rel="icon" href="data:,"><script>
    const got = [];
    addEventListener('message', ({ data }) => { got.push(data); parent.postMessage(got, '*'); });
  </script>`);
}
