// Waiting, always for a bounded time.

import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** What the promise brings, or an error if it takes longer than this. */
export async function within(ms, promise, awaited) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${awaited} took more than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sleeps, but not beyond a stop. */
export async function sleepUnless(stopped, ms) {
  try {
    await sleep(ms, undefined, { signal: stopped });
  } catch (error) {
    if (error.name !== 'AbortError') {
      throw error;
    }
  }
}

/** Asks again and again until the answer is true. False if it never was. */
export async function until(check, { everyMs, atMostMs }) {
  const end = Date.now() + atMostMs;
  for (;;) {
    if (await check()) {
      return true;
    }
    if (Date.now() >= end) {
      return false;
    }
    await sleep(everyMs);
  }
}
