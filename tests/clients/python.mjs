// A package by openapi-python-client, held to its types by mypy.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { succeeded } from './succeeded.mjs';

const PROGRAM = fileURLToPath(new URL('python/launches.py', import.meta.url));
const SETTINGS = fileURLToPath(new URL('python/generator.yaml', import.meta.url));

export class Python {
  #contract;
  #folder;
  #package;
  #env;

  constructor({ contract, folder, requirements }) {
    this.#contract = contract;
    this.#folder = join(folder, 'python');
    this.#package = join(this.#folder, 'empego_gateway');
    this.#env = {
      ...process.env,
      // The generator starts `ruff`, which comes with it.
      PATH: `${join(requirements, 'bin')}:${process.env.PATH}`,
      PYTHONPATH: `${requirements}:${this.#folder}`,
      PYTHONDONTWRITEBYTECODE: '1',
    };
  }

  async generate() {
    const place = ['--config', SETTINGS, '--meta', 'none', '--overwrite', '--output-path', this.#package];
    const output = await this.#python('openapi_python_client', ['generate', '--path', this.#contract, ...place]);
    const warnings = output.match(/^WARNING .*$/gm) ?? [];
    assert.deepEqual(warnings, ['WARNING parsing GET /openapi.yaml within contract.'], output);
    assert.match(output, /Unsupported content_type application\/yaml/, 'and that only because it reads no YAML');
  }

  /** What the types must forbid is marked as an error there, and is one if it is none. */
  async compile() {
    // Not followed: its own client.py is not quite what strict types want, whatever it is generated from.
    const strict = ['--strict', '--follow-imports=silent', '--cache-dir', join(this.#folder, 'mypy')];
    const ours = ['models', 'api'].map((part) => join(this.#package, part));
    await this.#python('mypy', [...strict, PROGRAM, ...ours]);
  }

  async launches(origin, hostKey) {
    return JSON.parse(await succeeded('python3', [PROGRAM, origin, hostKey], { env: this.#env }));
  }

  #python(module, args) {
    return succeeded('python3', ['-m', module, ...args], { env: this.#env });
  }
}
