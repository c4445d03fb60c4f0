// The package's examples, started as they are and used in a real browser against the demo; and the texts that quote them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { startDemo } from '../browser/demo.mjs';
import { run } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';
import { startEngine } from './engines.mjs';

const [program] = process.argv.slice(2);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const EXAMPLES = at('../../sdk/examples');
const MODULES = at('node_modules');

const engine = await startEngine(process.env.ENGINE ?? 'chromium');
const demo = await startDemo(program);
const folder = await temporaryFolder();
const servers = [];

after(async () => {
  await engine.stop();
  await demo.stop();
  for (const server of servers) {
    server.kill();
    await once(server, 'close');
  }
  folder.remove();
});

test('the plain page and its server show a chart, and another', () => uses('plain', join(EXAMPLES, 'plain')));

test('the React page in StrictMode shows a chart, and another', async () => uses('react', await bundled('react', 'page.jsx')));

test('the Vue page shows a chart, and another', async () => uses('vue', await bundled('vue', 'page.js')));

test('the Angular component has types', async () => {
  const place = join(folder.path, 'angular');
  await mkdir(place);
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'bundler',
      experimentalDecorators: true,
      skipLibCheck: true,
      lib: ['ES2024', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
      types: [],
      paths: {
        '@angular/core': [join(MODULES, '@angular/core')],
        '@empego-gateway/clinical-embed': [at('../../sdk/dist/index.d.ts')],
        '@empego-gateway/clinical-embed/register': [at('../../sdk/dist/register.d.ts')],
      },
    },
    files: [join(EXAMPLES, 'angular/chart.component.ts')],
  };
  await writeFile(join(place, 'tsconfig.json'), JSON.stringify(config));
  const { code, output } = await run(join(MODULES, '.bin/tsc'), ['--project', place]);
  assert.equal(code, 0, output);
});

test('every snippet of the texts is a region of an example', async () => {
  const regions = await readRegions();
  for (const text of ['../../README.md', '../../docs/guides/frame.md']) {
    const marked = [...(await readFile(at(text), 'utf8')).matchAll(/<!-- (\S+)#(\S+) -->\n```\w+\n([^]*?)```/g)];
    assert.ok(marked.length > 0, `${text} quotes examples`);
    for (const [, file, region, snippet] of marked) {
      assert.equal(snippet, regions.get(`${file}#${region}`), `${text}: ${file}#${region}`);
    }
  }
});

/** Opens a chart, the next one, and signs out. */
async function uses(name, pages) {
  const origin = await startServer(pages);
  const tab = await engine.openTab();
  await tab.goto(origin);
  await shown(tab, 'chart-1');
  await tab.run(() => document.querySelector('#next').click());
  await shown(tab, 'chart-2');
  await tab.run(() => document.querySelector('#sign-out').click());
  await tab.waitFor(() => document.querySelector('#news').textContent === 'Signed out');
  assert.equal(await tab.run(() => document.querySelector('clinical-embed').state), 'idle');
  const refused = await tab.run(async () => {
    try {
      await document.querySelector('clinical-embed').open();
      return 'opened';
    } catch (error) {
      return [error.code, error.status];
    }
  });
  assert.deepEqual(refused, ['launch_failed', 403], `${name}: no launch after signing out`);
  assert.deepEqual(tab.printed.filter((line) => !line.includes('403') && !line.includes('React DevTools')), []);
  await tab.close();
}

function shown(tab, contextKey) {
  return tab.waitFor((key) => {
    const element = document.querySelector('clinical-embed');
    return element?.contextKey === key && element.state === 'shown';
  }, contextKey);
}

/** An example's page beside its bundled script. */
async function bundled(name, script) {
  const place = join(folder.path, name);
  await mkdir(place);
  await cp(join(EXAMPLES, name, 'index.html'), join(place, 'index.html'));
  await build({
    entryPoints: [join(EXAMPLES, name, script)],
    outfile: join(place, 'page.js'),
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    nodePaths: [MODULES],
    logLevel: 'error',
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
  });
  return place;
}

async function startServer(pages) {
  const server = spawn(process.execPath, [join(EXAMPLES, 'node-server/server.mjs'), pages], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      GATEWAY_URL: new URL(demo.console).origin,
      GATEWAY_KEY: demo.hostKey,
      FRAME_SOURCES: new URL(demo.simulator).origin,
    },
  });
  process.once('exit', () => server.kill('SIGKILL'));
  servers.push(server);
  for await (const line of createInterface({ input: server.stdout })) {
    const [, origin] = /^ehr (\S+)$/.exec(line) ?? [];
    if (origin) {
      return origin;
    }
  }
  throw new Error('the example’s server ended');
}

/** What stands between `#region` and `#endregion`, without its indentation. */
async function readRegions() {
  const regions = new Map();
  for (const name of await readdir(EXAMPLES, { recursive: true })) {
    if (!/\.(html|js|jsx|mjs|ts)$/.test(name)) {
      continue;
    }
    const text = await readFile(join(EXAMPLES, name), 'utf8');
    for (const [, region, body] of text.matchAll(/#region (\S+).*\n([^]*?) *(?:\/\/|<!--) #endregion/g)) {
      const lines = body.split('\n');
      const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
      regions.set(`${name}#${region}`, lines.map((line) => line.slice(indent)).join('\n'));
    }
  }
  return regions;
}
