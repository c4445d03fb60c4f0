// How often the disk under a folder can be asked to keep something.

import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FOR_MS = 1000;

/** Writes of the size of a record, each followed by `fdatasync`, in a second. */
export async function syncsPerSecond(folder) {
  const path = join(folder, 'syncs');
  const file = openSync(path, 'w');
  const record = Buffer.alloc(700, 'x');
  const began = performance.now();
  let syncs = 0;
  while (performance.now() - began < FOR_MS) {
    writeSync(file, record);
    fdatasyncSync(file);
    syncs += 1;
  }
  const took = performance.now() - began;
  closeSync(file);
  rmSync(path);
  return (1000 * syncs) / took;
}
