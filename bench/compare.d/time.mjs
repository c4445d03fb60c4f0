// Waiting.

export function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** Waits for something, but not for ever. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something holds. */
export async function until(holds, what, { atMostMs = 10_000, everyMs = 20 } = {}) {
  const end = Date.now() + atMostMs;
  while (!(await holds())) {
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${atMostMs / 1000} s`);
    }
    await sleep(everyMs);
  }
}
