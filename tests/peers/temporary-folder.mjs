// Folders that never outlive the tests.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, removed at the latest when this process exits. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'empego-gateway-peer-'));
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  return { path, remove };
}
