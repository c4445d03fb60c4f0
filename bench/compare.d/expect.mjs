// What a check expects. What is not as expected fails, with both in the message.

import { isDeepStrictEqual } from 'node:util';

export function same(what, found, expected) {
  if (!isDeepStrictEqual(found, expected)) {
    throw new Error(`${what} is ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }
}

export function matches(what, found, pattern) {
  if (!pattern.test(found ?? '')) {
    throw new Error(`${what} is ${JSON.stringify(found)}`);
  }
}
