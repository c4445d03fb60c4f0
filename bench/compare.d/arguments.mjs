// What the command line asks for.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { CONTENDERS } from './contenders.mjs';
import { KINDS } from './launches.mjs';

const USAGE =
  'usage: bench/compare [PATH_TO_THE_GATEWAYS_BINARY] [--quick] [--pairs] [--only NAME,…] [--kind drop-in|native]\n' +
  `names: ${CONTENDERS.map(({ name }) => name).join(', ')}`;
const BAD_USAGE = 64;

/** Ends the process if that is not understood. */
export function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        pairs: { type: 'boolean', default: false },
        only: { type: 'string' },
        kind: { type: 'string' },
      },
    });
    const { quick, pairs, kind } = values;
    const only = values.only?.split(',');
    const isKnown = (name) => CONTENDERS.some((contender) => contender.name === name);
    const [path, ...rest] = positionals;
    const fits = (only ?? []).every(isKnown) && [undefined, ...KINDS].includes(kind) && rest.length === 0;
    if (fits && (path === undefined || existsSync(path))) {
      return { quick, pairs, only, kinds: kind === undefined ? KINDS : [kind], given: path && resolve(path) };
    }
  } catch {
    // An option that nobody knows.
  }
  process.stderr.write(`${USAGE}\n`);
  return process.exit(BAD_USAGE);
}
