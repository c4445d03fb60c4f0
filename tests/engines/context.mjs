// Whose chart it is: nothing of an earlier patient or person is shown after the context changed.

import assert from 'node:assert/strict';

import { eventually } from './engines.mjs';
import { app, asked, askedOften, check, ehr, inState, launchAnswer, sendApp } from './scene.mjs';

check('a response for the former patient never shows', {}, async ({ open }) => {
  const tab = await open();
  const [former, current] = [launchAnswer(), launchAnswer()];
  await tab.run(() => (window.element = window.add({ byHand: true, contextKey: 'A' })));
  await tab.waitFor(() => window.mints.length === 1);
  await tab.run(() => (window.element.contextKey = 'B'));
  await tab.waitFor(() => window.mints.length === 2);
  assert.equal(await tab.run(() => window.mints[0].signal.aborted), true);
  await tab.run((answer) => window.mints[0].resolve(answer), former);
  await tab.run((answer) => window.mints[1].resolve(answer), current);
  await inState(tab, 'shown');
  assert.deepEqual(await tab.run(() => window.watch.framed), [current.url]);
  assert.deepEqual(await tab.run(() => window.mints.map(({ reason, contextKey }) => [reason, contextKey])), [
    ['first', 'A'],
    ['context', 'B'],
  ]);
});

check('a former patient’s response shows not even when it is the last', {}, async ({ open }) => {
  const tab = await open();
  const [former, current] = [launchAnswer(), launchAnswer()];
  await tab.run(() => (window.element = window.add({ byHand: true, contextKey: 'A' })));
  await tab.waitFor(() => window.mints.length === 1);
  await tab.run(() => (window.element.contextKey = 'B'));
  await tab.waitFor(() => window.mints.length === 2);
  await tab.run((answer) => window.mints[1].resolve(answer), current);
  await inState(tab, 'shown');
  await tab.run((answer) => window.mints[0].resolve(answer), former);
  await tab.run(() => new Promise((resolve) => setTimeout(resolve)));
  assert.deepEqual(await tab.run(() => window.watch.framesOf(window.element).map(({ src }) => src)), [current.url]);
});

check('a patient change while the app loads takes its frame away', {}, async ({ open, behave }) => {
  const held = [];
  behave({ app: (response) => held.push(response) });
  const tab = await open();
  await tab.run(() => (window.element = window.add({ contextKey: 'A' })));
  await eventually('the app is asked', () => held.length === 1);
  behave({ app: sendApp });
  const removed = await tab.run(() => {
    const [frame] = window.watch.framesOf(window.element);
    window.element.contextKey = 'B';
    return !frame.isConnected && window.watch.framesOf(window.element).length === 0;
  });
  assert.ok(removed, 'the frame goes at once');
  await inState(tab, 'shown');
  sendApp(held[0]);
  const contexts = asked(ehr, '/launch').map(({ body }) => JSON.parse(body).contextKey);
  assert.deepEqual(contexts, ['A', 'B']);
  const shown = await tab.run(() => window.watch.framesOf(window.element).map(({ src }) => src));
  assert.equal(shown.length, 1);
  assert.ok(shown[0].endsWith(asked(app, '/embed/').at(-1).url));
});

check('from A to B and back to A is A, launched anew', {}, async ({ open }) => {
  const tab = await open();
  const answers = [launchAnswer(), launchAnswer(), launchAnswer()];
  await tab.run(() => (window.element = window.add({ byHand: true, contextKey: 'A' })));
  for (const [count, key] of ['A', 'B', 'A'].entries()) {
    await tab.run((context) => (window.element.contextKey = context), key);
    await tab.waitFor((expected) => window.mints.length === expected, count + 1);
  }
  // The first is for the same patient, and still not for this launch; the last comes when the app is there already.
  for (const index of [0, 2, 1]) {
    await tab.run((at, answer) => window.mints[at].resolve(answer), index, answers[index]);
    await tab.run(() => new Promise((resolve) => setTimeout(resolve)));
  }
  await inState(tab, 'shown');
  assert.deepEqual(await tab.run(() => window.watch.framed), [answers[2].url]);
});

check('a context that is set again to the same keeps its frame', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add({ contextKey: 'A' })));
  await inState(tab, 'shown');
  await tab.run(() => window.element.setAttribute('context-key', 'A'));
  await tab.run(() => new Promise((resolve) => setTimeout(resolve)));
  assert.equal(asked(ehr, '/launch').length, 1);
  assert.deepEqual(await tab.run(() => window.watch.seen.filter(({ type }) => type === 'embed-close').length), 0);
});

check('an element without a context launches nothing', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => void window.add({ contextKey: '' }));
  await inState(tab, 'failed');
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').error.code), 'no_context');
  assert.equal(asked(ehr, '/launch').length, 0);
});

check('a context that is set later opens the app', {}, async ({ open }) => {
  const tab = await open();
  await tab.run(() => (window.element = window.add({ contextKey: '' })));
  await inState(tab, 'failed');
  await tab.run(() => (window.element.contextKey = 'A'));
  await inState(tab, 'shown');
  await askedOften(ehr, '/launch', 1);
});
