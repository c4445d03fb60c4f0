// Debian's WebKitGTK, through its W3C WebDriver, on a virtual screen.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from './engines.mjs';

const KEYS = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C' };

export async function start() {
  const profile = await mkdtemp(join(tmpdir(), 'engines-webkit-'));
  const children = [];
  const end = () => {
    children.forEach((child) => child.kill('SIGKILL'));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', end);
  const display = await startScreen(children);
  const port = await freePort();
  children.push(
    spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        LANG: 'C.UTF-8',
        DISPLAY: display,
        HOME: profile,
        XDG_RUNTIME_DIR: profile,
        // There is neither a session bus nor a graphics card.
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
        GSETTINGS_BACKEND: 'memory',
        LIBGL_ALWAYS_SOFTWARE: '1',
        NO_AT_BRIDGE: '1',
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        // Nothing but loopback is reached: all else is sent to a proxy that is not there.
        http_proxy: 'http://127.0.0.1:9',
        https_proxy: 'http://127.0.0.1:9',
        no_proxy: 'localhost,.localhost,127.0.0.1',
      },
    }),
  );
  const base = `http://127.0.0.1:${port}`;
  await eventually('WebKitWebDriver listens', () => fetch(`${base}/status`).then(({ ok }) => ok, () => false));
  const { sessionId } = await call(base, 'POST', '/session', {
    // The driver counts a script's time by the page's clock, which tests set forward.
    capabilities: { alwaysMatch: { acceptInsecureCerts: true, timeouts: { script: 1e9 } } },
  });
  const session = `${base}/session/${sessionId}`;
  const windows = { spare: await call(session, 'GET', '/window') };
  windows.current = windows.spare;
  return {
    more: {},
    openTab: () => openTab(session, windows),
    async stop() {
      await call(session, 'DELETE', '');
      end();
      process.off('exit', end);
    },
  };
}

/** The first window of a session stays open: a session without one ends. */
async function openTab(session, windows) {
  const turnTo = async (handle) => {
    if (windows.current !== handle) {
      await call(session, 'POST', '/window', { handle });
      windows.current = handle;
    }
  };
  await turnTo(windows.spare);
  const { handle } = await call(session, 'POST', '/window/new', { type: 'tab' });
  const inTab = async (method, path, body) => {
    await turnTo(handle);
    return call(session, method, path, body);
  };
  return {
    printed: [],
    goto: (url) => inTab('POST', '/url', { url }),
    back: () => inTab('POST', '/back', {}),
    run: (code, ...args) => run(inTab, code, args),
    press: (key) =>
      inTab('POST', '/actions', {
        actions: [
          {
            type: 'key',
            id: 'keyboard',
            actions: [
              { type: 'keyDown', value: KEYS[key] ?? key },
              { type: 'keyUp', value: KEYS[key] ?? key },
            ],
          },
        ],
      }),
    async close() {
      await inTab('DELETE', '/window');
      windows.current = undefined;
      await turnTo(windows.spare);
    },
  };
}

/** Promises are awaited in the page, as the other engines do. */
async function run(inTab, code, args) {
  const script = `
    const done = arguments[arguments.length - 1];
    Promise.resolve().then(() => (${code})(...arguments[0])).then(
      (value) => done({ value }),
      (error) => done({ error: String(error) + '\\n' + error?.stack }),
    );`;
  const result = await inTab('POST', '/execute/async', { script, args: [args] });
  if (result.error !== undefined) {
    throw new Error(result.error);
  }
  return result.value ?? undefined;
}

async function call(base, method, path, body) {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) {
    throw new Error(`${path}: ${value.error}: ${value.message}`);
  }
  return value;
}

async function startScreen(children) {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  children.push(screen);
  const [number] = await once(screen.stdio[3], 'data');
  return `:${String(number).trim()}`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
