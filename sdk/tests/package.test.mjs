import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';

import { buildInto, filesOf, INTERNAL, minified, ROOT } from '../scripts/build.mjs';
import { contract, CONTRACT } from '../scripts/contract.mjs';
import { manifest, reports } from '../scripts/report.mjs';

const run = promisify(execFile);
const PROGRAMS = join(ROOT, 'node_modules/.bin');
/** Bytes that a page loads, compressed. */
const LARGEST = 6_144;

const inRoot = (file) => readFile(join(ROOT, file), 'utf8');

describe('the package', () => {
  it('holds what its sources build', async () => {
    const fresh = await mkdtemp(join(ROOT, '.report-'));
    try {
      await buildInto(fresh);
      assert.deepEqual(await filesOf(join(ROOT, 'dist')), await filesOf(fresh));
      for (const file of await filesOf(fresh)) {
        assert.equal(await inRoot(join('dist', file)), await readFile(join(fresh, file), 'utf8'), `${file}: run npm run build`);
      }
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });

  it('has the contract of openapi.yaml', async () => {
    assert.equal(await readFile(CONTRACT, 'utf8'), await contract(), 'run npm run contract');
  });

  it('changes its interface only where a reviewer sees it', async () => {
    for (const [name, text] of Object.entries(await reports())) {
      assert.equal(await inRoot(join('etc', name)), text, `etc/${name}: run npm run report, and read the difference`);
    }
  });

  it('describes its element', async () => {
    assert.equal(await inRoot('custom-elements.json'), await manifest(), 'run npm run report');
    // The analyzer likes to write its own path there.
    assert.equal(JSON.parse(await inRoot('package.json')).customElements, 'custom-elements.json');
  });

  it('is under the licence of the repository', async () => {
    assert.equal(await inRoot('LICENSE'), await inRoot('../LICENSE'));
  });

  it('names no registry in its lock file', async () => {
    const { packages } = JSON.parse(await inRoot('package-lock.json'));
    assert.deepEqual(Object.keys(packages).filter((name) => 'resolved' in packages[name]), []);
  });

  it('is small where a page loads it', async () => {
    const served = await readFile(join(ROOT, 'dist/clinical-embed.js'));
    const bundled = await minified('dist/register.js');
    for (const text of [served, bundled]) {
      assert.ok(brotliCompressSync(text).length <= LARGEST, `${brotliCompressSync(text).length} bytes`);
    }
  });

  it('shortens no name of the interface, and none that is a text', async () => {
    const [readable, served, api, description] = await Promise.all(
      ['dist/index.js', 'dist/clinical-embed.js', 'etc/index.api.md', 'custom-elements.json'].map(inRoot),
    );
    for (const name of INTERNAL) {
      const word = new RegExp(`\\b${name}\\b`);
      assert.match(readable, word);
      assert.doesNotMatch(readable, new RegExp(`['"]${name}['"]`));
      assert.doesNotMatch(served, word);
      assert.doesNotMatch(api, word);
      assert.doesNotMatch(description, new RegExp(`"name": "${name}"`));
    }
  });

  it('is imported by a server without effect', async () => {
    const index = await import('../dist/index.js');
    await import('../dist/register.js');
    assert.deepEqual(Object.keys(index).sort(), ['ClinicalEmbedElement', 'EmbedError', 'createEmbed', 'register']);
    assert.equal(globalThis.customElements, undefined);
  });
});

describe('npm', () => {
  let tarball;
  before(async () => {
    // Neither tool then packs, and so builds, by itself.
    const folder = await mkdtemp(join(ROOT, '.report-'));
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: ROOT });
    const [packed] = Object.values(JSON.parse(stdout));
    tarball = { path: join(folder, packed.filename), files: packed.files.map(({ path }) => path), folder };
  });

  it('packs what the entries need, and nothing else', () => {
    const others = tarball.files.filter((file) => !file.startsWith('dist/')).sort();
    assert.deepEqual(others, ['LICENSE', 'README.md', 'custom-elements.json', 'package.json']);
  });

  it('finds nothing wrong with it', async () => {
    await run(join(PROGRAMS, 'publint'), [tarball.path, '--strict']);
    await run(join(PROGRAMS, 'attw'), [tarball.path, '--profile', 'esm-only', '--exclude-entrypoints', './custom-elements.json']);
    await rm(tarball.folder, { recursive: true, force: true });
  });
});

describe('the types', () => {
  it('allow what is right and nothing else', async () => {
    const project = await mkdtemp(join(ROOT, '.report-'));
    try {
      await mkdir(join(project, 'node_modules/react'), { recursive: true });
      for (const [file, text] of Object.entries(REACT)) {
        await writeFile(join(project, 'node_modules/react', file), text);
      }
      await writeFile(join(project, 'use.tsx'), USE);
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, files: ['use.tsx'] }));
      for (const compiler of ['typescript-7', 'typescript']) {
        const program = join(ROOT, 'node_modules', compiler, 'bin/tsc');
        await run(process.execPath, [program, '-p', project]).catch(({ stdout }) => assert.fail(stdout));
      }
    } finally {
      await rm(project, { recursive: true, force: true });
    }
  });
});

const COMPILER = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  target: 'es2022',
  module: 'nodenext',
  jsx: 'react-jsx',
  types: [],
  lib: ['es2023', 'esnext.disposable', 'dom'],
};

/** As much of React 19's types as an element needs. */
const REACT = {
  'package.json': '{"name":"react","version":"19.0.0","exports":{".":{"types":"./index.d.ts"},"./jsx-runtime":{"types":"./jsx-runtime.d.ts"}}}',
  'index.d.ts': 'export namespace JSX { interface IntrinsicElements { div: object } interface Element {} }',
  'jsx-runtime.d.ts': `import * as React from './index.js';
    export namespace JSX {
      interface IntrinsicElements extends React.JSX.IntrinsicElements {}
      interface Element extends React.JSX.Element {}
    }`,
};

const USE = `
import type { ClinicalEmbedAttributes, Message } from '../dist/index.js';
import '../dist/register.js';
import { GatewayClient } from '../dist/server.js';
import type {} from 'react';

declare module 'react' {
  namespace JSX { interface IntrinsicElements { 'clinical-embed': ClinicalEmbedAttributes } }
}

export const good = <clinical-embed key="k" contextKey="a" launchUrl="/launch" onembed-message={(event) => void event.detail.kind} />;
// @ts-expect-error The context is required.
export const bad = <clinical-embed launchUrl="/launch" />;

const element = document.createElement('clinical-embed');
element.staleAfter = 60;
element.addEventListener('embed-close', (event) => event.detail.reason === 'logout');
// @ts-expect-error There is no such reason.
element.close('tired');

export function read(message: Message): string {
  switch (message.kind) {
    case 'order.created':
      return message.orderId;
    case 'consultation':
    case 'followup':
      return message.id;
    default:
      return message.vendor;
  }
}

const client = new GatewayClient({ url: 'https://gateway.example', key: 'k' });
await client.launch('consultation/view', { intent: 'existing', clinician: { userId: 'a' }, patientKey: 'p' });
// @ts-expect-error No patient is named.
await client.launch('consultation/view', { intent: 'existing', clinician: { userId: 'a' } });
// @ts-expect-error There is no such endpoint.
await client.launch('consultation/end', {});
// @ts-expect-error An order needs its key.
await client.call('placeOrder', {});
// @ts-expect-error Either, not both.
new GatewayClient({ url: 'https://gateway.example', key: 'k', token: async () => 't' });
`;
