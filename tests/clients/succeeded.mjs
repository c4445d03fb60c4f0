// Programs that must succeed.

import assert from 'node:assert/strict';

import { run } from '../peers/children.mjs';

/** Runs a program to its end, and returns all it printed. */
export async function succeeded(program, args, options) {
  const { code, output } = await run(program, args, options);
  assert.equal(code, 0, `${program} failed:\n${output.slice(0, 4_000)}`);
  return output;
}
