// When a shown app is called stale: two clocks, neither of which is right alone.

import assert from 'node:assert/strict';

import { asked, check, ehr, inState, launchAnswer, sendJson } from './scene.mjs';

const STALE_AFTER = 600;
const FIVE_MINUTES_MS = 300_000;

for (const [skew, words] of [
  [FIVE_MINUTES_MS, 'ahead'],
  [-FIVE_MINUTES_MS, 'behind'],
]) {
  check(`a clock that is five minutes ${words} makes an app stale on time`, {}, async ({ open }) => {
    const tab = await open({ clock: '' });
    await tab.run((ms) => window.clock.setWall(ms), skew);
    await shown(tab);
    await staleAfter(tab, STALE_AFTER * 1000);
  });
}

check('a clock that is set back makes no app stale later', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await shown(tab);
  await tab.run((ms) => window.clock.setWall(-ms), FIVE_MINUTES_MS);
  await staleAfter(tab, STALE_AFTER * 1000);
});

check('the time that a machine slept counts', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await shown(tab);
  // In sleep the one clock stands and the other goes on, and no timer runs out.
  await tab.run((ms) => window.clock.setWall(ms), 2 * STALE_AFTER * 1000);
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'shown');
  await tab.run(() => document.dispatchEvent(new Event('visibilitychange')));
  await inState(tab, 'stale');
});

check('a stale app is offered a reload, and keeps its frame until then', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await shown(tab);
  await staleAfter(tab, STALE_AFTER * 1000);
  const offer = await tab.run(() => {
    const root = window.watch.rootOf(document.querySelector('clinical-embed'));
    window.frame = root.querySelector('iframe');
    const buttons = [...root.querySelectorAll('button')].filter((button) => button.checkVisibility());
    return { buttons: buttons.map(({ textContent }) => textContent), framed: window.frame?.isConnected };
  });
  assert.deepEqual(offer, { buttons: ['Reload'], framed: true });
  assert.equal(asked(ehr, '/launch').length, 1);
  await tab.run(() => {
    const root = window.watch.rootOf(document.querySelector('clinical-embed'));
    [...root.querySelectorAll('button')].find((button) => button.checkVisibility()).click();
  });
  await inState(tab, 'shown');
  assert.deepEqual(asked(ehr, '/launch').map(({ body }) => JSON.parse(body).reason), ['first', 'stale']);
  assert.equal(await tab.run(() => window.frame.isConnected), false);
});

check('a page that takes care of staleness itself sees no button', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await tab.run(() => addEventListener('embed-stale', (event) => event.preventDefault()));
  await shown(tab);
  await tab.run((ms) => window.clock.advance(ms), STALE_AFTER * 1000 + 100);
  await tab.waitFor(() => window.watch.seen.some(({ type }) => type === 'embed-stale'));
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'shown');
});

check('an app is never called stale unless the page asks for it', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await tab.run(() => void window.add());
  await inState(tab, 'shown');
  await tab.run(() => window.clock.advance(86_400_000));
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'shown');
});

check('a clock that is set five minutes ahead opens nothing anew', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await shown(tab);
  // No page can tell it from five minutes of sleep, so it counts as five minutes, and no more.
  await tab.run((ms) => window.clock.setWall(ms), FIVE_MINUTES_MS);
  await tab.run(() => dispatchEvent(new Event('focus')));
  await staleAfter(tab, STALE_AFTER * 1000 - FIVE_MINUTES_MS);
  assert.equal(await tab.run(() => window.watch.framed.length), 1);
});

check('an app of Junction’s, which continues sessions, is never stale', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 200, launchAnswer({ modality: 'feature_embed', expiresIn: 300 })) });
  const tab = await open({ clock: '' });
  await shown(tab);
  await tab.run((ms) => window.clock.advance(ms), 10 * STALE_AFTER * 1000);
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'shown');
});

async function shown(tab) {
  await tab.run((seconds) => void window.add({ staleAfter: seconds }), STALE_AFTER);
  await inState(tab, 'shown');
}

/** Neither early nor late, and never by itself anew. */
async function staleAfter(tab, ms) {
  await tab.run((almost) => window.clock.advance(almost), ms - 1000);
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'shown');
  await tab.run(() => window.clock.advance(1100));
  await inState(tab, 'stale');
  assert.equal(asked(ehr, '/launch').length, 1);
}
