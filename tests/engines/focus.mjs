// Where the keyboard is: never taken from a person, and never lost with a frame.

import assert from 'node:assert/strict';

import { check, inState, sendJson } from './scene.mjs';

check('an error leaves the focus where it is', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 403, { code: 'endpoint_denied' }) });
  const tab = await open();
  await tab.run(() => document.querySelector('#note').focus());
  await tab.run(() => void window.add());
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.activeElement.id), 'note');
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
