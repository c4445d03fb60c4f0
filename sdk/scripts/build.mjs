// Writes dist/, or the folder that is named.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import { minify } from 'terser';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ENTRIES = ['index', 'register', 'server'];

const COMMON = { absWorkingDir: ROOT, bundle: true, format: 'esm', target: 'es2022', charset: 'utf8', logLevel: 'warning' };

/**
 * Names of members inside the package, which are shortened in the file that a page loads as it is. None may be of the interface
 * or the platform, nor be written as a text.
 */
export const INTERNAL = [
  'automatic',
  'connected',
  'dress',
  'effects',
  'focusable',
  'generation',
  'heard',
  'model',
  'render',
  'retries',
  'sent',
  'want',
  'wanted',
];

/** Builds the package into a folder that is emptied first. */
export async function buildInto(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const out = (name) => join(folder, `${name}.js`);
  await build({ ...COMMON, entryPoints: ['src/index.ts'], outfile: out('index') });
  // One copy of the element, whichever entry a page imports first.
  await build({ ...COMMON, entryPoints: ['src/register.ts'], outfile: out('register'), external: ['./index.js'] });
  await build({ ...COMMON, entryPoints: ['src/server/index.ts'], outfile: out('server'), platform: 'neutral' });
  await writeFile(out('clinical-embed'), await minified('src/served.ts', new RegExp(`^(${INTERNAL.join('|')})$`)));
  await declare(folder);
}

/** The least that a page can load: esbuild shortens names, and terser unites functions that have one caller. */
export async function minified(entry, mangleProps) {
  const options = { ...COMMON, entryPoints: [entry], minify: true, write: false, ...(mangleProps && { mangleProps }) };
  const { outputFiles } = await build(options);
  const { code } = await minify(outputFiles[0].text, { module: true, ecma: 2020, compress: { passes: 3 } });
  return `${code}\n`;
}

/** Declarations by the compiler, of which only those stay that an entry needs. */
async function declare(folder) {
  const all = await mkdtemp(join(ROOT, '.declarations-'));
  try {
    const compiler = join(ROOT, 'node_modules/typescript-7/bin/tsc');
    await promisify(execFile)(process.execPath, [compiler, '-p', ROOT, '--outDir', all]);
    await writeFile(join(all, 'server.d.ts'), "export * from './server/index.js';\n");
    const needed = new Set();
    for (const entry of ENTRIES) {
      await collect(all, `${entry}.d.ts`, needed);
    }
    for (const file of needed) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await cp(join(all, file), join(folder, file));
    }
  } finally {
    await rm(all, { recursive: true, force: true });
  }
}

async function collect(folder, file, needed) {
  if (needed.has(file)) {
    return;
  }
  needed.add(file);
  const text = await readFile(join(folder, file), 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import) ['"]\.\/([^'"]+)\.js['"]/g)) {
    await collect(folder, join(dirname(file), `${name}.d.ts`), needed);
  }
}

/** All files below a folder, by their path in it. */
export async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return files.map((file) => file.slice(resolve(folder).length + 1)).sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildInto(resolve(process.argv[2] ?? join(ROOT, 'dist')));
}
