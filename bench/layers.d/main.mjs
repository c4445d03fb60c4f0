// Where the instructions of a launch go, by callgrind. See README.md in the folder above.
//
//   bench/layers [PATH_TO_THE_GATEWAYS_BINARY]

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { load, openConnections } from '../compare.d/client.mjs';
import { contender } from '../compare.d/contenders.mjs';
import { inclusive } from '../compare.d/costs.mjs';
import { Instance } from '../compare.d/instance.mjs';
import { Callgrind } from '../compare.d/instructions.mjs';
import { KINDS, launch } from '../compare.d/launches.mjs';
import { installWhatIsMissing } from '../compare.d/packages.mjs';
import { Scene } from '../compare.d/scene.mjs';
import { shippedBuild } from '../soak.d/shipped-build.mjs';
import { LAYERS } from './layers.mjs';

const BAD_USAGE = 64;
const CONNECTIONS = 64;
const COUNTED = 1000;
const WARM_UP = 500;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const gateway = contender('gateway');
const say = (line) => process.stdout.write(`${line}\n`);

const given = process.argv.slice(2);
if (given.length > 1 || given[0]?.startsWith('-')) {
  process.stderr.write('usage: bench/layers [PATH_TO_THE_GATEWAYS_BINARY]\n');
  process.exit(BAD_USAGE);
}
await installWhatIsMissing(say);
const binary = given[0] === undefined ? shippedBuild(root) : resolve(given[0]);
if (binary === undefined) {
  process.stderr.write('FAILED: the program could not be built\n');
  process.exit(1);
}
const scene = await Scene.setUp();
const costs = [];
for (const kind of KINDS) {
  costs.push(await costsOf(kind));
}
table(costs);
process.exit(0);

/** The costs of launches of a kind, for each launch. */
async function costsOf(kind) {
  const meter = new Callgrind();
  const wrap = meter.wrap.bind(meter);
  const instance = await Instance.start(scene, gateway, { wrap, core: null, isSlowed: true, binary });
  const bytes = launch(kind, { key: scene.hostKey });
  const opened = await openConnections(instance.port, CONNECTIONS);
  try {
    await load(opened, bytes, WARM_UP);
    await meter.begin(scene, instance);
    await load(opened, bytes, COUNTED);
    const all = await meter.end();
    const { costs: read } = meter;
    const layers = LAYERS.map(({ parts, others }) => {
      const nested = others === undefined ? 0 : inclusive(read, others);
      return (inclusive(read, parts) - nested) / COUNTED;
    });
    return { all: all / COUNTED, layers };
  } finally {
    opened.forEach((connection) => connection.close());
    await instance.program.kill();
  }
}

function table(costs) {
  const thousands = (count) => `${(count / 1000).toFixed(1)} k`;
  const row = (name, counts, tells) => say(`| ${name} | ${counts.map(thousands).join(' / ')} | ${tells} |`);
  say(`| layer | user instructions, ${KINDS.join(' / ')} | what it is |`);
  say('| --- | --- | --- |');
  LAYERS.forEach(({ name, tells }, at) => row(name, costs.map(({ layers }) => layers[at]), tells));
  const rest = costs.map(({ all, layers }) => all - layers.reduce((sum, count) => sum + count, 0));
  row('the rest', rest, 'the two libraries’ server side, routing, tasks, and what lies between the layers');
  row('a launch', costs.map(({ all }) => all), '');
}
