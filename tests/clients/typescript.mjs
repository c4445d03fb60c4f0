// Types by openapi-typescript, used by openapi-fetch.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { succeeded } from './succeeded.mjs';

const PROGRAMS = fileURLToPath(new URL('node_modules/.bin', import.meta.url));
const PROJECT = fileURLToPath(new URL('typescript', import.meta.url));

export class TypeScript {
  #contract;
  #folder;

  constructor({ contract, folder }) {
    this.#contract = contract;
    this.#folder = join(folder, 'typescript');
  }

  async generate() {
    const types = join(this.#folder, 'schema.d.ts');
    await succeeded(join(PROGRAMS, 'openapi-typescript'), [this.#contract, '--output', types]);
  }

  /** What the types must forbid is marked as an error there, and is one if it compiles. */
  async compile() {
    await succeeded(join(PROGRAMS, 'tsc'), ['--project', PROJECT]);
  }

  async launches(origin, hostKey) {
    return JSON.parse(await succeeded('node', [join(this.#folder, 'launches.js'), origin, hostKey]));
  }
}
