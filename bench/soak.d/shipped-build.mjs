// The build that is shipped, for measurements that are not given a binary.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the program with the profile `dist`; its path, or undefined if that fails. */
export function shippedBuild(root) {
  const { status } = spawnSync('cargo', ['build', '--profile', 'dist', '--locked'], { cwd: root, stdio: 'inherit' });
  return status === 0 ? join(root, 'target', 'dist', 'empego-gateway') : undefined;
}

/** Builds an example with the same profile, of the gateway or of another package; its path. */
export function builtExample(root, name, packageName = 'empego-gateway') {
  const build = ['build', '--profile', 'dist', '--locked', '-p', packageName, '--example', name];
  const { status } = spawnSync('cargo', build, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(`the example ${name} could not be built`);
  }
  return join(root, 'target', 'dist', 'examples', name);
}
