// The app that a page of the console shows. Its iframe is in a closed shadow root, so that only the browser can say what is there.

import assert from 'node:assert/strict';

import { eventually } from '../peers/polling.mjs';

/** The one frame of a page, once it shows something. */
export async function app(page) {
  let frames;
  await eventually('the app in its frame', async () => {
    frames = page.mainFrame().childFrames();
    assert.equal(frames.length, 1);
    assert.match(frames[0].url(), /^https?:/);
  });
  return frames[0];
}
