// Classes by openapi-generator, with the HTTP client that Java has and the JSON library that is in the generator's jar.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { succeeded } from './succeeded.mjs';

const SOURCES = fileURLToPath(new URL('java', import.meta.url));
/** No documents, no libraries beyond the one that reads JSON, and the same sources each time. */
const PROPERTIES = [
  'openApiNullable=false',
  'annotationLibrary=none',
  'documentationProvider=none',
  'hideGenerationTimestamp=true',
];

export class Java {
  #contract;
  #folder;
  #jar;
  #classes;

  constructor({ contract, folder, requirements }) {
    this.#contract = contract;
    this.#folder = join(folder, 'java');
    this.#jar = join(requirements, 'openapi_generator_cli', 'openapi-generator.jar');
    this.#classes = join(this.#folder, 'classes');
  }

  async generate() {
    const what = ['--input-spec', this.#contract, '--generator-name', 'java', '--library', 'native'];
    const how = ['--additional-properties', PROPERTIES.join(), '--output', this.#folder];
    await succeeded('java', ['-jar', this.#jar, 'generate', ...what, ...how]);
  }

  async compile() {
    const generated = join(this.#folder, 'src', 'main', 'java');
    const sources = [...(await javaFiles(generated)), ...(await javaFiles(SOURCES))];
    await succeeded('javac', ['-encoding', 'UTF-8', '-cp', this.#jar, '-d', this.#classes, ...sources]);
  }

  async launches(origin, hostKey) {
    const classPath = `${this.#classes}:${this.#jar}`;
    return JSON.parse(await succeeded('java', ['-cp', classPath, 'Launches', origin, hostKey]));
  }
}

async function javaFiles(folder) {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.java')).map((file) => join(folder, file));
}
