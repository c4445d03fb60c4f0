// Installs what is missing, and says what there is.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './programs.mjs';
import { CONTENDERS_FOLDER } from './scene.mjs';

/** Debian's packages, and how each shows that it is there. */
const PACKAGES = [
  { name: 'nginx', version: ['nginx', '-v'] },
  { name: 'libnginx-mod-http-lua', file: '/usr/lib/nginx/modules/ngx_http_lua_module.so' },
  // Not every release has it.
  { name: 'libnginx-mod-http-js', file: '/usr/lib/nginx/modules/ngx_http_js_module.so', isOptional: true },
  { name: 'lua-cjson', file: '/usr/lib/x86_64-linux-gnu/lua/5.1/cjson.so' },
  { name: 'lua-nginx-string', file: '/usr/share/lua/5.1/nginx/sha256.lua' },
  { name: 'haproxy', version: ['haproxy', '-v'] },
  { name: 'wrk', version: ['wrk', '-v'] },
  { name: 'linux-perf', version: ['perf', '--version'] },
  { name: 'valgrind', version: ['valgrind', '--version'] },
  { name: 'openssl', version: ['openssl', 'version'] },
  { name: 'util-linux', version: ['taskset', '--version'] },
];

/** Daemons that Debian starts when it installs them, by the files with their pids. */
const DAEMONS = ['/run/nginx.pid', '/run/haproxy.pid'];

const JAVASCRIPT = join(CONTENDERS_FOLDER, 'javascript');

export async function installWhatIsMissing(say) {
  const missing = PACKAGES.filter((wanted) => !isThere(wanted));
  if (missing.length > 0) {
    say(`installing ${missing.map(({ name }) => name).join(', ')}`);
    await install(missing);
  }
  const lock = join(JAVASCRIPT, 'package-lock.json');
  const installed = join(JAVASCRIPT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
    say('installing fastify and undici');
    await run('npm', ['npm', 'ci', '--prefix', JAVASCRIPT, '--no-audit', '--no-fund']);
  }
}

/** Whether there is what a contender needs that not every release has. */
export function isInstalled(packageName) {
  return isThere(PACKAGES.find(({ name }) => name === packageName));
}

/** The versions of everything that has a part in the figures. */
export function versions() {
  const debian = spawnSync('dpkg-query', ['-W', '-f=${Package} ${Version}\n', ...PACKAGES.map(({ name }) => name)], {
    encoding: 'utf8',
  });
  const { packages } = JSON.parse(readFileSync(join(JAVASCRIPT, 'package-lock.json'), 'utf8'));
  const fromNpm = ['fastify', 'undici', 'pino'].map((name) => `${name} ${packages[`node_modules/${name}`].version}`);
  return [...debian.stdout.trim().split('\n'), `node ${process.version}`, ...fromNpm].join(', ');
}

function isThere({ version, file }) {
  return file === undefined ? spawnSync(version[0], version.slice(1)).error === undefined : existsSync(file);
}

async function install(missing) {
  const asRoot = process.getuid() === 0 ? [] : ['sudo'];
  const before = DAEMONS.map(pidIn);
  // In runlevel 1 services are installed and not started.
  const settings = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  const apt = (...args) => run(`apt-get ${args[0]}`, [...asRoot, ...settings, 'apt-get', ...args]);
  await apt('update', '-qq');
  const wanted = missing.filter(({ name, isOptional }) => !isOptional || isKnown(name)).map(({ name }) => name);
  if (wanted.length > 0) {
    await apt('install', '-y', '-qq', '--no-install-recommends', ...wanted);
  }
  // If one was started all the same, it goes; one that ran before is somebody else's.
  DAEMONS.map(pidIn).forEach((pid, at) => {
    if (pid !== undefined && pid !== before[at]) {
      const [command, ...args] = [...asRoot, 'kill', String(pid)];
      spawnSync(command, args);
    }
  });
}

/** Whether this release has a package. */
function isKnown(name) {
  return spawnSync('apt-cache', ['show', name]).status === 0;
}

function pidIn(file) {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined;
}
