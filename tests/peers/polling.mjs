// Waiting for what another program does in its own time.

import { setTimeout as delay } from 'node:timers/promises';

const BOUND_MS = 20_000;
const PAUSE_MS = 50;

/** Tries until `attempt` does not throw any more, and returns what it returned. Its last error tells why it never did. */
export async function eventually(awaited, attempt) {
  const end = Date.now() + BOUND_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) {
        throw new Error(`${awaited}: not within ${BOUND_MS} ms: ${error.message}`, { cause: error });
      }
    }
    await delay(PAUSE_MS);
  }
}
