// Servers of Debian that say nothing when they are ready: they are, once they accept connections.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

import { eventually } from './polling.mjs';

export class SilentServer {
  #child;
  #ended;
  output = '';

  /** Starts a program that stays in the foreground and listens on a port of 127.0.0.1. */
  static async start(program, args, { port, env }) {
    const server = new SilentServer();
    server.#child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const child = server.#child;
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    server.#ended = once(child, 'close').finally(() => process.off('exit', kill));
    for (const printed of [child.stdout, child.stderr]) {
      printed.setEncoding('utf8').on('data', (text) => (server.output += text));
    }
    await eventually(`${program} on ${port}`, async () => {
      assert.equal(child.exitCode, null, server.output);
      await accepts(port);
    });
    return server;
  }

  async stop() {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}

/** Connects, and lets go again. */
async function accepts(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
