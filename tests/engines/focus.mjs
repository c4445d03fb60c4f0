// Where the keyboard is: never taken from a person, and never lost with a frame.

import assert from 'node:assert/strict';

import { app, askedOften, check, inState, sendJson } from './scene.mjs';

check('an app that opens leaves the focus where it is', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => document.querySelector('#note').focus());
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  assert.equal(await tab.run(() => document.activeElement.id), 'note');
  await tab.run(() => window.element.reload());
  await askedOften(app, '/embed/', 2);
  await inState(tab, 'shown');
  assert.equal(await tab.run(() => document.activeElement.id), 'note');
});

check('an error leaves the focus where it is', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 403, { code: 'endpoint_denied' }) });
  const tab = await open();
  await tab.run(() => document.querySelector('#note').focus());
  await tab.run(() => void window.add());
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.activeElement.id), 'note');
});

check('focusing the element focuses its app', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  await tab.run(() => window.element.focus());
  await tab.waitFor(() => window.watch.rootOf(window.element).activeElement?.localName === 'iframe');
});

check('the focus of a frame that goes is kept by its element', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'shown');
  await tab.run(() => window.element.focus());
  await tab.waitFor(() => document.activeElement === window.element);
  const where = await tab.run(() => {
    window.element.close();
    return { active: document.activeElement === window.element, frames: window.watch.framesOf(window.element).length };
  });
  assert.deepEqual(where, { active: true, frames: 0 });
});

check('a person opens a failed app again by the keyboard alone', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 403, { code: 'endpoint_denied' }) });
  const tab = await open();
  await tab.run(() => document.querySelector('#note').focus());
  await tab.run(() => (window.element = window.add()));
  await inState(tab, 'failed');
  await tab.press('Tab');
  await tab.waitFor(() => window.watch.rootOf(window.element).activeElement?.localName === 'button');
  behave({ launch: undefined });
  await tab.press('Enter');
  await inState(tab, 'shown');
});
