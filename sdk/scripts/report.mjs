// Writes etc/ and custom-elements.json: the interface, so that a change to it is a change that a reviewer reads.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

import { ROOT } from './build.mjs';

export const REPORTS = ['index', 'server'];

/** The reports, by the name of their file. Needs dist/. */
export async function reports() {
  const folder = await mkdtemp(join(ROOT, '.report-'));
  try {
    const texts = REPORTS.map(async (entry) => [`${entry}.api.md`, await report(entry, folder)]);
    return Object.fromEntries(await Promise.all(texts));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function report(entry, folder) {
  const configObject = {
    projectFolder: ROOT,
    mainEntryPointFilePath: join(ROOT, `dist/${entry}.d.ts`),
    compiler: { overrideTsconfig: { compilerOptions: { lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'], types: [], module: 'NodeNext', moduleResolution: 'NodeNext' }, files: [join(ROOT, `dist/${entry}.d.ts`)] } },
    apiReport: { enabled: true, reportFileName: `${entry}.api.md`, reportFolder: folder, reportTempFolder: join(folder, 'temp') },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: { extractorMessageReporting: { 'ae-missing-release-tag': { logLevel: 'none' }, 'ae-undocumented': { logLevel: 'none' } } },
  };
  const config = ExtractorConfig.prepare({ configObject, configObjectFullPath: join(ROOT, 'api-extractor.json'), packageJsonFullPath: join(ROOT, 'package.json') });
  const problems = [];
  const result = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.category !== 'console' && (message.logLevel === 'error' || message.logLevel === 'warning')) {
        problems.push(message.text);
      }
      message.handled = true;
    },
  });
  if (!result.succeeded || problems.length > 0) {
    throw new Error(`${entry}: ${problems.join('\n')}`);
  }
  return readFile(join(folder, `${entry}.api.md`), 'utf8');
}

/** The manifest's text. */
export async function manifest() {
  const folder = await mkdtemp(join(ROOT, '.report-'));
  try {
    const analyzer = join(ROOT, 'node_modules/@custom-elements-manifest/analyzer/cem.js');
    const files = ['src/element.ts', 'src/define.ts'].flatMap((file) => ['--globs', file]);
    await promisify(execFile)(process.execPath, [analyzer, 'analyze', ...files, '--outdir', folder.slice(ROOT.length), '--quiet'], { cwd: ROOT });
    return withoutPrivate(JSON.parse(await readFile(join(folder, 'custom-elements.json'), 'utf8')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Private members are not what a page can use. */
function withoutPrivate(document) {
  for (const { declarations } of document.modules) {
    for (const declaration of declarations) {
      declaration.members = declaration.members?.filter(({ name, privacy }) => privacy !== 'private' && !name.startsWith('#') && !/Callback$/.test(name));
    }
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await reports())) {
    await writeFile(join(ROOT, 'etc', name), text);
  }
  await writeFile(join(ROOT, 'custom-elements.json'), await manifest());
}
