// Three real engines behind one small interface.
//
// An engine has `name` and `openTab()`, which opens a tab beside the others of one profile. A tab has `goto`, `back`,
// `run(function, ...arguments)` (in the page; arguments and result are JSON, the function may be asynchronous),
// `waitFor` (the same until it is truthy), `press(key)` and `close()`; `tab.printed` is what the page wrote to its
// console, where the engine tells it.

import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import * as webkit from './webkit.mjs';

export const ENGINES = { chromium, firefox, webkit };

const DEADLINE_MS = Number(process.env.DEADLINE_MS ?? 15_000);
const BETWEEN_MS = 25;

/** Starts one of the engines, with a profile of its own. */
export async function startEngine(name) {
  const engine = await ENGINES[name].start();
  return {
    name,
    more: engine.more,
    async openTab() {
      return waitingTab(await engine.openTab());
    },
    stop: () => engine.stop(),
  };
}

/** Polls until a function returns something truthy, and fails with what is awaited. */
export async function eventually(awaited, find, deadlineMs = DEADLINE_MS) {
  const end = Date.now() + deadlineMs;
  let last;
  for (;;) {
    last = await find();
    if (last) {
      return last;
    }
    if (Date.now() > end) {
      throw new Error(`not within ${deadlineMs} ms: ${awaited}`);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}

function waitingTab(tab) {
  tab.waitFor = (condition, ...args) => eventually(String(condition), () => ifPageStands(tab, condition, args));
  return tab;
}

/** A page that is just being replaced has nothing to say. */
async function ifPageStands(tab, condition, args) {
  try {
    return await tab.run(condition, ...args);
  } catch (error) {
    if (/context was destroyed|Cannot find context|navigat|no such (frame|window)|discarded|DOM.*removed/i.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}
