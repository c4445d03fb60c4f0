// A Prometheus of the tests' own, and its companion promtool: Debian's package `prometheus` has both.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { start } from './children.mjs';

const BOUND_MS = 10_000;

export class Prometheus {
  #origin;
  #child;

  /** Starts with this configuration, on a port that the system chooses. */
  static async start(folder, config) {
    await promtool('--version');
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, config);
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ];
    const prometheus = new Prometheus();
    prometheus.#child = await start('prometheus', args, {
      address: (line) => /msg="Listening on" address=(\S+)/.exec(line)?.[1],
      ready: (line) => line.includes('Server is ready') || undefined,
    });
    prometheus.#origin = `http://${prometheus.#child.facts.address}`;
    return prometheus;
  }

  stop() {
    return this.#child.stop();
  }

  /** The series that an expression yields now: their labels and values. */
  async query(expression) {
    const { result } = await this.#ask('query', new URLSearchParams({ query: expression }));
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  /** The one number that an expression yields now. */
  async number(expression) {
    const [only, ...others] = await this.query(expression);
    assert.ok(only && others.length === 0, `${expression} is not one number`);
    return only.value;
  }

  async targets() {
    return (await this.#ask('targets')).activeTargets;
  }

  async alertingRules() {
    return (await this.#ask('rules')).groups.flatMap(({ rules }) => rules);
  }

  async alerts() {
    return (await this.#ask('alerts')).alerts;
  }

  async #ask(what, body) {
    const url = new URL(`/api/v1/${what}`, this.#origin);
    const method = body ? 'POST' : 'GET';
    const response = await fetch(url, { method, body, signal: AbortSignal.timeout(BOUND_MS) });
    const { status, data, error } = await response.json();
    assert.equal(status, 'success', `${error}: ${body?.get('query') ?? what}`);
    return data;
  }
}

/** Has promtool check something; what it found wrong is the error. */
export async function promtool(...args) {
  try {
    await promisify(execFile)('promtool', args);
  } catch ({ code, message, stdout, stderr }) {
    assert.fail(
      code === 'ENOENT'
        ? "promtool is not there: install Debian's package prometheus"
        : `promtool ${args.join(' ')}:\n${stdout || stderr ? `${stdout}${stderr}` : message}`,
    );
  }
}
