// Deliberate bugs in a copy of the package, each of which a case must find: so no case is weakened unnoticed.
//
//   node defects.mjs

import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../peers/children.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DIST = fileURLToPath(new URL('../../sdk/dist', import.meta.url));
/** A case that waits for what a bug prevents need not wait long. */
const DEADLINE_MS = '3000';

/** A bug as a replacement of what stands in the package once, and the case that finds it. */
const DEFECTS = [
  {
    bug: 'any window is heard',
    from: /source !== frame\.contentWindow/g,
    to: 'false',
    file: 'messages.mjs',
    found: 'neither another frame of the vendor nor the page is heard',
  },
  {
    bug: 'any origin is heard',
    from: /origin === launch\.origin/g,
    to: 'true',
    file: 'messages.mjs',
    found: 'an app that navigated to another origin is not heard',
  },
  {
    bug: 'the response for an earlier context is accepted',
    from: /generation === model\.generation/g,
    to: 'true',
    file: 'context.mjs',
    found: 'a response for the former patient never shows',
  },
  {
    bug: 'a frame outlives its context',
    from: /view\.unmount\(\);/g,
    to: '',
    file: 'context.mjs',
    found: 'a patient change while the app loads takes its frame away',
  },
  {
    bug: 'a page that is left keeps its frame',
    from: /send\("hide"\);/g,
    to: '',
    file: 'lifecycle.mjs',
    found: 'going back after a logout shows no frame',
  },
  {
    bug: 'src is set in the document',
    from: /old\[0\]\.before\(frame\);/g,
    to: 'frame.removeAttribute("src"); old[0].before(frame); frame.src = launch.url;',
    file: 'lifecycle.mjs',
    found: 'each URL has a fresh frame, and no entry in the history',
  },
  {
    bug: 'listeners stay',
    from: /untilDisconnect\?\.abort\(\);/g,
    to: '',
    file: 'lifecycle.mjs',
    found: 'twenty rounds leave no listener, timer or frame',
  },
  {
    bug: 'a refusal is retried',
    from: /automatic: retryable && !\(status && status < 500\)/g,
    to: 'automatic: true',
    file: 'failures.mjs',
    found: 'a refusal of the request is never retried by itself',
  },
  {
    bug: 'a logout stays in its tab',
    from: /sender\.postMessage\(reason\);/g,
    to: '',
    file: 'lifecycle.mjs',
    found: 'closing everything at a logout reaches another tab',
  },
  {
    bug: 'a removed element lets its request run on',
    from: /untilAnswer\?\.abort\(\)/g,
    to: 'undefined',
    file: 'lifecycle.mjs',
    found: 'removal aborts the launch',
  },
  {
    bug: 'a stale app is opened anew by itself',
    from: /late\("aged"\)/g,
    to: '() => send("reload")',
    file: 'time.mjs',
    found: 'a stale app is offered a reload, and keeps its frame until then',
  },
  {
    bug: 'the whole address is the referrer',
    from: /(referrerPolicy: )"strict-origin"/g,
    to: '$1"unsafe-url"',
    file: 'security.mjs',
    found: 'a frame has the attributes that the gateway names, and no more',
  },
];

let original;
let folder;

before(async () => {
  original = await readFile(join(DIST, 'index.js'), 'utf8');
  folder = await temporaryFolder();
});

test('without a bug, all of these cases pass', { timeout: 120_000 }, async () => {
  for (const file of new Set(DEFECTS.map((defect) => defect.file))) {
    const names = DEFECTS.filter((defect) => defect.file === file).map(({ found }) => found);
    const { code, output } = await runCases(await copyWith('none', original), file, names, {});
    assert.equal(code, 0, output);
    for (const name of names) {
      assert.match(output, resultOf('ok', name));
    }
  }
});

for (const [index, { bug, from, to, file, found }] of DEFECTS.entries()) {
  test(`a case finds that ${bug}`, { timeout: 60_000 }, async () => {
    assert.equal(original.match(from)?.length, 1, `the package has this once: ${from}`);
    const { code, output } = await runCases(await copyWith(String(index), original.replace(from, to)), file, [found], {
      DEADLINE_MS,
    });
    assert.notEqual(code, 0, output);
    assert.match(output, resultOf('not ok', found));
  });
}

/** What the gateway serves is one minified file; this is the same, of the one for bundlers. */
async function copyWith(name, index) {
  const copy = join(folder.path, name);
  await mkdir(copy, { recursive: true });
  await copyFile(join(DIST, 'register.js'), join(copy, 'register.js'));
  await writeFile(join(copy, 'index.js'), index);
  await writeFile(join(copy, 'clinical-embed.js'), "import './register.js';\nexport * from './index.js';\n");
  return copy;
}

function runCases(copy, file, names, environment) {
  const patterns = names.map((name) => `--test-name-pattern=^${escaped(name)}`);
  return run(process.execPath, ['--test-reporter=tap', ...patterns, join(HERE, file)], {
    // The runner of this file would take the results of that one for its own.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ENGINE: 'chromium', CLINICAL_EMBED: copy, ...environment },
  });
}

function resultOf(result, name) {
  return new RegExp(`^ *${result} \\d+ - ${escaped(name)}`, 'm');
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
