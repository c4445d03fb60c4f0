// A bench as a command: what it is given, and how it ends.

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { shippedBuild } from '../soak.d/shipped-build.mjs';
import { stopWasAskedFor } from './programs.mjs';

const BAD_USAGE = 64;

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const say = (line) => process.stdout.write(`${line}\n`);

/**
 * Runs `bench/NAME [PATH_TO_THE_GATEWAYS_BINARY] [--quick]`, and ends the process. `measure` gets the program, which is built if none
 * is given, whether to be quick, and where to put what was missed.
 */
export async function command(name, measure) {
  const { given, quick } = readArguments(name);
  await toItsEnd(async (misses) => {
    const binary = given ?? shippedBuild(ROOT);
    if (binary === undefined) {
      throw new Error('the program could not be built');
    }
    await measure(binary, quick, misses);
  });
}

/** Does the work of a bench, which gets where to put what was missed, and ends the process. */
export async function toItsEnd(work, misses = []) {
  try {
    await work(misses);
  } catch (error) {
    if (stopWasAskedFor()) {
      // The process ends as soon as all others have.
      await new Promise(() => {});
    }
    misses.push(error.stack);
  }
  misses.forEach((miss) => process.stderr.write(`MISSED: ${miss}\n`));
  process.exit(misses.length === 0 ? 0 : 1);
}

function readArguments(name) {
  try {
    const options = { quick: { type: 'boolean', default: false } };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length > 1) {
      throw new Error('one path at most');
    }
    return { quick: values.quick, given: positionals[0] && resolve(positionals[0]) };
  } catch (error) {
    process.stderr.write(`${error.message}\nusage: bench/${name} [PATH_TO_THE_GATEWAYS_BINARY] [--quick]\n`);
    return process.exit(BAD_USAGE);
  }
}
