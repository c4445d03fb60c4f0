// What is in a gateway's store, read and written with another program's library.

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'store.py');

function run(folder, ...args) {
  return execFileSync('python3', [PROGRAM, join(folder, 'store.sqlite3'), ...args], { encoding: 'utf8' }).trim();
}

/** How many events were acknowledged. */
export function receipts(folder) {
  return Number(run(folder, 'receipts'));
}

/** Stores so many events that no host has heard of. */
export function fill(folder, count) {
  run(folder, 'fill', String(count));
}
