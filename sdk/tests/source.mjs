import { build } from 'esbuild';

import { ROOT } from '../scripts/build.mjs';

/** A module of src/, compiled in memory. */
export async function source(name) {
  const options = { absWorkingDir: ROOT, bundle: true, format: 'esm', target: 'es2022', write: false };
  const { outputFiles } = await build({ ...options, entryPoints: [`src/${name}.ts`] });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
