// HAProxy with deploy/haproxy/haproxy.cfg, whose variables are set for this machine.

import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from './ports.mjs';
import { SilentServer } from './servers.mjs';

const CONFIG = fileURLToPath(new URL('../../deploy/haproxy/haproxy.cfg', import.meta.url));

export class Haproxy {
  #server;
  #socket;
  port;

  /** In front of two gateways, with a certificate and its key in one file. */
  static async start(folder, certificate, gateways) {
    const haproxy = new Haproxy();
    haproxy.port = await freePort();
    haproxy.#socket = join(folder, 'haproxy.sock');
    const env = { BIND: `127.0.0.1:${haproxy.port}`, CERTIFICATE: certificate, SOCKET: haproxy.#socket };
    for (const [at, { port, adminPort }] of gateways.entries()) {
      env[`GATEWAY_${at + 1}`] = `127.0.0.1:${port}`;
      env[`GATEWAY_${at + 1}_ADMIN`] = String(adminPort);
    }
    haproxy.#server = await SilentServer.start('haproxy', ['-db', '-f', CONFIG], { port: haproxy.port, env });
    return haproxy;
  }

  /** What it logged and warned of so far. */
  get output() {
    return this.#server.output;
  }

  stop() {
    return this.#server.stop();
  }

  /** What its administrator's socket says to a command. */
  async command(line) {
    const socket = connect(this.#socket);
    socket.setEncoding('utf8');
    let said = '';
    socket.on('data', (text) => (said += text));
    await once(socket, 'connect');
    socket.end(`${line}\n`);
    await once(socket, 'close');
    return said;
  }

  /** The figures of a gateway, from 1: `status`, `scur` (sessions now), `wretr`, `wredis`, `eresp`. */
  async figures(number) {
    const [heading, ...rows] = (await this.command('show stat')).trim().split('\n');
    const names = heading.replace('# ', '').split(',');
    const row = rows.map((text) => text.split(',')).find(([, name]) => name === `gateway-${number}`);
    return Object.fromEntries(names.map((name, at) => [name, row[at]]));
  }
}
