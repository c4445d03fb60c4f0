// What a gateway does all day, so that a program that counts has counted it: launches at Empego and at Junction, with the audit trail
// and without, over TLS and without, and what is refused. See README.md in the folder above.
//
//   bench/train PATH_TO_THE_COUNTING_BINARY PATH_TO_A_BINARY_WITH_THE_TOOLS

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { toItsEnd } from '../compare.d/command.mjs';
import { empegoLaunches, junctionLaunches } from './loads.mjs';
import { TrainingScene } from './scene.mjs';

const BAD_USAGE = 64;

const [counting, tools, ...more] = process.argv.slice(2).map((path) => resolve(path));
if (![counting, tools].every((path) => path && existsSync(path)) || more.length > 0) {
  process.stderr.write('usage: bench/train PATH_TO_THE_COUNTING_BINARY PATH_TO_A_BINARY_WITH_THE_TOOLS\n');
  process.exit(BAD_USAGE);
}

await toItsEnd(train);

async function train() {
  const scene = await TrainingScene.setUp(counting, tools);
  for (const isWhole of [false, true]) {
    const gateway = await scene.serve(isWhole);
    await empegoLaunches(gateway);
    await junctionLaunches(gateway);
    const how = await gateway.stop();
    // A program that does not end by itself has not written down what it counted.
    if (how !== 0) {
      throw new Error(`the gateway ended with ${how}`);
    }
  }
}
