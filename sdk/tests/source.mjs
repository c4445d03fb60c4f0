import { build } from 'esbuild';

import { ROOT } from '../scripts/build.mjs';

/** A module of src/, compiled in memory. Each copy has a state of its own, as in another tab. */
export async function source(name, copy = 0) {
  const options = { absWorkingDir: ROOT, bundle: true, format: 'esm', target: 'es2022', write: false };
  const { outputFiles } = await build({ ...options, entryPoints: [`src/${name}.ts`] });
  const text = `${outputFiles[0].text}\n// ${copy}`;
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}
