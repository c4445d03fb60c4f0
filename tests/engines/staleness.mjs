// When a shown app is called stale: by what has passed, whatever the machine's clock says, and never by a reload.

import assert from 'node:assert/strict';

import { asked, check, ehr, inState, launchAnswer, sendJson } from './scene.mjs';

const STALE_AFTER = 900;
const FIVE_MINUTES = 300_000;

check('an app is called stale after as long as the page says', {}, async ({ open }) => {
  const tab = await openShown(open);
  await advance(tab, STALE_AFTER * 1000 - 1000);
  assert.equal(await state(tab), 'shown');
  await advance(tab, 1500);
  await inState(tab, 'stale');
  await staysOpen(tab);
});

check('a clock that is set back makes no app stale late', {}, async ({ open }) => {
  const tab = await openShown(open);
  await advance(tab, 10_000);
  await tab.run((ms) => window.clock.setWall(-ms), FIVE_MINUTES);
  await advance(tab, STALE_AFTER * 1000 - 12_000);
  assert.equal(await state(tab), 'shown');
  await advance(tab, 3000);
  await inState(tab, 'stale');
  await staysOpen(tab);
});

check('a clock that was wrong from the start makes no app stale early', {}, async ({ open }) => {
  for (const wrong of [-FIVE_MINUTES, FIVE_MINUTES]) {
    const tab = await open({ clock: '' });
    await tab.run((ms) => window.clock.setWall(ms), wrong);
    await add(tab);
    await inState(tab, 'shown');
    await advance(tab, STALE_AFTER * 1000 - 1000);
    assert.equal(await state(tab), 'shown', String(wrong));
    await advance(tab, 1500);
    await inState(tab, 'stale');
  }
});

check('a clock set five minutes ahead opens nothing anew', {}, async ({ open }) => {
  // A page cannot tell this from a machine that slept, so it counts as five minutes that have passed, and no more.
  const tab = await openShown(open);
  await tab.run((ms) => window.clock.setWall(ms), FIVE_MINUTES);
  await tab.run(() => dispatchEvent(new Event('focus')));
  await advance(tab, 1000);
  assert.equal(await state(tab), 'shown');
  await staysOpen(tab);
  await advance(tab, STALE_AFTER * 1000 - FIVE_MINUTES);
  await inState(tab, 'stale');
  await staysOpen(tab);
});

check('a machine that slept finds a stale app when it wakes', {}, async ({ open }) => {
  const tab = await openShown(open);
  await tab.run((ms) => window.clock.setWall(ms), STALE_AFTER * 1000 + 1000);
  await tab.run(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await inState(tab, 'stale');
  await staysOpen(tab);
});

check('a page that handles staleness itself keeps the app as it is', {}, async ({ open }) => {
  const tab = await open({ clock: '' });
  await tab.run(() => addEventListener('embed-stale', (event) => (window.staleSince = event.detail.since) && event.preventDefault()));
  await add(tab);
  await inState(tab, 'shown');
  await advance(tab, STALE_AFTER * 1000 + 1000);
  await tab.waitFor(() => window.staleSince > 0);
  assert.equal(await state(tab), 'shown');
  await staysOpen(tab);
});

check('a stale app is opened anew by a person alone', {}, async ({ open }) => {
  const tab = await openShown(open);
  await advance(tab, STALE_AFTER * 1000 + 1000);
  await inState(tab, 'stale');
  await tab.run(() => {
    const buttons = window.watch.rootOf(document.querySelector('clinical-embed')).querySelectorAll('button');
    [...buttons].find((button) => button.checkVisibility()).click();
  });
  await inState(tab, 'shown');
  assert.deepEqual(asked(ehr, '/launch').map(({ body }) => JSON.parse(body).reason), ['first', 'stale']);
});

check('an app of Junction’s is never called stale', {}, async ({ open, behave }) => {
  behave({ launch: (response) => sendJson(response, 200, launchAnswer({ modality: 'feature_embed', expiresIn: 300 })) });
  const tab = await openShown(open);
  await advance(tab, 10 * STALE_AFTER * 1000);
  assert.equal(await state(tab), 'shown');
  await staysOpen(tab);
});

async function openShown(open) {
  const tab = await open({ clock: '' });
  await add(tab);
  await inState(tab, 'shown');
  return tab;
}

function add(tab) {
  return tab.run((staleAfter) => void window.add({ staleAfter }), STALE_AFTER);
}

function advance(tab, ms) {
  return tab.run((time) => window.clock.advance(time), ms);
}

function state(tab) {
  return tab.run(() => document.querySelector('clinical-embed').state);
}

/** Nothing is reloaded under a person's hands: a form may be half filled in. */
async function staysOpen(tab) {
  const frames = await tab.run(() => ({
    framed: window.watch.framed.length,
    there: window.watch.framesOf(document.querySelector('clinical-embed')).length,
  }));
  assert.deepEqual(frames, { framed: 1, there: 1 });
}
