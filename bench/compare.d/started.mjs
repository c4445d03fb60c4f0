// What benches start of the program under test: its stand-in for both vendors, and gateways.

import { readFileSync, writeFileSync } from 'node:fs';

import { Program } from './programs.mjs';
import { sleep, within } from './time.mjs';

const WITHIN_MS = 60_000;

/** How often to look: a start is a measured figure too. */
const EVERY_MS = 1;

/** The program's stand-in for Empego and Junction. */
export class StandIn {
  /** Where it is. */
  origin;

  constructor(origin) {
    this.origin = origin;
  }

  static async start(binary, { apiKey, core }) {
    const command = [binary, 'simulate', '--listen', '127.0.0.1:0', '--api-key', apiKey];
    const program = new Program('the stand-in', command, { core });
    const told = shown(() => /^base_url +(\S+)/m.exec(program.output));
    const starting = Promise.race([told, program.failAtItsEnd()]);
    const [, baseUrl] = await within(WITHIN_MS, starting, 'the start of the stand-in');
    return new StandIn(new URL(baseUrl).origin);
  }

  /** Has it do something, or shows what it has. */
  async control(method, page, content) {
    const response = await fetch(`${this.origin}/__sim/${page}`, {
      method,
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: content && JSON.stringify(content),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`the stand-in's response to ${method} ${page} was ${response.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** Starts a gateway that logs into this file as JSON: its program, and the port that it took. */
export async function startGateway(binary, configuration, { log, core, env }) {
  writeFileSync(log, '');
  const program = new Program('the gateway', [binary, 'serve', '--config', configuration], { core, env, errorFile: log });
  const lines = () => readFileSync(log, 'utf8').split('\n');
  const listening = shown(() => lines().find((line) => line.includes('"listening"')));
  const ended = program.failAtItsEnd().catch((error) => {
    throw new Error(`${error.message}${readFileSync(log, 'utf8')}`);
  });
  const starting = Promise.race([listening, ended]);
  const { address } = JSON.parse(await within(WITHIN_MS, starting, 'the start of the gateway'));
  return { program, port: Number(address.split(':').at(-1)) };
}

/** What is found once it is there. */
async function shown(find) {
  for (;;) {
    const found = find();
    if (found) {
      return found;
    }
    await sleep(EVERY_MS);
  }
}
