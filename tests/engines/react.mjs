// React 19 as EHRs use it: StrictMode mounts everything twice, and properties and events need no wrapper.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { app, asked, check, ehr, inState, serveBundle } from './scene.mjs';

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('pages/react.jsx', import.meta.url))],
  bundle: true,
  format: 'esm',
  write: false,
  external: ['/sdk/*'],
  jsx: 'automatic',
  // StrictMode mounts twice in development only.
  define: { 'process.env.NODE_ENV': '"development"' },
});
serveBundle('react.js', outputFiles[0].text);

check('React in StrictMode launches once, and once per patient', {}, async ({ open }) => {
  const tab = await open({ script: '/bundles/react.js' });
  await inState(tab, 'shown');
  assert.ok((await tab.run(() => window.effects)) >= 2, 'StrictMode mounts twice');
  assert.equal(asked(ehr, '/launch').length, 1);
  await tab.run(() => window.watch.framesOf(document.querySelector('clinical-embed'))[0].contentWindow.postMessage({ command: { send: { eventType: 'consultation', operation: 'create', id: 'c-1' } } }, '*'));
  await tab.waitFor(() => window.messages.length === 1);
  await tab.run(() => window.choosePatient('B'));
  await tab.waitFor(() => window.watch.seen.some(({ type, detail }) => type === 'embed-close' && detail.reason === 'context'));
  await inState(tab, 'shown');
  assert.deepEqual(asked(ehr, '/launch').map(({ body }) => JSON.parse(body).contextKey), ['A', 'B']);
  assert.equal(asked(app, '/embed/').length, 2);
  await tab.run(() => window.leave());
  assert.equal(await tab.run(() => document.querySelectorAll('clinical-embed').length), 0);
});
